/** The fourth rung: one GET over the connection that was measured. */
import { hash } from 'node:crypto'
import type net from 'node:net'
import type { Failure } from '../model/failure.ts'
import type { HttpObservation } from '../model/measurement.ts'
import { isOwnMachine } from '../net/addresses.ts'
import { portOf } from '../net/endpoint.ts'
import type { Target } from './addresses.ts'
import { startDeadline } from './deadline.ts'
import { exchange } from './exchange.ts'
import { headText, titleOf } from './page.ts'
import { failed, type Run } from './run.ts'
import { since } from './tcp.ts'

/** A connection that got as far as HTTP. */
export interface Connection {
  readonly socket: net.Socket
  /** what it runs over: the same, or what TLS runs over */
  readonly line: net.Socket
  readonly target: Target
  readonly alpn: string | null
  /** over TLS whose chain and name checked out */
  readonly verified: boolean
}

/**
 * Fetches one page as a browser would ask for it, without following where it leads.
 *
 * @param connection owned from here on, and closed by the end
 * @param extra `referer` and `cookie`, where a redirect led here
 */
export async function fetchPage(
  run: Run,
  connection: Connection,
  url: URL,
  depth: number,
  extra: Record<string, string>,
): Promise<HttpObservation> {
  const { socket, line, target, alpn, verified } = connection
  const startedMs = run.watch()
  const before = line.bytesRead
  let late: number | null = null
  const lateTimer = setTimeout(() => (late = line.bytesRead), (run.settings.httpTimeoutMs * 2) / 3)
  using deadline = startDeadline(run.signal, run.settings.httpTimeoutMs)
  const { status, headers, body, error, byPeer } = await exchange(
    socket,
    {
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: { ...browserHeaders(run.settings.userAgent), ...extra },
      body: null,
    },
    run.settings.maxBodyBytes,
    deadline.signal,
  )
  clearTimeout(lateTimer)
  const durationMs = since(run, startedMs)
  const got = status !== null
  const failure = error === null ? null : endOf(failed(run, error), byPeer)
  const kept = got && !isElsewhere(run, target.address, depth)
  const text = kept ? headText(body.bytes, headers.find(([name]) => name === 'content-type')?.[1] ?? '') : ''
  return {
    layer: 'http',
    depth,
    startedMs,
    durationMs,
    failure,
    ...(byPeer ? { endedBy: 'peer' as const } : {}),
    ...(failure === null ? {} : { receivedBytes: line.bytesRead - before }),
    ...(failure === 'generic_timeout_error' && late === line.bytesRead ? { stalled: true as const } : {}),
    address: target.address,
    port: portOf(url),
    source: target.source,
    url: url.href,
    protocol: alpn === 'h2' ? 'h2' : 'http/1.1',
    trusted: verified,
    status,
    headers,
    bodyBytes: body.bytes.length,
    bodyTruncated: body.cut,
    bodySha256: got ? hash('sha256', body.bytes) : null,
    title: kept ? titleOf(text) : null,
    bodyHead: kept && !verified ? text : null,
  }
}

/** The parser says the same of an answer that ends too early and of one that cannot be read: whether the connection stood tells them apart. */
function endOf(failure: Failure, byPeer: boolean): Failure {
  if (byPeer) return failure === 'eof_error' ? 'http_request_failed' : failure
  return failure === 'http_request_failed' ? 'eof_error' : failure
}

/** Where a redirect led to no public address, what is served may be the operator's own: only that something is, is recorded. */
function isElsewhere({ settings, isBogon }: Run, address: string, depth: number): boolean {
  if (depth === 0 || (settings.connectToLoopback && isOwnMachine(address))) return false
  return isBogon(address)
}

function browserHeaders(userAgent: string): Record<string, string> {
  return {
    'user-agent': userAgent,
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'accept-language': 'en-US,en;q=0.9',
    'accept-encoding': 'gzip, deflate, br, zstd',
    'upgrade-insecure-requests': '1',
    'sec-fetch-dest': 'document',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-site': 'none',
    'sec-fetch-user': '?1',
  }
}
