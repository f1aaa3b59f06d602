/**
 * Is our own clock to blame for a certificate that seems expired, or not yet valid? Certificates are checked on this machine, so a
 * clock that is off makes those of every site look so, for the controls too.
 *
 * Date headers of the pages fetched -> how far our clock is off -> would the certificate be valid by theirs?
 */
import type { HttpObservation, Measurement } from '../model/measurement.ts'
import { HOUR_MS, MINUTE_MS } from '../model/time.ts'
import { headerOf } from './endpoints.ts'
import type { Fault } from './reach.ts'

/** A difference no certificate in daily use is renewed so late as to be hit by. */
const TOLERANCE_MS = 5 * MINUTE_MS
/** An answer that took longer tells too little. */
const SLOW_MS = 5_000

/**
 * Our clock minus that of the servers that answered, in ms: the median of what their pages said.
 *
 * @param measurements all made by this machine
 * @returns `null` when none said
 */
export function skewOf(measurements: readonly Measurement[]): number | null {
  const skews = measurements
    .flatMap(({ startedAt, observations }) =>
      observations.flatMap((seen) => (seen.layer === 'http' ? (skewIn(seen, startedAt) ?? []) : [])),
    )
    .toSorted((one, other) => one - other)
  return skews[Math.floor(skews.length / 2)] ?? null
}

/** The certificate is out of its time by our clock, and in it by the servers'. */
export function isClockToBlame(fault: Fault | null, startedAt: number, skewMs: number | null): boolean {
  const tls = fault?.layer === 'tls' ? (fault.record?.tls ?? null) : null
  if (tls?.failure !== 'ssl_invalid_certificate' || tls.certificate === null || skewMs === null) return false
  const { notBeforeAt, notAfterAt } = tls.certificate
  const isValidAt = (at: number) => notBeforeAt <= at && at <= notAfterAt
  return Math.abs(skewMs) > TOLERANCE_MS && !isValidAt(startedAt) && isValidAt(startedAt - skewMs)
}

/** A page that a cache kept (Age) tells of another moment. */
function skewIn(
  { failure, headers, startedMs, durationMs }: HttpObservation,
  startedAt: number,
): number | null {
  if (failure !== null || durationMs > SLOW_MS || Number(headerOf(headers, 'age') ?? 0) !== 0) return null
  const saidAt = dateOf(headerOf(headers, 'date') ?? '')
  return saidAt === null ? null : startedAt + startedMs + durationMs / 2 - saidAt
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Unix ms of an HTTP date, read here because a pure room has no clock, and its constructor would be one. @see RFC 9110 5.6.7 */
function dateOf(text: string): number | null {
  const read = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text)
  const month = MONTHS.indexOf(read?.[2] ?? '')
  if (read === null || month === -1) return null
  const [day, year, hour, minute, second] = [read[1], read[3], read[4], read[5], read[6]].map(Number)
  return (daysUntil(year!, month, day!) * 24 + hour!) * HOUR_MS + minute! * MINUTE_MS + second! * 1_000
}

/** Days from 1970 to a date of the Gregorian calendar. */
function daysUntil(year: number, month: number, day: number): number {
  // Years that begin in March end with the day that may not be there.
  const years = month < 2 ? year - 1 : year
  const months = (month + 10) % 12
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leapDays + Math.floor((months * 306 + 5) / 10) + day - 1 - 719_468
}
