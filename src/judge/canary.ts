/** What one probe of a canary says about its vantage. */
import type { Measurement } from '../model/measurement.ts'
import type { Canary } from '../model/service.ts'
import { endpointRecords, isFinalStatus } from './endpoints.ts'
import { isVerified } from './reach.ts'

/**
 * Whether the canary answered. TLS that verifies is proof enough, for no captive portal can do it; in cleartext the body must
 * hold the expected text. A redirect that was not followed says nothing, unless a text was expected in its place.
 *
 * @returns `no` also where the way out of the vantage itself failed; `unknown` for a measurement otherwise unfit, or empty
 */
export function judgeCanary(measurement: Measurement, canary: Canary): 'yes' | 'no' | 'unknown' {
  if (measurement.unfit === 'vantage_unreachable') return 'no'
  if (measurement.unfit !== null || measurement.observations.length === 0) return 'unknown'
  const records = endpointRecords(measurement)
  if (canary.url.startsWith('https:') && records.some((r) => r.depth === 0 && isVerified(r))) return 'yes'

  const deepest = Math.max(...measurement.observations.map((seen) => seen.depth))
  const pages = records.flatMap((r) =>
    r.layer === 'http' && r.depth === deepest && r.failure === null ? [r.http!] : [],
  )
  const { expectBody } = canary
  const isExpected = pages.some(
    (page) =>
      isFinalStatus(page.status) &&
      (page.trusted || expectBody === null || (page.bodyHead?.includes(expectBody) ?? false)),
  )
  if (isExpected) return 'yes'
  const leftAtRedirect = pages.length > 0 && pages.every((page) => !isFinalStatus(page.status))
  return leftAtRedirect && expectBody === null ? 'unknown' : 'no'
}
