/**
 * A TLS handshake whose ClientHello is made as wanted: small enough for one segment, large by a post-quantum key share, or small
 * and sent in two segments, cut in the middle of the name.
 *
 *   tls ─► Line (cuts the first write, keeps the beginning of what comes back) ─► socket of the dialer
 */
import type net from 'node:net'
import { Duplex } from 'node:stream'
import tls from 'node:tls'
import type { Hello, TlsExperiment } from '../../model/differential.ts'
import { discard } from '../../vantage/open-socket.ts'
import { leafOf } from '../certificate.ts'
import { rootsWith, verify } from '../handshake.ts'
import { HEAD_BYTES, readAnswer } from './answer.ts'

/** How a handshake went, whichever way it ended. */
export interface Greeted {
  readonly error: unknown
  readonly helloBytes: number
  readonly answer: Pick<Required<TlsExperiment>, 'answered' | 'came' | 'alert'>
  /** why chain or name do not check out; `null`: they do */
  readonly verification: string | null
  readonly presented: boolean
}

/** Without the post-quantum share that Node offers by itself, a hello is about 380 bytes; with it, about 1,600. */
const CLASSIC_GROUPS = 'X25519:P-256:P-384'
/** Long enough that the second part is a segment of its own, also behind a proxy that reads and writes on. */
const PAUSE_MS = 120
const ALPN = ['h2', 'http/1.1']

/**
 * Shakes hands over an open socket, which is gone afterwards.
 *
 * @param serverName for SNI; empty = none is sent
 * @param signal ends it; its reason becomes the error
 */
export function greet(
  tcp: net.Socket,
  serverName: string,
  hello: Hello,
  extraCa: readonly string[],
  signal: AbortSignal,
): Promise<Greeted> {
  return new Promise((resolve) => {
    const line = new Line(tcp, hello === 'split' ? serverName : null)
    let over = false
    const end = (error: unknown, verification: string | null, presented: boolean): void => {
      if (over) return
      over = true
      signal.removeEventListener('abort', onAbort)
      socket.on('error', () => undefined)
      socket.destroy()
      line.destroy()
      discard(tcp)
      resolve({ error, helloBytes: line.helloBytes, answer: readAnswer(line.head), verification, presented })
    }
    const onAbort = (): void => end(signal.reason, null, false)
    // Heard before TLS puts it in other words: whether it was a reset or a close is what the trial is about.
    tcp.once('error', (error) => end(error, null, false))
    line.on('error', (error) => end(error, null, false))
    const socket = tls.connect({
      socket: line,
      ...(serverName === '' ? {} : { servername: serverName }),
      ALPNProtocols: ALPN,
      secureContext: hello === 'large' ? rootsWith(extraCa) : rootsWith(extraCa, CLASSIC_GROUPS),
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    })
    socket.once('error', (error) => end(error, null, false))
    socket.once('secureConnect', () => {
      const leaf = leafOf(socket)
      end(null, serverName === '' ? null : verify(socket, leaf, serverName), leaf !== null)
    })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** The dialer's socket as TLS sees it. */
class Line extends Duplex {
  helloBytes = 0
  /** the beginning of what came back */
  head: Buffer = Buffer.alloc(0)
  readonly #tcp: net.Socket
  readonly #cutIn: string | null
  #timer: NodeJS.Timeout | null = null

  /** @param cutIn the name in whose middle the first write is cut; `null` = it goes out whole */
  constructor(tcp: net.Socket, cutIn: string | null) {
    super()
    this.#tcp = tcp
    this.#cutIn = cutIn
    tcp.on('data', (data: Buffer) => {
      if (this.head.length < HEAD_BYTES) this.head = Buffer.concat([this.head, data]).subarray(0, HEAD_BYTES)
      if (!this.push(data)) tcp.pause()
    })
    const close = (): void => {
      tcp.off('end', close)
      tcp.off('close', close)
      this.push(null)
    }
    tcp.on('end', close)
    tcp.on('close', close)
  }

  override _read(): void {
    this.#tcp.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const isHello = this.helloBytes === 0
    if (isHello) this.helloBytes = chunk.length
    if (!isHello || this.#cutIn === null) {
      this.#tcp.write(chunk, done)
      return
    }
    const nameAt = this.#cutIn === '' ? -1 : chunk.indexOf(this.#cutIn)
    const cutAt = nameAt === -1 ? chunk.length >> 1 : nameAt + (this.#cutIn.length >> 1)
    this.#tcp.setNoDelay(true)
    this.#tcp.write(chunk.subarray(0, cutAt))
    this.#timer = setTimeout(() => this.#tcp.write(chunk.subarray(cutAt), done), PAUSE_MS)
  }

  override _final(done: (error?: Error | null) => void): void {
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    done(error)
  }
}
