/**
 * The TLS 1.3 messages of a QUIC handshake: our ClientHello written, the server's messages read.
 *
 * @see RFC 8446 4, RFC 9001 4 and 8
 */
import { diffieHellman, generateKeyPairSync, createPublicKey, type KeyObject } from 'node:crypto'
import { varint } from './quic-varint.ts'

export const MESSAGE = {
  serverHello: 2,
  encryptedExtensions: 8,
  certificate: 11,
  certificateVerify: 15,
  finished: 20,
} as const

/** One handshake message. */
export interface Message {
  readonly type: number
  readonly body: Buffer
  /** with its head, as it goes into the transcript */
  readonly bytes: Buffer
}

const TLS_AES_128_GCM_SHA256 = 0x1301
const TLS_1_3 = 0x0304
const X25519 = 0x001d
const P256 = 0x0017
/** What certificates of the web are signed with, and what a signature of a handshake may be. */
const SIGNATURES = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0603, 0x0807]
const EXTENSION = {
  serverName: 0,
  groups: 10,
  signatures: 13,
  alpn: 16,
  versions: 43,
  pskModes: 45,
  keyShare: 51,
  transport: 57,
} as const
const MAX_IDLE_MS = 30_000
const STREAM_BYTES = 65_536
const STREAMS = 100
/** The head of an uncompressed P-256 point, and of both public keys in SPKI. */
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex')
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')
/** The `random` by which a ServerHello says that it wants another ClientHello. @see RFC 8446 4.1.3 */
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')

/** Our key for each group that is offered. */
export type KeyShares = ReadonlyMap<number, KeyObject>

export function newKeyShares(): KeyShares {
  return new Map([
    [X25519, generateKeyPairSync('x25519').privateKey],
    [P256, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ])
}

/**
 * @param random 32 bytes
 * @param source our connection id
 */
export function clientHello(serverName: string, shares: KeyShares, random: Buffer, source: Buffer): Buffer {
  const name = Buffer.from(serverName, 'latin1')
  const publicKeys = [...shares].map(([group, key]) => {
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
    return Buffer.concat([u16(group), sized16(spki.subarray(spki.length - (group === X25519 ? 32 : 65)))])
  })
  const extensions = [
    extension(EXTENSION.serverName, sized16(Buffer.concat([Buffer.from([0]), sized16(name)]))),
    extension(EXTENSION.groups, sized16(u16(...shares.keys()))),
    extension(EXTENSION.signatures, sized16(u16(...SIGNATURES))),
    extension(EXTENSION.alpn, sized16(sized8(Buffer.from('h3')))),
    extension(EXTENSION.versions, sized8(u16(TLS_1_3))),
    extension(EXTENSION.pskModes, Buffer.from([1, 1])),
    extension(EXTENSION.keyShare, sized16(Buffer.concat(publicKeys))),
    extension(EXTENSION.transport, transportParameters(source)),
  ]
  return message(
    1,
    Buffer.concat([
      u16(0x0303),
      random,
      Buffer.from([0]),
      sized16(u16(TLS_AES_128_GCM_SHA256)),
      Buffer.from([1, 0]),
      sized16(Buffer.concat(extensions)),
    ]),
  )
}

/** Finished, the only other message we send. */
export function finished(data: Buffer): Buffer {
  return message(MESSAGE.finished, data)
}

/** The messages that are complete, from `at` on. */
export function messagesIn(stream: Buffer, at: number): { messages: Message[]; end: number } {
  const messages: Message[] = []
  let from = at
  while (stream.length >= from + 4) {
    const end = from + 4 + stream.readUIntBE(from + 1, 3)
    if (stream.length < end) break
    messages.push({
      type: stream[from]!,
      body: stream.subarray(from + 4, end),
      bytes: stream.subarray(from, end),
    })
    from = end
  }
  return { messages, end: from }
}

/**
 * What the key exchange gives.
 *
 * @returns `null` when the server wants another hello, another cipher suite or another version
 * @throws RangeError when it is malformed
 */
export function sharedSecret(serverHello: Buffer, shares: KeyShares): Buffer | null {
  const isRetry = serverHello.subarray(2, 34).equals(RETRY_RANDOM)
  const suiteAt = 35 + serverHello.readUInt8(34)
  if (isRetry || serverHello.readUInt16BE(suiteAt) !== TLS_AES_128_GCM_SHA256) return null
  const share = extensionsIn(serverHello, suiteAt + 3).get(EXTENSION.keyShare)
  if (share === undefined) return null
  const group = share.readUInt16BE(0)
  const own = shares.get(group)
  if (own === undefined) return null
  const theirs = share.subarray(4, 4 + share.readUInt16BE(2))
  const der = Buffer.concat([group === X25519 ? X25519_SPKI : P256_SPKI, theirs])
  try {
    const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return diffieHellman({ privateKey: own, publicKey })
  } catch {
    return null // no point on the curve
  }
}

/** The protocol agreed on; `null` when none was. @throws RangeError when it is malformed */
export function alpnIn(encryptedExtensions: Buffer): string | null {
  const alpn = extensionsIn(encryptedExtensions, 0).get(EXTENSION.alpn)
  return alpn === undefined ? null : alpn.toString('latin1', 3, 3 + alpn.readUInt8(2))
}

/** DER, leaf first. @throws RangeError when it is malformed */
export function certificatesIn(certificate: Buffer): Buffer[] {
  const found: Buffer[] = []
  let at = 1 + certificate.readUInt8(0) + 3
  while (at < certificate.length) {
    const length = certificate.readUIntBE(at, 3)
    if (certificate.length < at + 3 + length) throw new RangeError('cut short')
    found.push(certificate.subarray(at + 3, at + 3 + length))
    at += 3 + length
    at += 2 + certificate.readUInt16BE(at)
  }
  return found
}

function extensionsIn(body: Buffer, at: number): Map<number, Buffer> {
  const found = new Map<number, Buffer>()
  const end = at + 2 + body.readUInt16BE(at)
  for (let from = at + 2; from < end;) {
    const length = body.readUInt16BE(from + 2)
    found.set(body.readUInt16BE(from), body.subarray(from + 4, from + 4 + length))
    from += 4 + length
  }
  return found
}

/** What we allow the server to send; a handshake needs none of it, and servers expect it. @see RFC 9000 18.2 */
function transportParameters(source: Buffer): Buffer {
  const numbers: [number, number][] = [
    [0x01, MAX_IDLE_MS],
    [0x04, STREAMS * STREAM_BYTES],
    [0x05, STREAM_BYTES],
    [0x06, STREAM_BYTES],
    [0x07, STREAM_BYTES],
    [0x08, STREAMS],
    [0x09, STREAMS],
  ]
  const parts = numbers.map(([id, value]) => {
    const bytes = varint(value)
    return Buffer.concat([varint(id), varint(bytes.length), bytes])
  })
  return Buffer.concat([...parts, varint(0x0f), varint(source.length), source])
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([type, body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff]),
    body,
  ])
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([u16(type), sized16(body)])
}

function u16(...values: number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 0xff]))
}

function sized8(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([body.length]), body])
}

function sized16(body: Buffer): Buffer {
  return Buffer.concat([u16(body.length), body])
}
