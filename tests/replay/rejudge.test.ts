import { expect, test } from 'vitest'
import { measurementOf } from '../../src/evaluate/facts.ts'
import { NO_CHANGE } from '../../src/judge/other-rules.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Measurement, Plan } from '../../src/model/measurement.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import { createRejudge } from '../../src/replay/rejudge.ts'
import type { ScannedRow } from '../../src/store/measurements/scan-rows.ts'
import { FINE, RESET, T0 } from '../store/nouns.ts'

const CUT = measurementOf({ layer: 'tls', failure: 'connection_reset' }, false)
const PASSED = measurementOf(null, false)
const CONTROL = measurementOf(null, true)
const WHOLE_FROM = 100

interface Given {
  readonly seq?: number
  readonly plan?: Plan
  readonly recorded?: boolean
  readonly record?: Measurement | null
  readonly controls?: readonly Measurement[] | null
  readonly weights?: Readonly<Record<string, number>>
}

/** Judges one row again, of which this is stored. */
function again(stored: Verdict, given: Given = {}) {
  const { seq = WHOLE_FROM, plan = 'heartbeat', recorded = true, record = CUT, controls = [CONTROL] } = given
  const row: ScannedRow = {
    kind: 'measurement',
    seq,
    series: { endpoint: 'site/www', vantage: 'tcell', url: CUT.url, plan, purpose: 'round' },
    startedAt: T0,
    endedAt: T0 + 100,
    sawHttp: false,
    unfit: null,
    answered: null,
    verdict: stored,
    recorded,
    uuid: Buffer.alloc(16),
  }
  const scan = { record: () => record, controls: () => controls }
  return createRejudge(scan, WHOLE_FROM, { ...NO_CHANGE, weights: given.weights ?? {} })(
    row,
    stored,
    'online',
  )
}

test('all of it was kept -> judged anew, with the control it had', () => {
  expect(again(RESET)).toEqual({ verdict: judge(CUT, [CONTROL], 'online'), kept: null })
  const down = again(RESET, { controls: [CUT] })
  expect(down).toMatchObject({ verdict: { outcome: 'down' }, kept: null })
})

test('fine now, or unfit -> judged anew, though no control was kept', () => {
  const none = { controls: null, seq: 1 }
  expect(again(RESET, { ...none, record: PASSED })).toMatchObject({ verdict: { outcome: 'ok' }, kept: null })
  const unfit = again(RESET, { ...none, record: { ...CUT, unfit: 'late_thread' } })
  expect(unfit).toMatchObject({ verdict: { reached: 'unknown' }, kept: null })
})

test.each([
  { name: 'fine, only its small row', stored: FINE, given: { recorded: false }, kept: 'fine_without_record' },
  {
    name: 'not fine, only its small row',
    stored: RESET,
    given: { recorded: false },
    kept: 'record_not_kept',
  },
  { name: 'its record is gone', stored: RESET, given: { record: null }, kept: 'record_not_kept' },
  { name: 'its control is gone', stored: RESET, given: { controls: null }, kept: 'record_not_kept' },
  { name: 'saved before controls were', stored: RESET, given: { seq: 99 }, kept: 'record_not_kept' },
  { name: 'fine then, not now', stored: FINE, given: {}, kept: 'control_not_asked' },
  { name: 'a diagnosis', stored: RESET, given: { plan: 'diagnose' }, kept: 'other_plan' },
  { name: 'timed bytes', stored: FINE, given: { plan: 'throughput' }, kept: 'other_plan' },
] as const)('$name -> the stored verdict stands: $kept', ({ stored, given, kept }) => {
  expect(again(stored, given)).toEqual({ verdict: stored, kept })
})

test('a verdict that stands under a rule that weighs otherwise -> the new weight, all else as stored', () => {
  const { verdict, kept } = again(RESET, { recorded: false, weights: { [RESET.rule]: 0.25 } })
  expect([verdict, kept]).toEqual([{ ...RESET, weight: 0.25 }, 'record_not_kept'])
})
