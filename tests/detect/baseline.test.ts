import { expect, test } from 'vitest'
import { forgetHoursAfter, learnRate, newBaseline, usualAt } from '../../src/detect/baseline.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const FIRST = Date.UTC(2015, 4, 1)
const kBps = (log: number) => Math.round(Math.exp(log) / 1000)

/** So many kB/s at an hour of the day, twelve times an hour, on each of some days. */
function learned(rateAt: (day: number, hour: number) => number | null, days: number) {
  const baseline = newBaseline()
  for (let day = 0; day < days; day += 1)
    for (let hour = 0; hour < 24; hour += 1)
      for (let n = 0; n < 12; n += 1) {
        const rate = rateAt(day, hour)
        if (rate !== null) learnRate(baseline, rate * 1000, FIRST + day * DAY + hour * HOUR + n * 300_000)
      }
  return baseline
}

test('two days -> nobody knows what is usual; three -> they do, from the next hour on', () => {
  const two = learned(() => 500, 2)
  expect(usualAt(two, FIRST + 2 * DAY + 9 * HOUR)).toBeNull()
  const usual = usualAt(
    learned(() => 500, 3),
    FIRST + 3 * DAY + 9 * HOUR,
  )!
  expect(kBps(usual.median)).toBe(500)
  expect(usual.mad).toBe(0)
})

test('each hour has its own median, and its own spread', () => {
  const evenings = [20, 40, 30, 200, 25, 35, 30]
  const baseline = learned((day, hour) => (hour >= 17 && hour <= 19 ? evenings[day % 7]! : 800), 7)
  const at = (hour: number) => usualAt(baseline, FIRST + 7 * DAY + hour * HOUR)!
  expect(kBps(at(9).median)).toBe(800)
  expect(kBps(at(18).median)).toBe(30)
  expect(at(9).mad).toBe(0)
  expect(at(18).mad).toBeGreaterThan(0.1)
})

test('only the last seven days on which it was looked at count, and none of more than four weeks ago', () => {
  const baseline = learned((day) => (day < 7 ? 100 : 900), 14)
  expect(kBps(usualAt(baseline, FIRST + 14 * DAY + 9 * HOUR)!.median)).toBe(900)
  expect(usualAt(baseline, FIRST + 45 * DAY)).toBeNull()
})

test('many looks in one hour -> no more kept than a few', () => {
  const baseline = newBaseline()
  for (let n = 0; n < 3_000; n += 1) learnRate(baseline, 1000 + n, FIRST + n * 1000)
  expect(baseline.open.length).toBeLessThanOrEqual(24)
})

test('the clock was set back -> hours that lie ahead are forgotten, and it goes on learning', () => {
  const baseline = learned(() => 500, 7)
  forgetHoursAfter(baseline, FIRST + DAY)
  expect(usualAt(baseline, FIRST + DAY + 9 * HOUR)).toBeNull()
  learnRate(baseline, 5000, FIRST + DAY + HOUR)
  expect(baseline.open).toHaveLength(1)
})
