/**
 * One HTTP request and its response over a socket that is open already: http/1.1, or h2 where ALPN chose it.
 *
 * Everything a server can make endless has an end here: the head (bytes), the body (bytes after decoding) and the wait (signal).
 */
import type net from 'node:net'
import { Client } from 'undici'
import { discard } from '../vantage/open-socket.ts'
import { openDecoder, type Body, type Decoder } from './decode.ts'
import { readHttp1, unreadable } from './http1.ts'
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

const NOTHING: Body = { bytes: Buffer.alloc(0), cut: false }
const ENDED = new ProtocolError('eof_error', 'The connection ended before the response.')
/** Made once: undici makes two errors with stack traces for every client that is destroyed without one. */
const DONE = new Error('The exchange is over.')

/** What comes, as it comes. Nothing is heard once the exchange is over. */
interface Receiver {
  onHead(status: number, headers: [string, string][], resume: () => void): void
  /** @returns whether to wait for `resume` before more is read */
  onBody(bytes: Buffer): boolean
  /** @param error `null`: the response is complete */
  end(error: unknown): void
}

interface Exchanging {
  close(): void
  /** it waits for an end that the server gave no sense to: the wait is the server's doing */
  isVague(): boolean
}

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
    let isLost = false
    let status: number | null = null
    let headers: [string, string][] = []
    let decoder: Decoder | null = null
    let over = false
    let going: Exchanging | null = null

    const end = (error: unknown) => {
      if (over) return
      over = true
      signal.removeEventListener('abort', onAbort)
      going?.close()
      discard(socket)
      void unpack(error, error !== null && !isLost && error !== signal.reason && !isOfTheLine(error))
    }
    const unpack = async (error: unknown, byPeer: boolean) => {
      resolve({ status, headers, body: (await decoder?.finish()) ?? NOTHING, error, byPeer })
    }
    const onAbort = () => end(going?.isVague() ? unreadable() : signal.reason)
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('end', () => (isLost = true))
    socket.once('error', (error) => (isLost ||= isOfTheLine(error)))

    const send = 'alpnProtocol' in socket && socket.alpnProtocol === 'h2' ? sendHttp2 : sendHttp1
    going = send(socket, request, {
      onHead(code, listed, resume) {
        if (over) return
        status = code
        headers = listed
        const encoding = headers.find(([name]) => name === 'content-encoding')?.[1] ?? ''
        decoder = openDecoder(
          encoding,
          maxBodyBytes,
          () => end(null),
          () => {
            if (!over) resume()
          },
        )
      },
      onBody(bytes) {
        const next = over ? 'more' : decoder?.write(bytes)
        if (next === 'enough') end(null)
        return next === 'wait'
      },
      end,
    })
    if (over) going.close()
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

/** What no header can carry; of what comes from the configuration and from responses, nothing may begin a line of its own. */
const NOT_CARRIED = /[^\t\u0020-\u007e\u0080-\u00ff]/g

/** As undici words it. */
function requestHead({ origin, path, method, headers, body }: Request): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${value.replaceAll(NOT_CARRIED, '')}\r\n`,
  )
  const length = body === null ? '' : `content-length: ${body.length}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: ${new URL(origin).host}\r\nconnection: keep-alive\r\n${lines.join('')}${length}\r\n`
}

function sendHttp1(socket: net.Socket, request: Request, receiver: Receiver): Exchanging {
  const resume = () => socket.resume()
  const reader = readHttp1({
    onHead: (status, headers) => receiver.onHead(status, headers, resume),
    onBody: (bytes) => {
      if (receiver.onBody(bytes)) socket.pause()
    },
  })
  const onData = (chunk: Buffer) => {
    try {
      if (reader.push(chunk)) receiver.end(null)
    } catch (error) {
      receiver.end(error)
    }
  }
  const onError = (error: unknown) => receiver.end(error)
  const onEnd = () => receiver.end(reader.finish() ? null : ENDED)
  const onClose = () => receiver.end(socket.errored ?? ENDED)
  if (socket.destroyed) {
    queueMicrotask(onClose)
  } else {
    socket.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose)
    // Whoever asked a proxy for it over this socket has paused it.
    socket.resume()
    socket.write(requestHead(request), 'latin1')
    if (request.body !== null) socket.write(request.body)
  }
  return { close: () => socket.off('data', onData).off('end', onEnd), isVague: () => reader.isVague() }
}

function sendHttp2(socket: net.Socket, request: Request, receiver: Receiver): Exchanging {
  let handed = false
  const client = new Client(request.origin, {
    connect: (_options, callback) => {
      // undici connects again when it loses a connection before the response; there is only this one.
      if (handed) {
        queueMicrotask(() => callback(ENDED, null))
        return
      }
      handed = true
      // Later, not now: undici 8 loops forever when connect() calls back at once.
      queueMicrotask(() => callback(null, socket))
    },
    headersTimeout: 0,
    bodyTimeout: 0,
    h2Options: { pingInterval: 0 },
  })
  client.dispatch(
    { method: request.method, path: request.path, headers: request.headers, body: request.body },
    {
      onRequestStart: () => undefined,
      onResponseStart(controller, status, headers) {
        if (status >= 200) receiver.onHead(status, listed(headers), () => controller.resume())
      },
      onResponseData(controller, chunk) {
        if (receiver.onBody(chunk)) controller.pause()
      },
      onResponseEnd: () => receiver.end(null),
      onResponseError: (_controller, error) => receiver.end(error),
    },
  )
  return { close: () => client.destroy(DONE, () => undefined), isVague: () => false }
}

function listed(headers: Record<string, string | string[] | undefined>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((v): [string, string] => [name.toLowerCase(), v]),
  )
}
