/**
 * untagged: the connections of Web Connectivity v0.4, which checks the addresses first and then fetches the page on its own.
 *
 * tcp_connect and tls_handshakes -> one connection per address, for the URL asked for
 * requests, newest first         -> one page per redirect, the first over a connection that was seen to work
 *
 * A request that failed says not at which layer. It is taken as what the checks showed, where they showed it: no HTTP where every
 * address failed before, or where there was none.
 */
import type { AddressSource, DnsObservation, Observation, TlsObservation } from '../model/measurement.ts'
import { canonical } from '../net/addresses.ts'
import { endpointOf, hostOf, portOf, tcpKey } from '../net/endpoint.ts'
import { type At, httpOf, tcpOf, tlsOf } from './connections.ts'
import { failureOf } from './failure.ts'
import { type Json, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import { timesOf } from './step.ts'

interface Checked {
  readonly at: At
  readonly steps: Observation[]
  readonly connected: boolean
  tls: TlsObservation | null
}

const CONNECT_FAILURES = new Set<string>(['connection_refused', 'host_unreachable', 'network_unreachable'])

export function untaggedSteps(
  testKeys: Json,
  lookups: readonly DnsObservation[],
  url: URL | null,
): Observation[] {
  const checked = checks(testKeys, lookups, url === null ? null : portOf(url))
  const requests = objectsOf(testKeys['requests']).toReversed()
  const pages = requests.flatMap((entry, depth) => pageOf(entry, depth, checked, lookups, url))
  return [...checked.flatMap(({ steps }) => steps), ...pages]
}

/** @param urlPort connections to another port were made to see whether the address is good */
function checks(testKeys: Json, lookups: readonly DnsObservation[], urlPort: number | null): Checked[] {
  const resolved = new Set(lookups.flatMap(({ answers }) => answers.map(({ value }) => value)))
  const checked = objectsOf(testKeys['tcp_connect']).flatMap((entry): Checked[] => {
    const ip = textOf(entry['ip'])
    const port = numberOf(entry['port'])
    if (ip === null || port === null) return []
    const address = canonical(ip)
    const isOther = urlPort !== null && port !== urlPort
    const source: AddressSource = isOther ? 'check' : resolved.has(address) ? 'vantage' : 'literal'
    const at = { depth: 0, address, port, source }
    const tcp = tcpOf(entry, at)
    return [{ at, steps: [tcp], connected: tcp.failure === null, tls: null }]
  })
  for (const entry of objectsOf(testKeys['tls_handshakes'])) {
    const place = endpointOf(textOf(entry['address']))
    const key = place === null ? null : tcpKey(place.address, place.port)
    // Older records do not say where the handshake was: the next connection that could have one.
    const check = checked.find(
      ({ at, connected, tls }) =>
        tls === null && (key === null ? connected && at.port === 443 : tcpKey(at.address, at.port) === key),
    )
    if (check === undefined) continue
    check.tls = tlsOf(entry, check.at)
    check.steps.push(check.tls)
  }
  return checked
}

/** One request: the page, or where it failed. What a check already tells is not told twice. */
function pageOf(
  entry: Json,
  depth: number,
  checked: readonly Checked[],
  lookups: readonly DnsObservation[],
  url: URL | null,
): Observation[] {
  const target = URL.parse(textOf(objectOf(entry['request'])['url']) ?? '') ?? (depth === 0 ? url : null)
  if (target === null) return []
  const isSecure = target.protocol === 'https:'
  const port = portOf(target)
  const at: At = { depth, address: hostOf(target), port, source: 'literal' }
  const mine = depth === 0 ? checked.filter((check) => check.at.port === port) : []
  const failure = failureOf(entry['failure'])
  if (failure === null) {
    const over = mine.find(
      ({ connected, tls }) => connected && (!isSecure || tls === null || tls.failure === null),
    )
    if (over === undefined) return [httpOf(entry, at, isSecure)]
    over.steps.push(httpOf(entry, over.at, isSecure))
    return []
  }
  const unresolved = depth === 0 && lookups.some((lookup) => lookup.failure !== null)
  if (failure.startsWith('dns_') || failure === 'android_dns_cache_no_data')
    return unresolved ? [] : [lookupFailed(entry, at)]
  if (unresolved && lookups.every((lookup) => lookup.failure !== null) && mine.length === 0) return []
  const connected = mine.filter((check) => check.connected)
  if (mine.length > 0 && connected.length === 0) return []
  if (isSecure && connected.length > 0 && connected.every(({ tls }) => tls !== null && tls.failure !== null))
    return []
  if (CONNECT_FAILURES.has(failure)) {
    return [{ layer: 'tcp', ...at, ...timesOf(entry), failure }]
  }
  if (failure.startsWith('ssl_')) return [tlsOf({ ...entry, server_name: at.address }, at)]
  const over = connected.find(({ tls }) => !isSecure || tls?.failure === null)
  if (over === undefined) return [httpOf(entry, at, false)]
  over.steps.push(httpOf(entry, over.at, false))
  return []
}

function lookupFailed(entry: Json, at: At): DnsObservation {
  return {
    layer: 'dns',
    depth: at.depth,
    ...timesOf(entry),
    failure: failureOf(entry['failure']),
    host: at.address,
    engine: 'system',
    resolver: '',
    role: 'vantage',
    queryType: 'ANY',
    answers: [],
    late: [],
  }
}
