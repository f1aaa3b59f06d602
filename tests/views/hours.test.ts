import { expect, test } from 'vitest'
import { measuredHours, reportedHours } from '../../src/views/hours.ts'
import type { StateSeries } from '../../src/model/history.ts'
import type { State } from '../../src/model/outage.ts'
import type { Report } from '../../src/model/report.ts'
import { aReport } from '../commands/builders.ts'

const HOUR = 3_600_000
const period = { fromAt: 0, untilAt: 100 * HOUR }

function measured(...intervals: readonly [State, number, number | null][]): StateSeries {
  return {
    kind: 'measured',
    service: 'facebook',
    vantage: 'babilon',
    intervals: intervals.map(([state, from, until]) => ({
      fromAt: from * HOUR,
      untilAt: until === null ? null : until * HOUR,
      state,
      mechanism: null,
      ref: null,
    })),
  }
}

test('blocked for a quarter of what could be judged -> uptime 75 %, the rest not known', () => {
  const row = measured(['ok', 0, 60], ['insufficient', 60, 80], ['blocked', 80, 100])
  expect(measuredHours([row], period, 200 * HOUR)).toEqual([
    {
      service: 'facebook',
      vantage: 'babilon',
      uptime: 0.75,
      blockedMs: 20 * HOUR,
      others: [],
      unknown: expect.closeTo(0.2),
    },
  ])
})

test('outages that are no block -> told apart, the longest first, and no uptime either', () => {
  const [hours] = measuredHours(
    [measured(['ok', 0, 50], ['down', 50, 60], ['shutdown', 60, 100])],
    period,
    200 * HOUR,
  )
  expect(hours).toMatchObject({
    uptime: 0.5,
    blockedMs: 0,
    others: [
      { state: 'shutdown', ms: 40 * HOUR },
      { state: 'down', ms: 10 * HOUR },
    ],
    unknown: 0,
  })
})

test('nothing could be judged -> no uptime, rather than none or all', () => {
  expect(measuredHours([measured(['insufficient', 0, 100])], period, 200 * HOUR)).toMatchObject([
    { uptime: null, blockedMs: 0, unknown: 1 },
  ])
})

test('a period that is not over -> counts up to now', () => {
  expect(measuredHours([measured(['ok', 0, 40], ['blocked', 40, null])], period, 50 * HOUR)).toMatchObject([
    { uptime: 0.8, blockedMs: 10 * HOUR, unknown: 0 },
  ])
})

test('reported strips -> never among what was measured', () => {
  expect(measuredHours([{ ...measured(['ok', 0, 1]), kind: 'reported', vantage: null }], period, 0)).toEqual(
    [],
  )
})

function report(
  onset: readonly (number | null)[],
  end: readonly (number | null)[],
  over: Partial<Report> = {},
) {
  const dating = ([earliest, latest]: readonly (number | null)[]) => ({
    stated: null,
    precision: null,
    earliestAt: earliest === null || earliest === undefined ? null : earliest * HOUR,
    latestAt: latest === null || latest === undefined ? null : latest * HOUR,
  })
  return aReport({ onset: dating(onset), end: dating(end), ...over })
}

test.each([
  { name: 'both ends known', reports: [report([10, 20], [50, 60])], least: 30, most: 50, open: 0 },
  { name: 'begun before the period', reports: [report([-50, -40], [10, 20])], least: 10, most: 20, open: 0 },
  { name: 'ended after it', reports: [report([80, 90], [150, 160])], least: 10, most: 20, open: 0 },
  { name: 'windows that overlap', reports: [report([10, 30], [20, 40])], least: 0, most: 30, open: 0 },
  { name: 'no end', reports: [report([10, 20], [null, null])], least: 0, most: 0, open: 1 },
  { name: 'an end not before', reports: [report([10, 20], [50, null])], least: 30, most: 0, open: 1 },
  {
    name: 'two of the same hours',
    reports: [report([10, 20], [50, 60]), report([15, 20], [50, 55], { id: 'b' })],
    least: 30,
    most: 50,
    open: 0,
  },
  {
    name: 'one known, one without an end',
    reports: [report([10, 20], [50, 60]), report([70, 70], [null, null], { id: 'b' })],
    least: 30,
    most: 50,
    open: 1,
  },
])('report: $name -> at least $least h, at most $most h, $open open', ({ reports, least, most, open }) => {
  expect(reportedHours(reports, period)).toMatchObject([
    { service: 'facebook', leastMs: least * HOUR, mostMs: most * HOUR, open, reports: reports.length },
  ])
})

test('shutdowns and blocks of one service -> two lines', () => {
  const both = [report([1, 2], [3, 4]), report([1, 2], [3, 4], { mode: 'regional-shutdown' })]
  expect(reportedHours(both, period).map(({ mode }) => mode)).toEqual(['regional-shutdown', 'service-block'])
})
