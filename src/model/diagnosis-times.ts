/** How often outages are diagnosed, and how long at most, unless the configuration says otherwise. The simulations go by the same times. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts'

export const DIAGNOSE_TIMES = {
  /** while an outage lasts */
  everyMs: HOUR_MS,
  /** between two of one service from one vantage, at least */
  leastGapMs: 5 * MINUTE_MS,
  /** of one diagnosis in all */
  totalTimeoutMs: 75 * SECOND_MS,
} as const
