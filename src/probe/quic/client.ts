/**
 * The client's end of a QUIC handshake, without a socket: datagrams in, datagrams out.
 *
 *     ClientHello ─► ◄─ Retry or other versions, maybe
 *                 ◄─ ServerHello ─► keys ◄─ certificate, signature, Finished ─► Finished, and leave
 *
 * Nothing is sent or asked beyond that: it is a handshake and no connection.
 *
 * @see RFC 9000 7 and 17, RFC 9001 4
 */
import { randomBytes, X509Certificate } from 'node:crypto'
import type { Failure } from '../../model/failure.ts'
import { failureFor } from './alerts.ts'
import { isSignedBy } from './certificate.ts'
import { ack, close, crypto, framesIn, openStream, ping, type Frame, type Stream } from './frames.ts'
import { clientHello, finished, newKeyShares } from './hello.ts'
import {
  finishedData,
  handshakeSecrets,
  initialSecrets,
  packetKeys,
  sha256,
  type PacketKeys,
  type Secrets,
} from './keys.ts'
import { alpnIn, certificatesIn, MESSAGE, messagesIn, sharedSecret, type Message } from './messages.ts'
import {
  isSealedRetry,
  openPacket,
  overheadOf,
  packetsIn,
  sealPacket,
  TAG_BYTES,
  type SealedPacket,
} from './packet.ts'

/** How far it is. */
export type QuicState =
  | { readonly at: 'under way' }
  | { readonly at: 'completed'; readonly alpn: string | null; readonly chain: readonly X509Certificate[] }
  | { readonly at: 'failed'; readonly failure: Failure }

/** Packets of one level: what they are sealed with, which have come, and what they brought. */
interface Level {
  keys: { readonly out: PacketKeys; readonly in: PacketKeys } | null
  nextNumber: number
  readonly received: Set<number>
  readonly stream: Stream
  /** of the stream, how much was read as messages */
  readTo: number
}

/** The least a client's first datagrams must have, so that no server can be made to flood somebody. */
const FULL_BYTES = 1_200
const ID_BYTES = 8
const MAX_STREAM_BYTES = 65_536
/** Datagrams listened to: no handshake takes so many, and each costs a decryption. */
const MAX_RECEIVED = 300
/** Packets that came before their keys. */
const MAX_EARLY = 16
/** The client's end. Whoever owns it sends what it gives, and hands over what comes. */
export class QuicClient {
  readonly #source = randomBytes(ID_BYTES)
  readonly #shares = newKeyShares()
  readonly #hello: Buffer
  readonly #initial = newLevel()
  readonly #handshake = newLevel()
  readonly #early: SealedPacket[] = []
  #first: Buffer = randomBytes(ID_BYTES)
  #destination: Buffer = this.#first
  #token: Buffer = Buffer.alloc(0)
  #secrets: Secrets | null = null
  #transcript: Buffer
  #alpn: string | null = null
  #chain: X509Certificate[] = []
  #isSigned = false
  #heard = 0
  #state: QuicState = { at: 'under way' }

  constructor(serverName: string) {
    this.#hello = clientHello(serverName, this.#shares, randomBytes(32), this.#source)
    this.#transcript = this.#hello
    this.#deriveInitial()
  }

  get state(): QuicState {
    return this.#state
  }

  /** What to send first, and again when nothing has come for a while. */
  again(): Buffer[] {
    if (this.#handshake.keys !== null)
      return [this.#seal('handshake', Buffer.concat([ping(), ack(this.#handshake.received)]))]
    return [this.#seal('initial', Buffer.concat([crypto(this.#hello), ack(this.#initial.received)]))]
  }

  /** Takes a datagram. @returns what to send for it */
  receive(datagram: Buffer): Buffer[] {
    if (this.#state.at !== 'under way' || (this.#heard += 1) > MAX_RECEIVED) return []
    const tokenBefore = this.#token
    const heardBefore = this.#initial.received.size + this.#handshake.received.size
    try {
      for (const packet of packetsIn(datagram)) this.#hearPacket(packet)
    } catch {
      // A message that breaks off, or a certificate that is none: a server that was heard and cannot be talked with.
      this.#fail('ssl_failed_handshake')
    }
    if (this.#token !== tokenBefore) return this.again()
    return this.#initial.received.size + this.#handshake.received.size > heardBefore ? this.#answer() : []
  }

  #deriveInitial(): void {
    const { client, server } = initialSecrets(this.#destination)
    this.#initial.keys = { out: packetKeys(client), in: packetKeys(server) }
  }

  #fail(failure: Failure): void {
    if (this.#state.at === 'under way') this.#state = { at: 'failed', failure }
  }

  #seal(type: 'initial' | 'handshake', payload: Buffer): Buffer {
    const level = type === 'initial' ? this.#initial : this.#handshake
    const about = { type, destination: this.#destination, source: this.#source, token: this.#token }
    const room = type === 'initial' ? FULL_BYTES - overheadOf(about) : 4
    const filled = Buffer.concat([payload, Buffer.alloc(Math.max(0, room - payload.length))])
    return sealPacket({ ...about, number: level.nextNumber++, payload: filled }, level.keys!.out)
  }

  #hearPacket(packet: SealedPacket): void {
    if (!packet.destination.equals(this.#source)) return
    switch (packet.type) {
      case 'versions':
        // None of ours, or it would have taken the offer; once anything else has come it is forged.
        if (this.#initial.received.size === 0 && packet.source.equals(this.#destination))
          this.#fail('quic_incompatible_version')
        return
      case 'retry':
        return this.#hearRetry(packet)
      case 'initial':
        return this.#hearSealed(packet, this.#initial)
      case 'handshake':
        if (this.#handshake.keys !== null) this.#hearSealed(packet, this.#handshake)
        else if (this.#early.length < MAX_EARLY) this.#early.push(packet)
        return
      case 'early':
        return
    }
  }

  /** The server wants to see first that we are where we say: the same hello again, with its token. */
  #hearRetry({ bytes, source: from, numberAt }: SealedPacket): void {
    if (this.#token.length > 0 || this.#initial.received.size > 0) return
    if (!isSealedRetry(bytes, this.#first)) return
    this.#token = Buffer.from(bytes.subarray(numberAt, -TAG_BYTES))
    this.#destination = Buffer.from(from)
    this.#first = this.#destination
    this.#deriveInitial()
  }

  #hearSealed(packet: SealedPacket, level: Level): void {
    const opened = openPacket(packet, level.keys!.in)
    if (opened === null) return
    if (this.#initial.received.size === 0) this.#destination = Buffer.from(packet.source)
    const frames = framesIn(opened.payload)
    if (frames.length > 0) level.received.add(opened.number)
    for (const frame of frames) this.#hearFrame(frame, level)
  }

  #hearFrame(frame: Frame, level: Level): void {
    if (frame.kind === 'close') return this.#fail(failureFor(frame))
    if (frame.kind !== 'crypto') return
    level.stream.take(frame.at, frame.data)
    const { messages, end } = messagesIn(level.stream.whole, level.readTo)
    level.readTo = end
    for (const message of messages) {
      if (this.#state.at !== 'under way') return
      if (level === this.#initial) this.#hearHello(message)
      else this.#hearHandshake(message)
    }
  }

  #hearHello({ type, body, bytes }: Message): void {
    const shared =
      type === MESSAGE.serverHello && this.#secrets === null ? sharedSecret(body, this.#shares) : null
    if (shared === null) return this.#fail('ssl_failed_handshake')
    this.#transcript = Buffer.concat([this.#transcript, bytes])
    this.#secrets = handshakeSecrets(shared, this.#transcript)
    this.#handshake.keys = { out: packetKeys(this.#secrets.client), in: packetKeys(this.#secrets.server) }
    for (const packet of this.#early.splice(0)) this.#hearSealed(packet, this.#handshake)
  }

  #hearHandshake({ type, body, bytes }: Message): void {
    const before = this.#transcript
    this.#transcript = Buffer.concat([this.#transcript, bytes])
    if (type === MESSAGE.encryptedExtensions) {
      this.#alpn = alpnIn(body)
    } else if (type === MESSAGE.certificate) {
      this.#chain = certificatesIn(body).map((der) => new X509Certificate(der))
    } else if (type === MESSAGE.certificateVerify) {
      const signature = body.subarray(4, 4 + body.readUInt16BE(2))
      this.#isSigned =
        this.#chain.length > 0 && isSignedBy(this.#chain[0]!, body.readUInt16BE(0), signature, sha256(before))
    } else if (type === MESSAGE.finished) {
      const isWhole = finishedData(this.#secrets!.server, before).equals(body)
      if (this.#isSigned && isWhole) this.#state = { at: 'completed', alpn: this.#alpn, chain: this.#chain }
      else this.#fail('ssl_failed_handshake')
    }
  }

  /** Says what has come, and by the first packet of a level that keys are there. */
  #answer(): Buffer[] {
    if (this.#state.at === 'failed') return []
    const said: Buffer[] = []
    if (this.#handshake.received.size === 0 || this.#state.at === 'completed')
      said.push(this.#seal('initial', ack(this.#initial.received)))
    if (this.#state.at === 'completed') {
      const own = finished(finishedData(this.#secrets!.client, this.#transcript))
      said.push(this.#seal('handshake', Buffer.concat([ack(this.#handshake.received), crypto(own), close()])))
    } else if (this.#handshake.received.size > 0) {
      said.push(this.#seal('handshake', ack(this.#handshake.received)))
    }
    return said
  }
}

function newLevel(): Level {
  return { keys: null, nextNumber: 0, received: new Set(), stream: openStream(MAX_STREAM_BYTES), readTo: 0 }
}
