/** One record per TCP endpoint tried: tcp, then the tls and http that followed over the same connection. */
import type { Failure } from '../model/failure.ts'
import type { AddressSource, HttpObservation, Measurement, TlsObservation } from '../model/measurement.ts'
import { canonical, familyOf } from '../net/addresses.ts'

export interface EndpointRecord {
  readonly depth: number
  /** in one spelling; a name when the proxy resolves */
  readonly address: string
  readonly port: number
  readonly source: AddressSource
  readonly family: 4 | 6 | null
  /** deepest layer reached; a TLS that failed stays `tls`, even when a page was fetched over it */
  readonly layer: 'tcp' | 'tls' | 'http'
  /** what failed there */
  readonly failure: Failure | null
  readonly tls: TlsObservation | null
  readonly http: HttpObservation | null
  /** place in the measurement: later is greater */
  readonly order: number
}

/** Gathers the steps of each connection; several attempts at one endpoint are several records. */
export function endpointRecords(measurement: Measurement): EndpointRecord[] {
  const records: EndpointRecord[] = []
  const latest = new Map<string, number>()
  for (const [order, seen] of measurement.observations.entries()) {
    if (seen.layer === 'dns' || seen.layer === 'quic') continue
    const address = canonical(seen.address)
    const key = `${seen.depth} ${address} ${seen.port}`
    const at = seen.layer === 'tcp' ? undefined : latest.get(key)
    const before = at === undefined ? null : records[at]!
    const steps = {
      tls: seen.layer === 'tls' ? seen : (before?.tls ?? null),
      http: seen.layer === 'http' ? seen : (before?.http ?? null),
    }
    const stopsAtTls = seen.layer === 'http' && before?.layer === 'tls' && before.failure !== null
    const record: EndpointRecord = {
      depth: seen.depth,
      address,
      port: seen.port,
      source: seen.source,
      family: familyOf(address),
      layer: stopsAtTls ? 'tls' : seen.layer,
      failure: stopsAtTls ? before.failure : seen.failure,
      ...steps,
      order,
    }
    if (at === undefined) {
      latest.set(key, records.length)
      records.push(record)
    } else {
      records[at] = record
    }
  }
  return records
}

/** What users of the network would have used: an address their resolver gave, or one in the URL itself. */
export function fromVantageResolver(record: { readonly source: AddressSource }): boolean {
  return record.source === 'vantage' || record.source === 'literal'
}

/** IPv6 that leads nowhere says something about the vantage, not about the service. */
export function isBrokenIpv6(record: EndpointRecord): boolean {
  return (
    record.family === 6 &&
    record.layer === 'tcp' &&
    (record.failure === 'network_unreachable' || record.failure === 'host_unreachable')
  )
}

/** 2xx, 4xx or 5xx: a page, whatever it says; a redirect is none. */
export function isFinalStatus(status: number | null): boolean {
  return status !== null && status >= 200 && status < 600 && Math.floor(status / 100) !== 3
}

/**
 * Over verified TLS, and what failed is the server's own answer: it cannot be read, or leads nowhere. Whoever has not the key can only cut, reset or
 * swallow.
 */
export function isUnusable({ trusted, failure, endedBy }: HttpObservation): boolean {
  if (!trusted || failure === null) return false
  return endedBy === 'peer' || SERVERS_OWN.has(failure)
}

const SERVERS_OWN: ReadonlySet<Failure> = new Set<Failure>([
  'http_invalid_redirect_location_host',
  'http_request_failed',
  'unknown_failure: stopped after too many redirects',
])
