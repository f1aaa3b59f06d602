import { expect, test } from 'vitest'
import { usualGap } from '../../src/replay/usual-gap.ts'
import type { ScannedRow } from '../../src/store/measurements/scan-rows.ts'
import { FINE, HOUR, T0 } from '../store/nouns.ts'

const SECOND = 1000

/** Measurements that ended so many seconds after T0. */
function measurements(at: readonly number[], endpoint = 'facebook/www', vantage = 'tcell'): ScannedRow[] {
  return at.map((s, seq) => ({
    kind: 'measurement',
    seq,
    series: { endpoint, vantage, url: 'https://a.example/', plan: 'full', purpose: 'import' },
    startedAt: T0 + s * SECOND - 10,
    endedAt: T0 + s * SECOND,
    sawHttp: true,
    unfit: null,
    answered: null,
    verdict: FINE,
    recorded: true,
    uuid: Buffer.alloc(16),
  }))
}

const serviceOf = (endpoint: string) => (endpoint.startsWith('nobody') ? null : endpoint.split('/')[0]!)
const gapOf = (rows: readonly ScannedRow[]) => usualGap(rows, serviceOf).of('facebook', 'tcell') / SECOND
const byTime = (rows: readonly ScannedRow[]) => rows.toSorted((a, b) => a.endedAt - b.endedAt)

test.each([
  { name: 'one long night among regular looks', at: [0, 60, 120, 10_000, 10_060], gap: 60 },
  { name: 'looks of one sitting', at: [0, 1, 29, 600, 601, 1200], gap: 571 + 28 },
  { name: 'exactly half a minute', at: [0, 30, 60], gap: 30 },
  { name: 'an even number of gaps: the longer of the two in the middle', at: [0, 40, 140], gap: 100 },
  { name: 'one look', at: [0], gap: HOUR / SECOND },
  { name: 'one sitting only', at: [0, 1, 2, 3], gap: HOUR / SECOND },
  { name: 'none', at: [], gap: HOUR / SECOND },
])('$name -> $gap s', ({ at, gap }) => {
  expect(gapOf(measurements(at))).toBe(gap)
})

test('two endpoints of one service -> looks at the service; others, elsewhere or unwatched -> not in it', () => {
  const rows = byTime([
    ...measurements([0, 200, 400]),
    ...measurements([100, 300], 'facebook/cdn'),
    ...measurements([0, 40, 80, 120], 'youtube/www'),
    ...measurements([0, 50, 100, 150], 'facebook/www', 'babilon'),
    ...measurements([35, 70], 'nobody/www'),
  ])
  expect(gapOf(rows)).toBe(100)
  const { of, any } = usualGap(rows, serviceOf)
  expect([of('youtube', 'tcell'), of('facebook', 'babilon'), any]).toEqual([40_000, 50_000, 50_000])
  expect(of('youtube', 'babilon')).toBe(HOUR)
})
