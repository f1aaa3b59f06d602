/**
 * tagged: the connections of Web Connectivity v0.5, whose entries say at which redirect they stand and to which transaction
 * they belong.
 *
 * tcp_connect -> one connection per transaction <- the tls and http of the same transaction
 *
 * People's own are those to an address of the system's resolver, or of the URL itself, that fetched the page. The rest is kept as
 * what it was: an address to compare with, or a check of one.
 */
import type { ControlFacts } from '../model/control.ts'
import type {
  AddressSource,
  DnsObservation,
  Observation,
  TcpObservation,
  TlsObservation,
} from '../model/measurement.ts'
import { canonical } from '../net/addresses.ts'
import { endpointOf, tcpKey } from '../net/endpoint.ts'
import { addressesIn } from '../model/dns.ts'
import { type At, httpOf, tcpOf, tlsOf } from './connections.ts'
import { type Json, numberOf, objectsOf, textOf } from './json.ts'
import { depthOf, hasTag, transactionOf } from './step.ts'

/** what didbon's own exports say beside it */
const SOURCES: ReadonlySet<unknown> = new Set<AddressSource>([
  'vantage',
  'control',
  'trusted',
  'literal',
  'check',
])

interface Connection {
  readonly transaction: number | null
  readonly at: At
  readonly tcp: TcpObservation
  tls: TlsObservation | null
  http: Observation | null
}

/** @returns the steps of each connection together, in the order of transactions */
export function taggedSteps(
  testKeys: Json,
  lookups: readonly DnsObservation[],
  control: ControlFacts | null,
): Observation[] {
  const sourceOf = sources(lookups, control)
  const connections: Connection[] = []
  for (const entry of objectsOf(testKeys['tcp_connect'])) {
    const address = textOf(entry['ip'])
    const port = numberOf(entry['port'])
    if (address === null || port === null) continue
    const at: At = {
      depth: depthOf(entry) ?? 0,
      address: canonical(address),
      port,
      source: sourceOf(canonical(address), entry),
    }
    connections.push({ transaction: transactionOf(entry), at, tcp: tcpOf(entry, at), tls: null, http: null })
  }
  const find = finder(connections)
  for (const entry of objectsOf(testKeys['tls_handshakes'])) {
    const connection = find(entry)
    if (connection !== null) connection.tls = tlsOf(entry, connection.at)
  }
  for (const entry of [...objectsOf(testKeys['requests']), ...objectsOf(testKeys['x_unverified_requests'])]) {
    const connection = find(entry)
    if (connection === null) continue
    connection.http = httpOf(entry, connection.at, connection.tls?.verified === true)
  }
  return connections
    .toSorted((a, b) => (a.transaction ?? 0) - (b.transaction ?? 0))
    .flatMap(({ tcp, tls, http }) => [tcp, tls, http].filter((step) => step !== null))
}

/** Who gave the address, and what the connection was for. */
function sources(
  lookups: readonly DnsObservation[],
  control: ControlFacts | null,
): (address: string, entry: Json) => AddressSource {
  const given = (by: (lookup: DnsObservation) => boolean) =>
    new Set(lookups.filter(by).flatMap((l) => addressesIn(l.answers)))
  const system = given((l) => l.engine === 'system' && l.failure === null)
  const others = given((l) => l.engine !== 'system' && l.failure === null)
  const controls = new Set(control?.dns?.addresses.map(canonical))
  return (address, entry) => {
    const ours = entry['x_source']
    if (SOURCES.has(ours)) return ours as AddressSource
    const isSystems = system.has(address) || hasTag(entry, 'classic')
    if (!isSystems && others.has(address)) return 'trusted'
    if (!isSystems && controls.has(address)) return 'control'
    if (!hasTag(entry, 'fetch_body=true')) return 'check'
    return isSystems ? 'vantage' : 'literal'
  }
}

/** The connection an entry belongs to: by transaction, or by its place where nothing was numbered. */
function finder(connections: readonly Connection[]): (entry: Json) => Connection | null {
  const numbered = new Map(connections.flatMap((c) => (c.transaction === null ? [] : [[c.transaction, c]])))
  return (entry) => {
    const transaction = transactionOf(entry)
    const same = transaction === null ? undefined : numbered.get(transaction)
    if (same !== undefined) return same
    const at = endpointOf(textOf(entry['address']))
    if (at === null) return null
    const place = `${depthOf(entry) ?? 0} ${tcpKey(at.address, at.port)}`
    const free = connections.filter((c) => transaction === null || c.transaction === null)
    return free.findLast((c) => `${c.at.depth} ${tcpKey(c.at.address, c.at.port)}` === place) ?? null
  }
}
