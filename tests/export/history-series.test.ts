import { expect, test } from 'vitest'
import { outageSeries, reportSeries, stateSeries } from '../../src/export/history-series.ts'
import { aReport } from '../commands/builders.ts'
import { T0, anOutage } from '../store/nouns.ts'

const CONTEXT = { country: 'TJ', incident: 'an-incident', knownUntilAt: T0 + 900_000 }

function change(afterMs: number, cause: 'unreachable' | 'blocked', mechanism: 'tcp.timeout' | null) {
  return { at: T0 + afterMs, cause, mechanism, reason: '' }
}

test('a strip -> a series for each state it was in', () => {
  const held = (from: number, until: number | null, state: 'ok' | 'blocked') => ({
    fromAt: T0 + from,
    untilAt: until === null ? null : T0 + until,
    state,
    mechanism: null,
    ref: null,
  })
  const intervals = [held(0, 10, 'ok'), held(10, 20, 'blocked'), held(20, null, 'ok')]
  const series = stateSeries({ kind: 'measured', service: 'facebook', vantage: 'babilon', intervals })
  expect(series.map(({ labels, intervals }) => [labels['state'], intervals.length])).toEqual([
    ['ok', 2],
    ['blocked', 1],
  ])
  expect(series[0]!.labels).toEqual({
    kind: 'measured',
    service: 'facebook',
    vantage: 'babilon',
    state: 'ok',
  })
})

test('insufficient for a while, and since the last look -> the first is a series, the second goes on in none', () => {
  const gap = { state: 'insufficient', mechanism: null, ref: null } as const
  const intervals = [
    { ...gap, fromAt: T0, untilAt: T0 + 10 },
    { ...gap, fromAt: T0 + 20, untilAt: null },
  ]
  const series = stateSeries({ kind: 'measured', service: 'facebook', vantage: 'babilon', intervals })
  expect(series.map(({ intervals }) => intervals)).toEqual([[intervals[0]]])
})

test('a strip of reports -> kind says so, and there is no vantage', () => {
  const [series] = stateSeries({
    kind: 'reported',
    service: 'facebook',
    vantage: null,
    intervals: [{ fromAt: T0, untilAt: T0 + 1, state: 'blocked', mechanism: null, ref: 'r' }],
  })
  expect(series!.labels).toMatchObject({ kind: 'reported', vantage: '' })
})

test('an outage whose cause changed -> a series for each cause, from the first failed look to the first that was fine', () => {
  const outage = anOutage({
    onsetBeforeAt: T0,
    causes: [change(5_000, 'unreachable', null), change(60_000, 'blocked', 'tcp.timeout')],
    endBeforeAt: T0 + 600_000,
    closedAt: T0 + 630_000,
  })
  const series = outageSeries(outage, CONTEXT)
  expect(
    series.map(({ labels, intervals }) => ({
      cause: labels['cause'],
      mechanism: labels['mechanism'],
      intervals,
    })),
  ).toEqual([
    { cause: 'unreachable', mechanism: '', intervals: [{ fromAt: T0, untilAt: T0 + 60_000 }] },
    {
      cause: 'blocked',
      mechanism: 'tcp.timeout',
      intervals: [{ fromAt: T0 + 60_000, untilAt: T0 + 600_000 }],
    },
  ])
  expect(series[0]!.labels).toMatchObject({
    kind: 'measured',
    country: 'TJ',
    incident: 'an-incident',
    outage: outage.id,
  })
})

test('a cause that came back -> one series with two intervals', () => {
  const causes = [
    change(0, 'blocked', 'tcp.timeout'),
    change(100, 'unreachable', null),
    change(200, 'blocked', 'tcp.timeout'),
  ]
  const series = outageSeries(
    anOutage({ onsetBeforeAt: T0, causes, endBeforeAt: T0 + 300, closedAt: T0 + 300 }),
    CONTEXT,
  )
  expect(series.map(({ intervals }) => intervals.length)).toEqual([2, 1])
})

test('an outage that is open -> as far as anybody looked, and no further', () => {
  const open = anOutage({ onsetBeforeAt: T0, endBeforeAt: null, closedAt: null, causes: [] })
  expect(outageSeries(open, CONTEXT)[0]!.intervals).toEqual([{ fromAt: T0, untilAt: T0 + 900_000 }])
})

test('an outage of the vantage itself -> no service', () => {
  const [series] = outageSeries(anOutage({ service: null, cause: 'shutdown', causes: [] }), CONTEXT)
  expect(series!.labels).toMatchObject({ service: '', cause: 'shutdown' })
})

test('a report -> a series for each service it names, or one without where it names none', () => {
  const interval = { fromAt: T0, untilAt: T0 + 1 }
  const of = (services: readonly string[]) =>
    reportSeries(aReport({ id: 'r', services }), { cause: 'blocked', incident: '', interval }).map(
      ({ labels }) => `${labels['kind']} ${labels['service']} ${labels['outage']}`,
    )
  expect(of(['facebook', 'youtube'])).toEqual(['reported facebook r', 'reported youtube r'])
  expect(of([])).toEqual(['reported  r'])
})

test('taken for something else after it was over, before that was known -> active no longer than it lasted', () => {
  const causes = [change(0, 'unreachable', null), change(400, 'blocked', 'tcp.timeout')]
  const over = { onsetBeforeAt: T0, causes, endBeforeAt: T0 + 300, closedAt: T0 + 500 }
  const intervals = outageSeries(anOutage(over), CONTEXT).flatMap((series) => series.intervals)
  expect(intervals).toEqual([
    { fromAt: T0, untilAt: T0 + 300 },
    { fromAt: T0 + 300, untilAt: T0 + 300 },
  ])
})

test('open, and called something else since anybody looked -> until then', () => {
  const causes = [change(0, 'unreachable', null), change(2_000_000, 'blocked', null)]
  const open = anOutage({ onsetBeforeAt: T0, causes, endBeforeAt: null, closedAt: null })
  expect(outageSeries(open, CONTEXT).map(({ intervals }) => intervals)).toEqual([
    [{ fromAt: T0, untilAt: T0 + 2_000_000 }],
    [{ fromAt: T0 + 2_000_000, untilAt: T0 + 2_000_000 }],
  ])
})
