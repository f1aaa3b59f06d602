/**
 * export-steps: our observations as OONI's archival records.
 *
 * Transactions are numbered in the order in which connections ended, so that whoever sorts by them comes to our order. What
 * OONI's formats have no place for goes under names that begin with `x_`.
 *
 * @see OONI df-001-httpt, df-005-tcpconnect, df-006-tlshandshake
 */
import type {
  AddressSource,
  HttpObservation,
  Observation,
  TcpObservation,
  TlsObservation,
} from '../model/measurement.ts'
import { archivedLookups, times } from './export-lookups.ts'
import { canonical } from '../net/addresses.ts'
import { tcpKey } from '../net/endpoint.ts'
import { scrub } from '../net/scrub.ts'
import { scrubHeader } from './scrub.ts'

/** where OONI's own numbers begin */
const FIRST_CONNECTION = 50_001

export interface ArchivedSteps {
  readonly queries: object[]
  readonly tcp_connect: object[]
  readonly tls_handshakes: object[]
  /** newest first */
  readonly requests: object[]
  /** over TLS that did not check out, which OONI's probe would not have sent */
  readonly x_unverified_requests: object[]
}

interface Numbered<T> {
  readonly seen: T
  readonly transaction: number
}

export function archivedSteps(observations: readonly Observation[]): ArchivedSteps {
  const connections = connectionsOf(observations)
  const numbered = <L extends 'tcp' | 'tls' | 'http'>(layer: L) =>
    connections.flatMap(({ steps }, at) =>
      steps
        .filter((seen): seen is Extract<Observation, { layer: L }> => seen.layer === layer)
        .map((seen) => ({ seen, transaction: FIRST_CONNECTION + at })),
    )
  const handshakes = new Map(numbered('tls').map(({ seen, transaction }) => [transaction, seen]))
  const isUnverified = ({ transaction }: { readonly transaction: number }) =>
    (handshakes.get(transaction)?.failure ?? null) !== null
  const pages = numbered('http').toSorted(
    (a, b) => b.seen.depth - a.seen.depth || b.transaction - a.transaction,
  )
  return {
    queries: archivedLookups(observations),
    tcp_connect: numbered('tcp').map(tcpConnect),
    tls_handshakes: numbered('tls').map(tlsHandshake),
    requests: pages.filter((page) => !isUnverified(page)).map(request),
    x_unverified_requests: pages.filter(isUnverified).map(request),
  }
}

/** The steps of each connection, in the order in which connections ended. */
function connectionsOf(observations: readonly Observation[]): { steps: Observation[]; end: number }[] {
  const connections: { steps: Observation[]; end: number }[] = []
  const latest = new Map<string, { steps: Observation[]; end: number }>()
  for (const [end, seen] of observations.entries()) {
    if (seen.layer === 'dns') continue
    const place = `${seen.depth} ${tcpKey(seen.address, seen.port)}`
    const known = seen.layer === 'tcp' ? undefined : latest.get(place)
    if (known === undefined) {
      const connection = { steps: [seen], end }
      latest.set(place, connection)
      connections.push(connection)
    } else {
      known.steps.push(seen)
      known.end = end
    }
  }
  return connections.toSorted((a, b) => a.end - b.end)
}

function tcpConnect({ seen, transaction }: Numbered<TcpObservation>): object {
  return {
    ip: canonical(seen.address),
    port: seen.port,
    status: { failure: seen.failure, success: seen.failure === null },
    ...times(seen),
    ...place(seen, transaction),
  }
}

function tlsHandshake({ seen, transaction }: Numbered<TlsObservation>): object {
  return {
    network: 'tcp',
    address: tcpKey(seen.address, seen.port),
    cipher_suite: seen.cipher ?? '',
    failure: seen.failure,
    negotiated_protocol: seen.alpn ?? '',
    no_tls_verify: false,
    peer_certificates: seen.chain.map((data) => ({ format: 'base64', data })),
    server_name: seen.serverName,
    ...times(seen),
    tls_version: seen.version ?? '',
    x_certificate: seen.certificate,
    ...place(seen, transaction),
  }
}

/** Bodies are not kept, save the beginning of one that nobody vouches for; its size and title are. */
function request({ seen, transaction }: Numbered<HttpObservation>): object {
  const headers = seen.headers.map(scrubHeader)
  const body = scrub(seen.bodyHead ?? '')
  return {
    network: 'tcp',
    address: tcpKey(seen.address, seen.port),
    alpn: seen.protocol ?? '',
    failure: seen.failure,
    request: {
      url: seen.url,
      method: 'GET',
      headers: {},
      headers_list: [],
      body: '',
      body_is_truncated: false,
      tor: { exit_ip: null, exit_name: null, is_tor: false },
      x_transport: 'tcp',
    },
    response: {
      code: seen.status ?? 0,
      headers: Object.fromEntries(headers.toReversed()),
      headers_list: headers,
      body,
      body_is_truncated: seen.bodyTruncated || Buffer.byteLength(seen.bodyHead ?? '') < seen.bodyBytes,
      x_body_bytes: seen.bodyBytes,
      x_body_is_truncated: seen.bodyTruncated,
      x_body_sha256: seen.bodySha256,
      x_title: seen.title === null ? null : scrub(seen.title),
    },
    ...times(seen),
    ...place(seen, transaction),
  }
}

function place(
  { depth, source }: { readonly depth: number; readonly source: AddressSource },
  transaction: number,
): object {
  const isOwn = source === 'vantage' || source === 'check'
  return {
    tags: [...(isOwn ? ['classic'] : []), `depth=${depth}`, `fetch_body=${source !== 'check'}`],
    transaction_id: transaction,
    x_source: source,
  }
}
