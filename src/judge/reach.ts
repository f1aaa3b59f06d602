/** Did users of the network get to the endpoint, and where did it fail if not? */
import { isSilence, type Failure } from '../model/failure.ts'
import type { Layer, Measurement } from '../model/measurement.ts'
import { controlReached, type ControlFacts } from './control.ts'
import {
  isBrokenIpv6,
  isFinalStatus,
  isUnusable,
  fromVantageResolver,
  type EndpointRecord,
} from './endpoints.ts'
import { compareHttp, isForeignPage } from './http-diff.ts'
import { isRedirect, redirectHost } from './redirects.ts'

/**
 * `page`: an answer over verified TLS, whatever it says. `tls`: a verified handshake, and no page was asked for.
 * `unusable`: an answer over verified TLS that cannot be used as a page. `cleartext`: the same page as the control's. `redirect`: sent on within the site, by a plan that does not follow.
 */
export type Reach = 'page' | 'unusable' | 'tls' | 'cleartext' | 'redirect'

/** Where it failed. A fault without a failure is a page that may not be the right one, or a DNS answer that leads nowhere. */
export interface Fault {
  readonly depth: number
  readonly layer: Layer
  readonly failure: Failure | null
  /** the connection that decided; `null` for dns */
  readonly record: EndpointRecord | null
}

const RANK = { tcp: 1, tls: 2, http: 3 } as const

/**
 * The hop users of the network get to: on from each redirect that their own connection brought. A page fetched by an address they are never
 * given, or from a server whose certificate does not check out, leads them nowhere.
 */
export function lastDepth(measurement: Measurement, records: readonly EndpointRecord[]): number {
  const deepest = Math.max(0, ...measurement.observations.map((seen) => seen.depth))
  const isSentOn = (depth: number) =>
    records.some(
      (r) => fromVantageResolver(r) && r.depth === depth && r.layer === 'http' && isRedirect(r.http!),
    )
  let depth = 0
  while (depth < deepest && isSentOn(depth)) depth += 1
  return depth
}

/**
 * How users of the network got to the endpoint; `null` when they did not, or it cannot be said.
 *
 * @param depth the hop they got to
 * @param addressInDoubt their resolver is alone with its answer, or a second one contradicts it, so that a page in cleartext is looked at more closely
 */
export function reachOf(
  measurement: Measurement,
  records: readonly EndpointRecord[],
  facts: ControlFacts | null,
  depth: number,
  addressInDoubt: boolean,
): Reach | null {
  const own = records.filter(fromVantageResolver)
  const pages = own.flatMap((r) =>
    r.layer === 'http' && r.depth === depth && r.failure === null ? [r.http!] : [],
  )
  if (pages.some((page) => page.trusted && page.status !== null)) return 'page'
  if (own.some((r) => r.layer === 'http' && r.depth === depth && isUnusable(r.http!))) return 'unusable'
  const asked = own.some((r) => r.layer === 'http')
  if (!asked && own.some((r) => r.depth === 0 && r.layer === 'tls' && isVerified(r))) return 'tls'
  const control = facts?.http ?? null
  const sameAsControl = pages.some(
    (page) =>
      isFinalStatus(page.status) &&
      control !== null &&
      controlReached(facts) &&
      !compareHttp(page, control).differs &&
      !isForeignPage(page, control, !addressInDoubt),
  )
  if (sameAsControl) return 'cleartext'
  return measurement.plan === 'heartbeat' && pages.some((page) => redirectHost(page) !== null)
    ? 'redirect'
    : null
}

/** A handshake that went through, with a certificate that checks out. */
export function isVerified(record: EndpointRecord): boolean {
  return record.tls !== null && record.tls.failure === null && record.tls.verified === true
}

/**
 * The failed connection that decides: the deepest layer any address got to, the most telling failure there. IPv6 that leads
 * nowhere is left out, and IPv6 that fails to connect is where there is an IPv4 address.
 *
 * @returns `null` when none failed, or one did not and went no further
 */
export function faultOf(records: readonly EndpointRecord[], depth: number): Fault | null {
  const own = records.filter((r) => fromVantageResolver(r) && r.depth === depth && !isBrokenIpv6(r))
  const hasIpv4 = own.some((r) => r.family !== 6)
  const counted = own.filter((r) => !(hasIpv4 && r.family === 6 && r.layer === 'tcp'))
  const deepest = Math.max(0, ...counted.map((r) => RANK[r.layer]))
  const there = counted.filter((r) => RANK[r.layer] === deepest)
  const fine = there.find((r) => r.failure === null)
  if (fine !== undefined) {
    const isPage = fine.layer === 'http' && isFinalStatus(fine.http!.status)
    return isPage ? { depth, layer: 'http', failure: null, record: fine } : null
  }
  const [record] = there.toSorted((a, b) => evidenceOrder(a.failure) - evidenceOrder(b.failure))
  return record === undefined ? null : { depth, layer: record.layer, failure: record.failure, record }
}

/** Only IPv6 was tried and no connection came about: the vantage may have none that works. */
export function isOnlyIpv6Unreached(records: readonly EndpointRecord[], depth: number): boolean {
  const own = records.filter((r) => fromVantageResolver(r) && r.depth === depth)
  return (
    own.length > 0 &&
    own.every((r) => r.family === 6 && r.layer === 'tcp') &&
    own.some((r) => r.failure !== null)
  )
}

/** What somebody must have sent on purpose comes first, silence last. */
function evidenceOrder(failure: Failure | null): number {
  if (failure === 'ssl_unknown_authority' || failure === 'ssl_invalid_hostname') return 0
  if (failure === 'connection_reset') return 1
  if (failure === 'eof_error') return 2
  if (failure === 'connection_refused') return 3
  if (failure === 'network_unreachable' || failure === 'host_unreachable') return 5
  return isSilence(failure) ? 6 : 4
}
