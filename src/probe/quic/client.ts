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

export interface QuicClient {
  readonly state: QuicState
  /** What to send first, and again when nothing has come for a while. */
  again(): Buffer[]
  /** Takes a datagram. @returns what to send for it */
  hear(datagram: Buffer): Buffer[]
}

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
const MAX_HEARD = 300
/** Packets that came before their keys. */
const MAX_EARLY = 16
export function openQuicClient(serverName: string): QuicClient {
  const source = randomBytes(ID_BYTES)
  const shares = newKeyShares()
  const hello = clientHello(serverName, shares, randomBytes(32), source)
  const initial = newLevel()
  const handshake = newLevel()
  const early: SealedPacket[] = []
  let first: Buffer = randomBytes(ID_BYTES)
  let destination: Buffer = first
  let token: Buffer = Buffer.alloc(0)
  let secrets: Secrets | null = null
  let transcript: Buffer = hello
  let alpn: string | null = null
  let chain: X509Certificate[] = []
  let isSigned = false
  let heard = 0
  let state: QuicState = { at: 'under way' }
  deriveInitial()

  function deriveInitial(): void {
    const { client, server } = initialSecrets(destination)
    initial.keys = { out: packetKeys(client), in: packetKeys(server) }
  }

  function fail(failure: Failure): void {
    if (state.at === 'under way') state = { at: 'failed', failure }
  }

  function seal(type: 'initial' | 'handshake', payload: Buffer): Buffer {
    const level = type === 'initial' ? initial : handshake
    const about = { type, destination, source, token }
    const room = type === 'initial' ? FULL_BYTES - overheadOf(about) : 4
    const filled = Buffer.concat([payload, Buffer.alloc(Math.max(0, room - payload.length))])
    return sealPacket({ ...about, number: level.nextNumber++, payload: filled }, level.keys!.out)
  }

  function hearPacket(packet: SealedPacket): void {
    if (!packet.destination.equals(source)) return
    switch (packet.type) {
      case 'versions':
        // None of ours, or it would have taken the offer; once anything else has come it is forged.
        if (initial.received.size === 0 && packet.source.equals(destination))
          fail('quic_incompatible_version')
        return
      case 'retry':
        return hearRetry(packet)
      case 'initial':
        return hearSealed(packet, initial)
      case 'handshake':
        if (handshake.keys !== null) hearSealed(packet, handshake)
        else if (early.length < MAX_EARLY) early.push(packet)
        return
      case 'early':
        return
    }
  }

  /** The server wants to see first that we are where we say: the same hello again, with its token. */
  function hearRetry({ bytes, source: from, numberAt }: SealedPacket): void {
    if (token.length > 0 || initial.received.size > 0) return
    if (!isSealedRetry(bytes, first)) return
    token = Buffer.from(bytes.subarray(numberAt, -TAG_BYTES))
    destination = Buffer.from(from)
    first = destination
    deriveInitial()
  }

  function hearSealed(packet: SealedPacket, level: Level): void {
    const opened = openPacket(packet, level.keys!.in)
    if (opened === null) return
    if (initial.received.size === 0) destination = Buffer.from(packet.source)
    const frames = framesIn(opened.payload)
    if (frames.length > 0) level.received.add(opened.number)
    for (const frame of frames) hearFrame(frame, level)
  }

  function hearFrame(frame: Frame, level: Level): void {
    if (frame.kind === 'close') return fail(failureFor(frame))
    if (frame.kind !== 'crypto') return
    level.stream.take(frame.at, frame.data)
    const { messages, end } = messagesIn(level.stream.whole, level.readTo)
    level.readTo = end
    for (const message of messages) {
      if (state.at !== 'under way') return
      if (level === initial) hearHello(message)
      else hearHandshake(message)
    }
  }

  function hearHello({ type, body, bytes }: Message): void {
    const shared = type === MESSAGE.serverHello && secrets === null ? sharedSecret(body, shares) : null
    if (shared === null) return fail('ssl_failed_handshake')
    transcript = Buffer.concat([transcript, bytes])
    secrets = handshakeSecrets(shared, transcript)
    handshake.keys = { out: packetKeys(secrets.client), in: packetKeys(secrets.server) }
    for (const packet of early.splice(0)) hearSealed(packet, handshake)
  }

  function hearHandshake({ type, body, bytes }: Message): void {
    const before = transcript
    transcript = Buffer.concat([transcript, bytes])
    if (type === MESSAGE.encryptedExtensions) {
      alpn = alpnIn(body)
    } else if (type === MESSAGE.certificate) {
      chain = certificatesIn(body).map((der) => new X509Certificate(der))
    } else if (type === MESSAGE.certificateVerify) {
      const signature = body.subarray(4, 4 + body.readUInt16BE(2))
      isSigned = chain.length > 0 && isSignedBy(chain[0]!, body.readUInt16BE(0), signature, sha256(before))
    } else if (type === MESSAGE.finished) {
      const isWhole = finishedData(secrets!.server, before).equals(body)
      if (isSigned && isWhole) state = { at: 'completed', alpn, chain }
      else fail('ssl_failed_handshake')
    }
  }

  /** Says what has come, and by the first packet of a level that keys are there. */
  function answer(): Buffer[] {
    if (state.at === 'failed') return []
    const said: Buffer[] = []
    if (handshake.received.size === 0 || state.at === 'completed')
      said.push(seal('initial', ack(initial.received)))
    if (state.at === 'completed') {
      const own = finished(finishedData(secrets!.client, transcript))
      said.push(seal('handshake', Buffer.concat([ack(handshake.received), crypto(own), close()])))
    } else if (handshake.received.size > 0) {
      said.push(seal('handshake', ack(handshake.received)))
    }
    return said
  }

  return {
    get state() {
      return state
    },
    again() {
      if (handshake.keys !== null)
        return [seal('handshake', Buffer.concat([ping(), ack(handshake.received)]))]
      return [seal('initial', Buffer.concat([crypto(hello), ack(initial.received)]))]
    },
    hear(datagram) {
      if (state.at !== 'under way' || (heard += 1) > MAX_HEARD) return []
      const tokenBefore = token
      const heardBefore = initial.received.size + handshake.received.size
      try {
        for (const packet of packetsIn(datagram)) hearPacket(packet)
      } catch {
        // A message that breaks off, or a certificate that is none: a server that was heard and cannot be talked with.
        fail('ssl_failed_handshake')
      }
      if (token !== tokenBefore) return this.again()
      return initial.received.size + handshake.received.size > heardBefore ? answer() : []
    },
  }
}

function newLevel(): Level {
  return { keys: null, nextNumber: 0, received: new Set(), stream: openStream(MAX_STREAM_BYTES), readTo: 0 }
}
