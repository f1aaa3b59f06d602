/** The server's TLS 1.3 messages in a QUIC handshake, read. @see RFC 8446 4 */
import { createPublicKey, diffieHellman } from 'node:crypto'
import { EXTENSION, type KeyShares, TLS_AES_128_GCM_SHA256, X25519 } from './hello.ts'

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

/** What comes before a public key in SPKI. */
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex')
const P256_SPKI = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')
/** The `random` by which a ServerHello says that it wants another ClientHello. @see RFC 8446 4.1.3 */
const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')

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
