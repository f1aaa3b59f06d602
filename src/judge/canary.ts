/** What one probe of a canary says about its vantage. */
import type { CanaryAnswer } from '../model/judged-measurement.ts'
import { type Failure, isSilence } from '../model/failure.ts'
import type { DnsObservation, Measurement } from '../model/measurement.ts'
import { type Canary, isSecure } from '../model/service.ts'
import { SECOND_MS } from '../model/time.ts'
import { publicTest } from '../net/addresses.ts'
import { judge } from './judge.ts'
import { endpointRecords, type EndpointRecord, fromVantageResolver, isFinalStatus } from './endpoints.ts'
import { addressesOf, failureOf, isIgnorable, lookupsOf, ownLookups } from './lookups.ts'
import { isVerified } from './reach.ts'

/** A handshake, or a page, that takes longer than this came over a line on which nothing can be timed. */
const SLOW_MS = 5 * SECOND_MS

/**
 * Whether the canary answered as a service must: by an address that the vantage's own resolver gives, over IPv4 where it has it, by every
 * step that was tried. TLS that verifies is proof enough, for no captive portal can do it; in cleartext the body must hold the expected
 * text. A redirect that was not followed says nothing, unless a text was expected in its place.
 *
 * @returns what kept it from answering, where it can be told; `no` also where the way out of the vantage itself failed; `unknown` for a
 * measurement otherwise unfit, or empty
 */
export function judgeCanary(measurement: Measurement, canary: Canary): CanaryAnswer {
  if (measurement.unfit === 'vantage_unreachable') return 'no'
  if (measurement.unfit !== null) return 'unknown'
  // What trials prove needs no canary: were the line at fault, names would not differ.
  if (measurement.plan === 'diagnose')
    return judge(measurement, [], 'online').outcome === 'confirmed' ? 'blocked' : 'unknown'
  if (measurement.observations.length === 0) return 'unknown'
  const records = endpointRecords(measurement)
  const own = records.filter(fromVantageResolver)
  const says = isSecure(canary)
    ? saysSecurely
    : (some: readonly EndpointRecord[]) => saysInClear(some, canary, measurement)
  const said = says(own)
  if (said !== 'no') return said
  const others = records.filter((r) => !own.includes(r))
  return lacksName(measurement) && isLineUp(measurement, others, says(others)) ? 'no_names' : 'no'
}

function saysSecurely(records: readonly EndpointRecord[]): CanaryAnswer {
  const first = records.filter(({ depth }) => depth === 0)
  const answered = first.filter(isAnswered)
  if (answered.length > 0) return lacksIpv4(first, answered) ? 'no_ipv4' : paceOf(answered)
  if (first.some(({ http }) => http !== null && http.status !== null && isSilence(http.failure)))
    return 'slow'
  if (first.some(isForeign)) return 'intercepted'
  // Something took the connection, or turned it away: the line is up.
  return first.some(
    ({ layer, failure }) =>
      layer !== 'tcp' || failure === 'connection_refused' || failure === 'connection_reset',
  )
    ? 'no_https'
    : 'no'
}

/**
 * Shaken hands with, and no page that was asked for failed to come; an error page, or one sent elsewhere, is an answer. A certificate that is
 * out of its time is the site's trouble, or our clock's.
 */
function isAnswered(record: EndpointRecord): boolean {
  const { tls, http } = record
  const isShaken = isVerified(record) || tls?.failure === 'ssl_invalid_certificate'
  return isShaken && (http === null || (http.status !== null && !isSilence(http.failure)))
}

function isForeign({ tls }: EndpointRecord): boolean {
  return (
    tls !== null &&
    tls.certificate !== null &&
    (tls.failure === 'ssl_unknown_authority' || tls.failure === 'ssl_invalid_hostname')
  )
}

function lacksIpv4(all: readonly EndpointRecord[], answered: readonly EndpointRecord[]): boolean {
  return all.some(({ family }) => family === 4) && answered.every(({ family }) => family === 6)
}

function paceOf(answered: readonly EndpointRecord[]): CanaryAnswer {
  const took = answered.map(({ tls, http }) => Math.max(tls?.durationMs ?? 0, http?.durationMs ?? 0))
  return Math.min(...took) > SLOW_MS ? 'slow' : 'yes'
}

function saysInClear(
  records: readonly EndpointRecord[],
  { expectBody }: Canary,
  { observations }: Measurement,
): CanaryAnswer {
  const deepest = Math.max(...observations.map((seen) => seen.depth))
  const at = records.filter((r) => r.layer === 'http' && r.depth === deepest && r.failure === null)
  const isExpected = ({ http: page }: EndpointRecord): boolean =>
    isFinalStatus(page!.status) &&
    (page!.trusted || expectBody === null || (page!.bodyHead?.includes(expectBody) ?? false))
  const expected = at.filter(isExpected)
  if (expected.length > 0) return lacksIpv4(records, expected) ? 'no_ipv4' : 'yes'
  const leftAtRedirect = at.length > 0 && at.every(({ http }) => !isFinalStatus(http!.status))
  return leftAtRedirect && expectBody === null ? 'unknown' : 'no'
}

/** The resolver gave no address. */
function lacksName(measurement: Measurement): boolean {
  const isPublic = publicTest(measurement.publicPrefixes)
  return (
    askedNames(measurement).length > 0 &&
    !ownAtFirst(measurement).some(({ answers }) => addressesOf(answers).some(isPublic))
  )
}

/**
 * It answers at an address that was known otherwise; or none was, and the resolver itself has said no. The system's resolver may be on this very
 * machine, which says that it failed when the line is down: only a denial must have come from elsewhere.
 */
function isLineUp(
  measurement: Measurement,
  others: readonly EndpointRecord[],
  elsewhere: CanaryAnswer,
): boolean {
  if (others.length > 0) return elsewhere !== 'no'
  return askedNames(measurement).some((lookup) => {
    const failed = failureOf(lookup)
    if (failed === null || isSilence(failed) || failed === 'dns_temporary_failure') return false
    return lookup.engine !== 'system' || DENIALS.has(failed)
  })
}

const DENIALS: ReadonlySet<Failure> = new Set(['dns_nxdomain_error', 'dns_no_answer'])

function ownAtFirst(measurement: Measurement): DnsObservation[] {
  return ownLookups(lookupsOf(measurement).filter(({ depth, engine }) => depth === 0 && engine !== 'proxy'))
}

function askedNames(measurement: Measurement): DnsObservation[] {
  return ownAtFirst(measurement).filter((lookup) => !isIgnorable(lookup))
}
