/**
 * One transfer: connect, say a name, ask for some bytes, and count them as they come off the connection.
 *
 * Over HTTP/1.1 written by hand: nothing is decoded and no redirect is followed, so that neither a compression bomb nor an endless body
 * costs more than the bytes that were asked for.
 */
import type net from 'node:net'
import type { TransferExperiment } from '../../model/experiment.ts'
import type { TcpObservation } from '../../model/measurement.ts'
import { discard } from '../../vantage/open-socket.ts'
import type { Target } from '../addresses.ts'
import { startDeadline } from '../deadline.ts'
import { shakeHands } from '../handshake.ts'
import { ProtocolError } from '../protocol-error.ts'
import { failed, type Run } from '../run.ts'
import { connectTcp, since } from '../tcp.ts'
import { portOf } from '../../net/endpoint.ts'

export interface TransferAim {
  readonly name: TransferExperiment['name']
  readonly at: TransferExperiment['at']
  readonly url: URL
  /** the name to say; in the request stands the URL's own, save in cleartext, where there is no other place for it */
  readonly serverName: string
  readonly target: Target
  readonly bytes: number
  readonly timeoutMs: number
}

/** What came, and when. */
interface Received {
  readonly status: number | null
  readonly bytes: number
  readonly transferMs: number
  readonly samples: readonly (readonly [number, number])[]
  /** what ended it before its time, or `null` */
  readonly error: unknown
}

const SAMPLES = 64
const ONLY_HTTP1 = ['http/1.1']
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/
const NOTHING: Received = { status: null, bytes: 0, transferMs: 0, samples: [], error: null }

/** Makes one transfer. @returns always a trial; the connection is closed by then */
export async function transfer(
  run: Run,
  aim: TransferAim,
): Promise<{ trial: TransferExperiment; tcp: TcpObservation }> {
  const { name, at, url, serverName, target } = aim
  const startedMs = run.watch()
  using deadline = startDeadline(run.signal, aim.timeoutMs)
  const secure = url.protocol === 'https:'
  const bounded: Run = { ...run, signal: deadline.signal }
  const tcp = await connectTcp(bounded, target, portOf(url), 0)
  run.unfit ??= bounded.unfit
  let tlsMs: number | null = null
  let received = NOTHING
  let { failure } = tcp.seen
  if (tcp.socket !== null) {
    try {
      const handshakeMs = run.watch()
      const socket = secure
        ? (await shakeHands(tcp.socket, serverName, run.roots, deadline.signal, ONLY_HTTP1)).socket
        : tcp.socket
      if (secure) tlsMs = since(run, handshakeMs)
      received = await receive(socket, requestFor(run, aim, secure), aim.bytes, deadline.signal)
      if (received.error !== null) failure = failed(run, received.error)
    } catch (error) {
      failure = failed(run, error)
    }
    discard(tcp.socket)
  }
  const { status, bytes, transferMs, samples } = received
  const trial: TransferExperiment = {
    kind: 'transfer',
    name,
    at,
    url: url.href,
    serverName,
    address: target.address,
    startedMs,
    durationMs: since(run, startedMs),
    failure,
    tcpMs: tcp.seen.failure === null ? tcp.seen.durationMs : null,
    tlsMs,
    status,
    bytes,
    transferMs,
    samples,
  }
  return { trial, tcp: tcp.seen }
}

function requestFor({ settings }: Run, { url, serverName, bytes }: TransferAim, secure: boolean): string {
  const host = secure ? url.host : serverName
  return [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${host}`,
    `User-Agent: ${settings.userAgent}`,
    'Accept: */*',
    'Accept-Encoding: identity',
    `Range: bytes=0-${bytes - 1}`,
    'Connection: close',
    '',
    '',
  ].join('\r\n')
}

/** Sends the request and counts what comes back, up to `most` bytes. Takes the socket over; never rejects. */
function receive(socket: net.Socket, request: string, most: number, signal: AbortSignal): Promise<Received> {
  return new Promise((resolve) => {
    const samples: [number, number][] = []
    const step = Math.ceil(most / (SAMPLES - 4))
    let head = ''
    let firstAt: number | null = null
    let bytes = 0
    const sinceFirst = () => (firstAt === null ? 0 : Math.round((performance.now() - firstAt) * 1000) / 1000)
    const end = (error: unknown) => {
      signal.removeEventListener('abort', onAbort)
      socket.off('data', onData)
      const transferMs = sinceFirst()
      if (bytes > (samples.at(-1)?.[1] ?? 0) && samples.length < SAMPLES) samples.push([transferMs, bytes])
      const status = STATUS_LINE.exec(head)?.[1]
      discard(socket)
      resolve({ status: status === undefined ? null : Number(status), bytes, transferMs, samples, error })
    }
    const onData = (chunk: Buffer) => {
      firstAt ??= performance.now()
      if (head.length < 16) head += chunk.toString('latin1', 0, 16)
      bytes = Math.min(most, bytes + chunk.length)
      const last = samples.at(-1)
      if (last === undefined || (bytes - last[1] >= step && samples.length < SAMPLES))
        samples.push([last === undefined ? 0 : sinceFirst(), bytes])
      if (bytes >= most) end(null)
    }
    const onAbort = () => end(signal.reason)
    const onEnd = () =>
      end(bytes > 0 ? null : new ProtocolError('eof_error', 'The connection ended before the response.'))
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('data', onData)
    socket.once('end', onEnd)
    socket.once('error', end)
    socket.write(request)
  })
}
