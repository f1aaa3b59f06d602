/** Everything the rules look at, gathered once: how far users of the network got, what failed, and what others saw. */
import { headerOf } from '../model/headers.ts'
import type { Measurement, Plan, Unfit } from '../model/measurement.ts'
import type { Rates } from '../model/rates.ts'
import type { Health } from '../model/vantage.ts'
import { isClockToBlame } from './clock.ts'
import { controlReached, type ControlFacts } from './control.ts'
import { answersAt, controlTried, dnsEvidence, type DnsEvidence } from './dns-evidence.ts'
import { endpointRecords, fromVantageResolver, type EndpointRecord } from './endpoints.ts'
import { matchFingerprint, type Fingerprint } from './fingerprints.ts'
import { isForeignPage, type Page } from './http-diff.ts'
import { faultOf, isOnlyIpv6Unreached, lastDepth, reachOf, type Fault, type Reach } from './reach.ts'
import { findForeignRedirect, type ForeignRedirect } from './redirects.ts'
import { hostIn, tlsKey } from '../net/endpoint.ts'
import { wallOf, type Wall } from './cdn-pages.ts'
import { certificateEvidence, refusalOf, type CertificateEvidence } from './certificate.ts'

export interface Evidence {
  readonly unfit: Unfit | null
  readonly observations: number
  readonly plan: Plan
  /** after how many bytes the pages of the probes before stopped, the last one first */
  readonly cuts: readonly number[]
  readonly health: Health
  readonly control: ControlFacts | null
  /** the control got the page, or a verified handshake where it asked for no more */
  readonly controlReached: boolean
  /** `null`: not reached, or it cannot be said */
  readonly reach: Reach | null
  /** status of the answer over verified TLS that counted as reached */
  readonly status: number | null
  /** where it failed; `null` when reached or when nothing conclusive was seen */
  readonly fault: Fault | null
  readonly dns: DnsEvidence
  readonly certificate: CertificateEvidence | null
  /** what came in place of a TLS handshake */
  readonly refusal: 'alert' | 'not-tls' | null
  /** the control completes the handshake at the very address where it failed here */
  readonly controlShakesHandsThere: boolean
  readonly foreignRedirect: ForeignRedirect | null
  /** the final page in cleartext has nothing in common with the control's */
  readonly foreignPage: boolean
  /** id of the block page recognised */
  readonly fingerprint: string | null
  readonly onlyIpv6: boolean
  /** the control tried the very addresses that failed here, and they failed for it too */
  readonly addressDownForControl: boolean
  /** what the front of a site shows in place of a page, here */
  readonly wall: Wall | null
  /** in cleartext: the control is served by the same kind of front */
  readonly wallIsOfItsFront: boolean
  /** status of the page the control got; `null` when it got none, or is not known */
  readonly controlStatus: number | null
  /** by the servers' clocks the certificate is in its time, by ours it is not */
  readonly clockOff: boolean
  /** plan `throughput` only */
  readonly rates: Rates | null
}

/** What a measurement is judged by besides itself. */
export interface Surroundings extends Pick<Evidence, 'health' | 'rates'> {
  readonly facts: ControlFacts | null
  readonly fingerprints: readonly Fingerprint[]
  /** our clock minus that of the servers */
  readonly skewMs: number | null
}

export function gatherEvidence(
  measurement: Measurement,
  { facts, health, fingerprints, rates, skewMs }: Surroundings,
): Evidence {
  const records = endpointRecords(measurement)
  const foreignRedirect = findForeignRedirect(records, facts, hostIn(measurement.url))
  const depth = foreignRedirect?.depth ?? lastDepth(measurement, records)
  const here = records.filter((r) => r.depth === depth)
  const own = here.filter(fromVantageResolver)
  const answers = answersAt(measurement, facts, depth)
  const inDoubt = answers.outvoted || answers.injected
  const reach = foreignRedirect === null ? reachOf(measurement, records, facts, depth, inDoubt) : null
  const fault = reach === null ? connectionFault(records, depth, foreignRedirect) : null
  const control = facts?.http ?? null
  const page = fault?.layer === 'http' && fault.failure === null ? (fault.record?.http ?? null) : null
  const reached = controlReached(facts)
  const foreignPage =
    foreignRedirect === null &&
    page !== null &&
    control !== null &&
    reached &&
    isForeignPage(page, control, !inDoubt)
  const shown = own.findLast((r) => r.layer === 'http')?.http ?? null
  const strange = foreignPage || foreignRedirect?.proven === true
  const dns = dnsEvidence(here, facts, answers, {
    family: fault?.record?.family ?? null,
    strangePage: strange,
  })
  return {
    unfit: measurement.unfit,
    observations: measurement.observations.length,
    plan: measurement.plan,
    cuts: measurement.cuts ?? [],
    health,
    control: facts,
    controlReached: reached,
    reach,
    status: reach === 'page' ? (shown?.status ?? null) : null,
    fault: reach === null ? withDns(fault, dns, depth) : null,
    dns,
    certificate: certificateEvidence(fault, facts),
    refusal: refusalOf(fault),
    controlShakesHandsThere: isFineForControl(fault, facts),
    foreignRedirect,
    foreignPage,
    fingerprint: reach === null ? fingerprintOf(records, fingerprints) : null,
    onlyIpv6: isOnlyIpv6Unreached(records, depth),
    addressDownForControl: isDownForControl(own, fault, facts),
    rates,
    wall: wallOf(reach === 'page' ? shown : page),
    wallIsOfItsFront: page !== null && control !== null && serverOf(page) === serverOf(control),
    controlStatus: control?.failure === null ? control.status : null,
    clockOff: isClockToBlame(fault, measurement.startedAt, skewMs),
  }
}

function serverOf({ headers }: Pick<Page, 'headers'>): string | null {
  return headerOf(headers, 'server')?.toLowerCase() ?? null
}

function connectionFault(
  records: readonly EndpointRecord[],
  depth: number,
  foreign: ForeignRedirect | null,
): Fault | null {
  if (foreign === null) return faultOf(records, depth)
  const record =
    records.find((r) => fromVantageResolver(r) && r.depth === depth && r.layer === 'http') ?? null
  return { depth, layer: 'http', failure: null, record }
}

/** Without an address to go to, DNS is where it failed. */
function withDns(fault: Fault | null, dns: DnsEvidence, depth: number): Fault | null {
  if (dns.standing === 'failed') return { depth, layer: 'dns', failure: dns.failure, record: null }
  const leadsNowhere = dns.standing === 'own-machine' || dns.standing === 'private'
  return fault === null && leadsNowhere ? { depth, layer: 'dns', failure: null, record: null } : fault
}

function fingerprintOf(
  records: readonly EndpointRecord[],
  fingerprints: readonly Fingerprint[],
): string | null {
  const pages = records.flatMap((r) => (fromVantageResolver(r) && r.http !== null ? [r.http] : []))
  return pages.map((page) => matchFingerprint(page, fingerprints)?.id).find((id) => id !== undefined) ?? null
}

function isFineForControl(fault: Fault | null, facts: ControlFacts | null): boolean {
  const record = fault?.layer === 'tls' ? fault.record : null
  const tls = record?.tls ?? null
  if (tls === null) return false
  return facts?.tls[tlsKey(tls.address, tls.port, tls.serverName)] === null
}

function isDownForControl(
  own: readonly EndpointRecord[],
  fault: Fault | null,
  facts: ControlFacts | null,
): boolean {
  if (fault === null || (fault.layer !== 'tcp' && fault.layer !== 'tls')) return false
  const tried = own.map((r) => controlTried(r, facts)).filter((failed) => failed !== undefined)
  return tried.length > 0 && !tried.includes(null)
}
