/**
 * One HTTP request and its response over a socket that is open already: http/1.1, or h2 where ALPN chose it.
 *
 * Everything a server can make endless has an end here: the head (bytes), the body (bytes after decoding) and the wait (signal).
 */
import type net from 'node:net'
import { Client, type Dispatcher } from 'undici'
import { discard } from '../vantage/open-socket.ts'
import { openDecoder, type Body, type Decoder } from './decode.ts'
import { ProtocolError } from './protocol-error.ts'

export interface Request {
  /** scheme, host and port */
  readonly origin: string
  /** path and query */
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly headers: Record<string, string>
  readonly body: Uint8Array | null
}

export interface Response {
  readonly status: number | null
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Body
  /** what ended it before its time, or `null` */
  readonly error: unknown
  /** `error` is about what was received, while the connection stood: neither silence, a reset, a FIN nor bytes that TLS refuses */
  readonly byPeer: boolean
}

/** As much as Chrome takes. */
const MAX_HEAD_BYTES = 262_144
const NOTHING: Body = { bytes: Buffer.alloc(0), cut: false }
const ENDED = new ProtocolError('eof_error', 'The connection ended before the response.')
const UNREADABLE = new ProtocolError('http_request_failed', 'The response cannot be read.')
/** Made once: undici makes two errors with stack traces for every client that is destroyed without one. */
const DONE = new Error('The exchange is over.')

/**
 * Sends one request and reads the response up to the cut.
 *
 * @param socket owned from here on, and destroyed by the end
 * @returns what came, even when it broke off; never rejects
 */
export function exchange(
  socket: net.Socket,
  request: Request,
  maxBodyBytes: number,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve) => {
    let handed = false
    let isLost = false
    let status: number | null = null
    let headers: [string, string][] = []
    let decoder: Decoder | null = null
    let over = false

    const client = new Client(request.origin, {
      connect: (_options, callback) => {
        // undici connects again when it loses a connection before the response; there is only this one.
        if (handed) {
          queueMicrotask(() => callback(isLost ? ENDED : UNREADABLE, null))
          return
        }
        handed = true
        // Later, not now: undici 8 loops forever when connect() calls back at once.
        queueMicrotask(() => callback(null, socket))
      },
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: 0,
      bodyTimeout: 0,
      h2Options: { pingInterval: 0 },
    })
    const end = (error: unknown) => {
      if (over) return
      over = true
      signal.removeEventListener('abort', onAbort)
      client.destroy(DONE, () => undefined)
      discard(socket)
      void unpack(error, error !== null && !isLost && !signal.aborted && !isOfTheLine(error))
    }
    const unpack = async (error: unknown, byPeer: boolean) => {
      resolve({ status, headers, body: (await decoder?.finish()) ?? NOTHING, error, byPeer })
    }
    const onAbort = () => end(signal.reason)
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('end', () => (isLost = true))
    socket.once('error', (error) => (isLost ||= isOfTheLine(error)))

    client.dispatch(
      { method: request.method, path: request.path, headers: request.headers, body: request.body },
      {
        onRequestStart: () => undefined,
        onResponseStart(controller, statusCode, parsed) {
          if (statusCode < 200 || over) return
          status = statusCode
          headers = listed(controller, parsed)
          const encoding = headers.find(([name]) => name === 'content-encoding')?.[1] ?? ''
          decoder = openDecoder(
            encoding,
            maxBodyBytes,
            () => end(null),
            () => {
              if (!over) controller.resume()
            },
          )
        },
        onResponseData(controller, chunk) {
          if (over) return
          const next = decoder?.write(chunk)
          if (next === 'wait') controller.pause()
          else if (next === 'enough') end(null)
        },
        onResponseEnd: () => end(null),
        onResponseError: (_controller, error) => end(error),
      },
    )
  })
}

/**
 * What anybody on the path can bring about: the system's own errors, and records that TLS cannot authenticate. An alert is from the peer, except
 * one that complains of what reached it garbled.
 */
function isOfTheLine(error: unknown): boolean {
  if (!(error instanceof Error)) return true
  if ('syscall' in error) return true
  const code = 'code' in error ? String(error.code) : ''
  if (!code.startsWith('ERR_SSL_'))
    return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET'
  return !code.includes('_ALERT_') || code.includes('BAD_RECORD_MAC') || code.includes('DECRYPT')
}

/** Header names lower-cased, in the order they came; undici keeps that order only in its raw form, and for h1. */
function listed(
  controller: Dispatcher.DispatchController,
  parsed: Record<string, string | string[] | undefined>,
): [string, string][] {
  const raw = controller.rawHeaders
  if (!Array.isArray(raw)) {
    return Object.entries(parsed).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value ?? '']).map((v): [string, string] => [name.toLowerCase(), v]),
    )
  }
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([text(raw[i]!).toLowerCase(), text(raw[i + 1]!)])
  return pairs
}

function text(value: Buffer | string): string {
  return typeof value === 'string' ? value : value.toString('latin1')
}
