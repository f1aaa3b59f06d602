import { describe, expect, test } from 'vitest'
import { createBaselineMonitors, BASELINE_MONITORS } from '../../src/evaluate/baseline-monitors.ts'
import type { Target } from '../../src/evaluate/answers.ts'

const T0 = Date.UTC(2015, 4, 28)
const EVERY = 30_000
const TARGET: Target = { vantage: 'isp-1', service: 'facebook', endpoint: 'facebook/www', role: 'primary' }

interface Given {
  readonly target?: Target
  readonly again?: boolean
  readonly control?: 'fine' | 'fails'
}

/** One look every 30 s: `.` fine, `x` failed. @returns seconds at which each rule was in alarm, and out of it again */
function play(measurements: string, given: Given = {}): Record<string, [number, number | null][]> {
  const peers = createBaselineMonitors()
  for (const [n, said] of measurements.split('').entries()) {
    const startedAt = T0 + n * EVERY
    const failed = said === 'x' ? ({ layer: 'tcp', failure: 'connection_reset' } as const) : null
    const facts = { failed, http: false, control: given.control ?? 'fine' }
    const seen = {
      target: given.target ?? TARGET,
      startedAt,
      endedAt: startedAt + 100,
      facts,
      purpose: 'round' as const,
    }
    peers.add(seen, () => given.again ?? failed !== null)
  }
  const seconds = (at: number | null) => (at === null ? null : Math.round((at - T0) / 1000))
  return Object.fromEntries(
    peers
      .results()
      .map(({ rule, alarms }) => [
        rule,
        alarms.map(({ fromAt, untilAt }): [number, number | null] => [seconds(fromAt)!, seconds(untilAt)]),
      ]),
  )
}

describe('each rule, on looks every 30 s', () => {
  test.each([
    { rule: '3 failures in a row', looks: '..xx.xxx.', alarms: [[210, 240]] },
    { rule: '3 of the last 5', looks: '..x.x.x....', alarms: [[180, 210]] },
    { rule: 'probe_success == 0 for 1m', looks: '.xx.xxxx.', alarms: [[180, 240]] },
    { rule: '1 retry after 20 s', looks: '..x..', alarms: [[80, 90]] },
    { rule: '3 failures in a row', looks: '.xxxx', alarms: [[90, null]] },
  ] as const)('$rule: $looks -> $alarms', ({ rule, looks: measurements, alarms }) => {
    expect(play(measurements)[rule]).toEqual(alarms)
  })

  test('the retry is answered -> no alarm', () => {
    expect(play('..x..', { again: false })['1 retry after 20 s']).toEqual([])
  })

  test('an asset fails -> none of them looks at it', () => {
    const found = play('xxxxxxxx', { target: { ...TARGET, role: 'asset' } })
    expect(Object.values(found).flat()).toEqual([])
    expect(Object.keys(found)).toEqual(Object.keys(BASELINE_MONITORS))
  })
})

describe("OONI's cumulative sum", () => {
  const HOUR = 120

  test('blocked from a full hour on -> told after six hours; fine again -> taken back after as many', () => {
    const found = play('.'.repeat(HOUR) + 'x'.repeat(10 * HOUR) + '.'.repeat(20 * HOUR))
    expect(found["OONI's CUSUM of hourly medians"]).toEqual([[7 * 3600, 22 * 3600]])
  })

  test('a third of the looks hit -> never told; failures the control shares -> neither', () => {
    const RULE = "OONI's CUSUM of hourly medians"
    expect(play('x..'.repeat(20 * HOUR))[RULE]).toEqual([])
    expect(play('x'.repeat(20 * HOUR), { control: 'fails' })[RULE]).toEqual([])
  })
})
