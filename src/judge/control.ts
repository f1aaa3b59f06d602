/**
 * What the same endpoint looked like from networks we trust.
 *
 * control measurements -> ControlFacts. OONI's control object is translated to the same facts, so everything after this file
 * judges both alike. With several controls a layer works when it works for any of them.
 */
import type { ControlFacts, ControlPage } from '../model/control.ts'
import type { Measurement } from '../model/measurement.ts'
import type { Agreement } from '../model/verdict.ts'
import { hostIn, tcpKey, tlsKey } from '../net/endpoint.ts'
import { endpointRecords, isBrokenIpv6, isFinalStatus, isUnusable } from './endpoints.ts'
import { addressesOf, asnsOf, failureOf, isIgnorable, lookupsOf } from './lookups.ts'

export type { ControlFacts, ControlPage } from '../model/control.ts'

/**
 * Turns control measurements of one endpoint into facts.
 *
 * @param measurements made by plan `full`; the caller leaves out controls that fail their own canaries, unfit ones are left out here
 * @returns `null` when none is fit
 */
export function controlFacts(measurements: readonly Measurement[]): ControlFacts | null {
  const each = measurements.filter((m) => m.unfit === null && m.observations.length > 0).map(factsOf)
  return each.length === 0 ? null : each.reduce(merge)
}

/** Whether the control got the page; where it never asked for one, whether it completed a verified TLS handshake. */
export function controlReached(facts: ControlFacts | null): boolean {
  if (facts === null) return false
  if (facts.http !== null) return facts.http.failure === null
  return Object.values(facts.tls).includes(null)
}

/** What controls said of a measurement that failed here. @param measurements as for `controlFacts` */
export function agreementOf(measurements: readonly Measurement[]): Agreement {
  const facts = controlFacts(measurements)
  if (facts === null) return 'not_asked'
  return controlReached(facts) ? 'fails_here_only' : 'fails_too'
}

function factsOf(measurement: Measurement): ControlFacts {
  // A control without IPv6 has not tried an IPv6 address.
  const records = endpointRecords(measurement).filter((r) => !isBrokenIpv6(r))
  return {
    dns: dnsOf(measurement),
    tcp: worksForAny(
      records.map((r) => [tcpKey(r.address, r.port), r.layer === 'tcp' ? r.failure : null] as const),
    ),
    tls: worksForAny(
      records.flatMap((r) =>
        r.tls === null ? [] : [[tlsKey(r.address, r.port, r.tls.serverName), r.tls.failure] as const],
      ),
    ),
    http: pageOf(measurement, records),
  }
}

function dnsOf(measurement: Measurement): ControlFacts['dns'] {
  const host = hostIn(measurement.url)
  const lookups = lookupsOf(measurement).filter(
    (l) => l.depth === 0 && l.host.toLowerCase() === host && l.engine !== 'proxy' && !isIgnorable(l),
  )
  if (lookups.length === 0) return null
  const answers = lookups.flatMap((l) => (l.failure === null ? l.answers : []))
  const addresses = addressesOf(answers)
  const failures = lookups.map(failureOf)
  const failure = addresses.length > 0 || failures.includes('dns_no_answer') ? null : (failures[0] ?? null)
  return { failure, addresses, asns: asnsOf(answers) }
}

function pageOf(measurement: Measurement, records: ReturnType<typeof endpointRecords>): ControlPage | null {
  const none = { status: null, headers: [], title: null, bodyBytes: 0, hosts: [] }
  const pages = records.flatMap((r) => (r.layer === 'http' && r.http !== null ? [r.http] : []))
  const deepest = Math.max(...measurement.observations.map((seen) => seen.depth))
  const final = pages.find((p) => p.depth === deepest && p.failure === null && isFinalStatus(p.status))
  if (final !== undefined) {
    const hosts = pages.flatMap((p) => hostIn(p.url) ?? [])
    const { status, headers, title, bodyBytes } = final
    return { failure: null, status, headers, title, bodyBytes, hosts: [...new Set(hosts)] }
  }
  const last = measurement.observations.findLast(
    (seen) => seen.depth === deepest && seen.failure !== null && seen.layer !== 'quic',
  )
  // An answer that cannot be used is the server's own: the control got there.
  if (pages.some(isUnusable)) return null
  const stoppedAtTls = pages.length === 0 && records.some((r) => r.layer === 'tls' && r.failure === null)
  if (stoppedAtTls) return null
  return { ...none, failure: last?.failure ?? 'http_request_failed' }
}

function merge(controlFacts: ControlFacts, other: ControlFacts): ControlFacts {
  return {
    dns: mergeDns(controlFacts.dns, other.dns),
    tcp: worksForAny([...Object.entries(controlFacts.tcp), ...Object.entries(other.tcp)]),
    tls: worksForAny([...Object.entries(controlFacts.tls), ...Object.entries(other.tls)]),
    http: betterPage(controlFacts.http, other.http),
  }
}

function mergeDns(one: ControlFacts['dns'], other: ControlFacts['dns']): ControlFacts['dns'] {
  if (one === null || other === null) return one ?? other
  return {
    failure: one.failure === null || other.failure === null ? null : one.failure,
    addresses: [...new Set([...one.addresses, ...other.addresses])],
    asns: [...new Set([...one.asns, ...other.asns])],
  }
}

/** A page before a failure, a 2xx before an error page, and the first named control among equals. */
function betterPage(one: ControlPage | null, other: ControlPage | null): ControlPage | null {
  if (one === null || other === null) return one ?? other
  const rank = (page: ControlPage) =>
    page.failure !== null ? 2 : Math.floor((page.status ?? 0) / 100) === 2 ? 0 : 1
  const better = rank(other) < rank(one) ? other : one
  const hosts = [...new Set([...(one.hosts ?? []), ...(other.hosts ?? [])])]
  return { ...better, hosts: one.hosts === null && other.hosts === null ? null : hosts }
}

function worksForAny(entries: Iterable<readonly [string, string | null]>): Record<string, string | null> {
  const merged: Record<string, string | null> = {}
  for (const [key, failure] of entries) {
    if (failure === null || !(key in merged)) merged[key] = failure
  }
  return merged
}
