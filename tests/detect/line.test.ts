import { describe, expect, test } from 'vitest'
import { burstChance, noteCanaryLook, noteFineLook } from '../../src/detect/line.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { newLine } from '../../src/detect/new-state.ts'
import type { LineState } from '../../src/detect/state.ts'
import type { JudgedMeasurement } from '../../src/model/judged-measurement.ts'
import {
  aCanaryMeasurement,
  aJudgedMeasurement,
  down,
  fine,
  createHarness,
  reset,
  SECOND,
  silent,
  story,
  T0,
  WATCH,
} from './builders.ts'

const { burstMeanMs, burstTryMs } = DEFAULTS

/** A query that nothing answered: over after 4 s. */
const query = (startS: number): JudgedMeasurement =>
  aJudgedMeasurement(silent, T0 + startS * SECOND, { endedAt: T0 + (startS + 4) * SECOND })
/** A fine measurement that took so many ms. */
const took = (startS: number, ms: number, more: Partial<JudgedMeasurement> = {}): JudgedMeasurement =>
  aJudgedMeasurement(fine, T0 + startS * SECOND, { endedAt: T0 + startS * SECOND + ms, ...more })
const chance = (line: LineState, measurement: JudgedMeasurement): number =>
  burstChance(line, measurement, DEFAULTS)

/** A line on which a query sent at T0 was lost. */
function aLossyLine(): LineState {
  const line = newLine()
  expect(chance(line, query(0))).toBe(0)
  return line
}

describe('a look lost after another', () => {
  test('at once -> the chance that none of its tries gets through', () => {
    expect(chance(aLossyLine(), query(0))).toBeCloseTo(Math.exp((-2 * SECOND) / burstTryMs))
  })

  test('later -> that, and that the burst lasted so long', () => {
    const expected = Math.exp((-2 * SECOND) / burstTryMs - (3 * SECOND) / burstMeanMs)
    expect(chance(aLossyLine(), query(3))).toBeCloseTo(expected)
  })

  test('begun before it, known after it -> as at once', () => {
    expect(chance(aLossyLine(), query(-3))).toBeCloseTo(Math.exp((-2 * SECOND) / burstTryMs))
  })

  test('tried for longer -> less likely lost', () => {
    const connection = aJudgedMeasurement(silent, T0 + SECOND)
    expect(chance(aLossyLine(), connection)).toBeLessThan(chance(aLossyLine(), query(1)) / 2)
  })

  test('counted from the last that may have been lost so', () => {
    const line = aLossyLine()
    chance(line, query(10))
    expect(chance(line, query(11))).toBeCloseTo(Math.exp((-2 * SECOND) / burstTryMs - SECOND / burstMeanMs))
  })

  test('an earlier one told later -> the last still counts', () => {
    const line = aLossyLine()
    for (const startS of [10, 5]) chance(line, query(startS))
    expect(chance(line, query(11))).toBeCloseTo(Math.exp((-2 * SECOND) / burstTryMs - SECOND / burstMeanMs))
  })

  test.each([
    { name: 'answered with a reset', verdict: reset },
    { name: 'lost for the control too', verdict: down },
  ])('$name -> no burst of this line, and none is remembered', ({ verdict }) => {
    const line = aLossyLine()
    const before = structuredClone(line)
    expect(chance(line, aJudgedMeasurement(verdict, T0 + SECOND))).toBe(0)
    expect(line).toEqual(before)
  })
})

describe('what else was looked at meanwhile', () => {
  test.each([
    { name: 'one done at once', looks: [took(1, 999)], isWell: true },
    { name: 'as it began', looks: [took(0.5, 200)], isWell: true },
    { name: 'at half its length', looks: [took(2.5, 200)], isWell: true },
    { name: 'a page that took long', looks: [took(1, 200), took(1, 3000, { sawHttp: true })], isWell: true },
    { name: 'one before it began', looks: [took(0.4, 200)], isWell: false },
    { name: 'one after half its length', looks: [took(2.6, 200)], isWell: false },
    { name: 'one that took a retry', looks: [took(1, 1000)], isWell: false },
    { name: 'as many with a retry as without', looks: [took(1, 200), took(1, 1200)], isWell: false },
  ])('$name -> the line was well: $isWell', ({ looks: measurements, isWell }) => {
    const line = aLossyLine()
    for (const measurement of measurements) noteFineLook(line, measurement)
    const lostAt = line.lostAt
    expect(chance(line, query(0.5)) === 0).toBe(isWell)
    expect(line.lostAt === lostAt).toBe(isWell)
  })

  test.each([
    { name: 'answered at once', answered: 'yes', ms: 999, isWell: true },
    { name: 'answered after a retry', answered: 'yes', ms: 1000, isWell: false },
    { name: 'failed at once', answered: 'no', ms: 100, isWell: false },
  ] as const)('a canary that $name, one of two -> the line was well: $isWell', ({ answered, ms, isWell }) => {
    const line = aLossyLine()
    const startedAt = T0 + SECOND
    noteCanaryLook(line, aCanaryMeasurement(answered, startedAt, { endedAt: startedAt + ms }))
    noteFineLook(line, took(1, 2000))
    noteFineLook(line, took(1.5, 100))
    expect(chance(line, query(0.5)) === 0).toBe(isWell)
  })

  test('only the latest are kept, those of the longest look among them', () => {
    const line = newLine()
    for (let n = 0; n < 100; n++) noteFineLook(line, took(n, 100))
    expect(line.calm).toHaveLength(24)
    expect(line.calm.at(-1)).toBe(T0 + 99 * SECOND)
  })
})

describe('outages', () => {
  /** Queries for one service go unanswered from T0 on; so many are needed until the outage is open. */
  function queriesUntilOpen(
    meanwhile: (harness: ReturnType<typeof createHarness>, startS: number) => void,
  ): number {
    const harness = createHarness(WATCH)
    harness.sweep(T0 - 3600 * SECOND, 'yes')
    harness.wellUntil(T0 - SECOND)
    for (let n = 0; n < 20; n++) {
      const startS = n * 0.5
      meanwhile(harness, startS)
      harness.measure(silent, T0 + startS * SECOND, { endedAt: T0 + (startS + 4) * SECOND })
      if (story(harness.changes).length > 0) return n + 1
    }
    return Infinity
  }

  test('a burst of loss: what else is looked at takes retries -> it takes three times as many looks as on a line that is well', () => {
    const well = queriesUntilOpen((harness, startS) => harness.sweep(T0 + (startS + 1) * SECOND, 'yes'))
    const bad = queriesUntilOpen((harness, startS) =>
      harness.measure(fine, T0 + (startS + 1) * SECOND, {
        endpoint: 'youtube/www',
        endedAt: T0 + (startS + 3) * SECOND,
      }),
    )
    expect(well).toBeLessThanOrEqual(4)
    expect(bad).toBeGreaterThanOrEqual(3 * well)
    expect(queriesUntilOpen(() => undefined)).toBe(bad)
  })

  test('looks at an endpoint that is out -> no news of the line', () => {
    const harness = createHarness()
    for (let n = 0; n < 20; n++) harness.measure(silent, T0 + n * 10 * SECOND)
    const { line } = harness.detector.vantages['babilon']!
    const { lostAt } = line
    expect(story(harness.changes)).toContain('opened unreachable')
    for (let n = 20; n < 40; n++) harness.measure(silent, T0 + n * 10 * SECOND)
    expect(line.lostAt).toBe(lostAt)
  })
})
