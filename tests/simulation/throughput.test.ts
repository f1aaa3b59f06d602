/** Shortened runs of what tests/bench/throughput.ts runs in full. */
import { describe, expect, test } from 'vitest'
import { quantile } from '../../src/model/statistics.ts'
import { simulateThroughput, tenLines } from './throughput.ts'
import { DAY_MS, MINUTE_MS } from '../../src/model/time.ts'

const play = (spanMs: number, throttledEveryMs: number | null, seed: number) =>
  tenLines(spanMs, throttledEveryMs, seed).map((scenario) => ({ scenario, ...simulateThroughput(scenario) }))

test('ten lines with busy evenings, slow sites, busy paths and a neutral host that fails, nobody throttling -> never throttled', () => {
  const results = play(40 * DAY_MS, null, 11)
  expect(results.reduce((n, { looks: measurements }) => n + measurements, 0)).toBeGreaterThan(100_000)
  expect(results.flatMap(({ falsely }) => falsely)).toEqual([])
})

test('the same where no server lets another name be said to it -> never throttled', () => {
  const results = tenLines(40 * DAY_MS, null, 12).map((scenario) =>
    simulateThroughput({ ...scenario, shape: { ...scenario.shape, namesAllowed: false } }),
  )
  expect(results.flatMap(({ falsely }) => falsely)).toEqual([])
})

describe('throttled to 128 kbit/s by name, for some hours twice a month', () => {
  const results = play(50 * DAY_MS, 10 * DAY_MS, 13)
  const good = results
    .filter(({ scenario }) => scenario.shape.capacity >= 400_000)
    .flatMap(({ episodes }) => episodes.filter(({ masked }) => !masked))

  test('lines that are ten times as fast -> every spell found within ten minutes of the switch', () => {
    expect(good.length).toBeGreaterThan(10)
    for (const { foundMs } of good) expect(foundMs).toBeLessThan(10 * MINUTE_MS)
    expect(
      quantile(
        good.map(({ foundMs }) => foundMs!),
        0.5,
      ),
    ).toBeLessThan(5 * MINUTE_MS)
  })

  test('its end -> known within a quarter of an hour', () => {
    for (const { overMs } of good) expect(overMs).toBeLessThan(15 * MINUTE_MS)
  })

  test('nothing else is called throttled meanwhile', () => {
    expect(results.flatMap(({ falsely }) => falsely)).toEqual([])
  })
})

test('the same seed -> the same looks and the same spells found', () => {
  expect(play(20 * DAY_MS, 5 * DAY_MS, 3)).toEqual(play(20 * DAY_MS, 5 * DAY_MS, 3))
})
