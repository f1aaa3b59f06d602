/**
 * clock-skew: how far this machine's clock is off, by the Date header of a page.
 *
 *     D ≤ their clock < D + 1 s     somewhere between our question and the end of the answer
 *
 * so one answer tells it to within half of what it took plus half a second.
 */
import { headerOf } from './headers.ts'
import type { HttpObservation } from './measurement.ts'
import { SECOND_MS } from './time.ts'

/** An answer that took longer tells too little. */
const SLOW_MS = 5 * SECOND_MS

/** Our clock minus the server's, in ms; `null` when the page does not tell: slow, without a date, or kept by a cache (Age). */
export function skewIn(seen: HttpObservation, startedAt: number): number | null {
  const { failure, headers, startedMs, durationMs } = seen
  if (failure !== null || durationMs > SLOW_MS || Number(headerOf(headers, 'age') ?? 0) !== 0) return null
  const said = headerOf(headers, 'date') ?? ''
  const saidAt = said.endsWith(' GMT') ? Date.parse(said) : NaN
  return Number.isNaN(saidAt) ? null : startedAt + startedMs + durationMs / 2 - (saidAt + SECOND_MS / 2)
}
