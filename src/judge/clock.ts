/**
 * Is our own clock to blame for a certificate that seems expired, or not yet valid? Certificates are checked on this machine, so a
 * clock that is off makes those of every site look so, for the controls too.
 */
import { skewIn } from '../model/clock-skew.ts'
import type { Measurement } from '../model/measurement.ts'
import { median } from '../model/statistics.ts'
import { MINUTE_MS } from '../model/time.ts'
import type { Fault } from './reach.ts'

/** A difference no certificate in daily use is renewed so late as to be hit by. */
const TOLERANCE_MS = 5 * MINUTE_MS

/**
 * Our clock minus that of the servers that answered, in ms: the median of what their pages said.
 *
 * @param measurements all made by this machine
 * @returns `null` when none said
 */
export function skewOf(measurements: readonly Measurement[]): number | null {
  const skews = measurements.flatMap(({ startedAt, observations }) =>
    observations.flatMap((seen) => (seen.layer === 'http' ? (skewIn(seen, startedAt) ?? []) : [])),
  )
  return skews.length === 0 ? null : median(skews)
}

/** The certificate is out of its time by our clock, and in it by the servers'. */
export function isClockToBlame(fault: Fault | null, startedAt: number, skewMs: number | null): boolean {
  const tls = fault?.layer === 'tls' ? (fault.record?.tls ?? null) : null
  if (tls?.failure !== 'ssl_invalid_certificate' || tls.certificate === null || skewMs === null) return false
  const { notBeforeAt, notAfterAt } = tls.certificate
  const isValidAt = (at: number) => notBeforeAt <= at && at <= notAfterAt
  return Math.abs(skewMs) > TOLERANCE_MS && !isValidAt(startedAt) && isValidAt(startedAt - skewMs)
}
