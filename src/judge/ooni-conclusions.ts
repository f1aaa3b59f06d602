/**
 * What OONI's measurements say of themselves beside `blocking` and `accessible`, for the same facts. For exports.
 *
 * @see OONI ts-017-web-connectivity
 */
import type { ControlFacts } from '../model/control.ts'
import type { Failure } from '../model/failure.ts'
import type { Measurement } from '../model/measurement.ts'
import type { Conclusions } from '../model/ooni.ts'
import { endpointRecords, isFinalStatus, fromVantageResolver } from './endpoints.ts'
import { compareHttp } from './http-diff.ts'
import { isIgnorable, lookupsOf, ownLookups } from './lookups.ts'
import { ooniKeys } from './ooni.ts'

export function conclusionsOf(measurement: Measurement, facts: ControlFacts | null): Conclusions {
  const { dnsConsistency, failure } = ooniKeys(measurement, facts, false)
  const pages = endpointRecords(measurement).flatMap((r) =>
    fromVantageResolver(r) && r.layer === 'http' && r.failure === null && r.http !== null ? [r.http] : [],
  )
  const page = pages.filter(({ status }) => isFinalStatus(status)).toSorted((a, b) => b.depth - a.depth)[0]
  const control = facts?.http ?? null
  const diff = page === undefined || control === null ? null : compareHttp(page, control)
  return {
    dnsConsistency,
    dnsExperimentFailure: firstLookupFailure(measurement),
    httpExperimentFailure: failure,
    bodyProportion: diff?.bodyProportion ?? 0,
    bodyLengthMatch: diff?.bodyLengthMatch ?? null,
    statusCodeMatch: diff?.statusCodeMatch ?? null,
    headersMatch: diff?.headersMatch ?? null,
    titleMatch: diff?.titleMatch ?? null,
  }
}

function firstLookupFailure(measurement: Measurement): Failure | null {
  const first = lookupsOf(measurement).filter((lookup) => lookup.depth === 0)
  return ownLookups(first).find((lookup) => lookup.failure !== null && !isIgnorable(lookup))?.failure ?? null
}
