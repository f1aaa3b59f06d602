/**
 * The keys of a QUIC handshake: those of the Initial, which anybody can derive, and those of TLS 1.3 with TLS_AES_128_GCM_SHA256, the
 * one cipher suite every server must know.
 *
 * @see RFC 9001 5, RFC 8446 7.1
 */
import { createHash, createHmac } from 'node:crypto'

/** What the packets of one direction and one level are sealed with. */
export interface PacketKeys {
  readonly key: Buffer
  readonly iv: Buffer
  /** for the header */
  readonly mask: Buffer
}

/** One secret for each direction. */
export interface Secrets {
  readonly client: Buffer
  readonly server: Buffer
}

const SALT_V1 = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex')
const HASH_BYTES = 32
const ZEROS = Buffer.alloc(HASH_BYTES)

/** Secrets of the first packets, from the connection id they are sent to. */
export function initialSecrets(destination: Buffer): Secrets {
  const initial = hmac(SALT_V1, destination)
  return {
    client: expandLabel(initial, 'client in', HASH_BYTES),
    server: expandLabel(initial, 'server in', HASH_BYTES),
  }
}

/**
 * Secrets of what follows the ServerHello.
 *
 * @param shared what the key exchange gave
 * @param hellos both messages as they went over the wire
 */
export function handshakeSecrets(shared: Buffer, hellos: Buffer): Secrets {
  const early = hmac(ZEROS, ZEROS)
  const handshake = hmac(expandLabel(early, 'derived', HASH_BYTES, sha256(Buffer.alloc(0))), shared)
  const transcript = sha256(hellos)
  return {
    client: expandLabel(handshake, 'c hs traffic', HASH_BYTES, transcript),
    server: expandLabel(handshake, 's hs traffic', HASH_BYTES, transcript),
  }
}

export function packetKeys(secret: Buffer): PacketKeys {
  return {
    key: expandLabel(secret, 'quic key', 16),
    iv: expandLabel(secret, 'quic iv', 12),
    mask: expandLabel(secret, 'quic hp', 16),
  }
}

/** What a Finished holds. @param transcript every message before it */
export function finishedData(secret: Buffer, transcript: Buffer): Buffer {
  return hmac(expandLabel(secret, 'finished', HASH_BYTES), sha256(transcript))
}

export function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}

function hmac(key: Buffer, data: Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** One block of HKDF is all that is ever needed: no key is longer than the hash. */
function expandLabel(
  secret: Buffer,
  label: string,
  bytes: number,
  context: Buffer = Buffer.alloc(0),
): Buffer {
  const name = Buffer.from(`tls13 ${label}`)
  const head = Buffer.from([bytes >> 8, bytes & 0xff, name.length])
  const info = Buffer.concat([head, name, Buffer.from([context.length]), context, Buffer.from([1])])
  return hmac(secret, info).subarray(0, bytes)
}
