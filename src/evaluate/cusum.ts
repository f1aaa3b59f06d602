/**
 * cusum: the two-sided cumulative sum OONI's event detector decides by, over medians of an hour.
 *
 * The median of what the measurements of an hour say (1 = blocked, 0 = not) is compared with a mean of 0 while all is well, and of 0.7 while
 * blocked; what it exceeds the middle by is added up, floored at 0. Over half of (mean delay x 0.7) the state changes. The mean
 * delay is 10 hours here, the quicker of the values in use (10 to 20): a whole block then takes 6 full hours.
 *
 * @see https://github.com/ooni/data, oonipipeline, analysis/detector.py
 */
import { HOUR_MS } from '../model/time.ts'
const MEAN_OK = 0
const MEAN_BLOCKED = 0.7
const DELAY_HOURS = 10

/** @returns takes one measurement; says when the state changed, at the end of the hour that changed it */
export function createCusum(): (at: number, blocked: boolean) => { alarm: boolean; at: number } | null {
  const shift = MEAN_BLOCKED - MEAN_OK
  const threshold = (DELAY_HOURS * shift) / 2
  let hour = 0
  let measurements = 0
  let failed = 0
  let sum = 0
  let alarm = false
  return (at, blocked) => {
    const now = Math.floor(at / HOUR_MS)
    let said: { alarm: boolean; at: number } | null = null
    if (now !== hour) {
      if (measurements > 0) {
        const median = failed * 2 > measurements ? 1 : failed * 2 === measurements ? 0.5 : 0
        const beyond = alarm ? MEAN_BLOCKED - median : median - MEAN_OK
        sum = Math.max(0, sum + beyond - shift / 2)
        if (sum > threshold) {
          alarm = !alarm
          sum = 0
          said = { alarm, at: (hour + 1) * HOUR_MS }
        }
      }
      hour = now
      measurements = 0
      failed = 0
    }
    measurements += 1
    if (blocked) failed += 1
    return said
  }
}
