/** QUIC packets with a long header, which all of a handshake's are: sealed, and opened again. @see RFC 9000 17.2, RFC 9001 5.3 and 5.4 */
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { PacketKeys } from './keys.ts'
import { readVarint, varint } from './varint.ts'

export type PacketType = 'initial' | 'early' | 'handshake' | 'retry' | 'versions'

/** A packet as it lies in its datagram, still sealed. */
export interface SealedPacket {
  readonly type: PacketType
  readonly destination: Buffer
  readonly source: Buffer
  /** from its first byte to its last */
  readonly bytes: Buffer
  /** where its number begins, or for `retry` and `versions` what follows the header */
  readonly numberAt: number
}

export interface OpenedPacket {
  readonly number: number
  /** frames */
  readonly payload: Buffer
}

const VERSION_1 = 1
const TYPES = ['initial', 'early', 'handshake', 'retry'] as const
const LONG_HEADER = 0x80
const FIXED_BIT = 0x40
const NUMBER_BYTES = 2
const MAX_NUMBER_BYTES = 4
export const TAG_BYTES = 16
const MAX_ID_BYTES = 20
/** The same for everybody: it shows that whoever sent a Retry saw our packet, no more. @see RFC 9001 5.8 */
const RETRY_KEY = Buffer.from('be0c690b9f66575a1d766b54e368c84e', 'hex')
const RETRY_NONCE = Buffer.from('461599d35d632bf2239825bb', 'hex')

/** The packets of one datagram, up to the first that makes no sense or has a short header. */
export function packetsIn(datagram: Buffer): SealedPacket[] {
  const found: SealedPacket[] = []
  try {
    for (let at = 0; at < datagram.length;) {
      const packet = readPacket(datagram.subarray(at))
      if (packet === null) break
      found.push(packet)
      at += packet.bytes.length
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return found
}

/** @throws RangeError when it is cut short */
function readPacket(bytes: Buffer): SealedPacket | null {
  const first = bytes.readUInt8(0)
  if ((first & LONG_HEADER) === 0) return null
  const version = bytes.readUInt32BE(1)
  let at = 5
  const id = (): Buffer => {
    const length = bytes.readUInt8(at)
    if (length > MAX_ID_BYTES || bytes.length < at + 1 + length) throw new RangeError('cut short')
    at += 1 + length
    return bytes.subarray(at - length, at)
  }
  const destination = id()
  const source = id()
  if (version === 0) return { type: 'versions', destination, source, bytes, numberAt: at }
  if (version !== VERSION_1) return null
  const type = TYPES[(first >> 4) & 3]!
  if (type === 'retry') return { type, destination, source, bytes, numberAt: at }
  if (type === 'initial') {
    const token = readVarint(bytes, at)
    at = token.end + token.value
  }
  const length = readVarint(bytes, at)
  const end = length.end + length.value
  if (bytes.length < end) throw new RangeError('cut short')
  return { type, destination, source, bytes: bytes.subarray(0, end), numberAt: length.end }
}

/** @returns `null` when it was not sealed with these keys */
export function openPacket({ bytes, numberAt }: SealedPacket, keys: PacketKeys): OpenedPacket | null {
  const sampleAt = numberAt + MAX_NUMBER_BYTES
  if (bytes.length < sampleAt + TAG_BYTES) return null
  const header = Buffer.from(bytes.subarray(0, sampleAt))
  const mask = maskFor(bytes.subarray(sampleAt, sampleAt + TAG_BYTES), keys)
  header[0]! ^= mask[0]! & 0x0f
  const numberBytes = (header[0]! & 0x03) + 1
  for (let i = 0; i < numberBytes; i += 1) header[numberAt + i]! ^= mask[1 + i]!
  // Of the few packets of a handshake none has a number whose upper bytes would have to be guessed.
  const number = header.readUIntBE(numberAt, numberBytes)
  const payloadAt = numberAt + numberBytes
  const tagAt = bytes.length - TAG_BYTES
  const cipher = createDecipheriv('aes-128-gcm', keys.key, nonceFor(number, keys))
  cipher.setAAD(header.subarray(0, payloadAt))
  cipher.setAuthTag(bytes.subarray(tagAt))
  const plain = cipher.update(bytes.subarray(payloadAt, tagAt))
  try {
    return { number, payload: Buffer.concat([plain, cipher.final()]) }
  } catch {
    return null
  }
}

/** Whether a Retry answers the packet that was sent to this connection id. */
export function isSealedRetry(retry: Buffer, destination: Buffer): boolean {
  if (retry.length < TAG_BYTES) return false
  const cipher = createDecipheriv('aes-128-gcm', RETRY_KEY, RETRY_NONCE)
  cipher.setAAD(
    Buffer.concat([Buffer.from([destination.length]), destination, retry.subarray(0, -TAG_BYTES)]),
  )
  cipher.setAuthTag(retry.subarray(-TAG_BYTES))
  try {
    cipher.final()
    return true
  } catch {
    return false
  }
}

export interface ToSeal {
  readonly type: 'initial' | 'handshake'
  readonly destination: Buffer
  readonly source: Buffer
  readonly token: Buffer
  readonly number: number
  /** frames, at least two bytes of them */
  readonly payload: Buffer
}

export function sealPacket(
  { type, destination, source, token, number, payload }: ToSeal,
  keys: PacketKeys,
): Buffer {
  const first = LONG_HEADER | FIXED_BIT | (TYPES.indexOf(type) << 4) | (NUMBER_BYTES - 1)
  const header = Buffer.concat([
    Buffer.from([first, 0, 0, 0, VERSION_1, destination.length]),
    destination,
    Buffer.from([source.length]),
    source,
    ...(type === 'initial' ? [varint(token.length), token] : []),
    lengthOf(NUMBER_BYTES + payload.length + TAG_BYTES),
    Buffer.from([number >> 8, number & 0xff]),
  ])
  const numberAt = header.length - NUMBER_BYTES
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonceFor(number, keys))
  cipher.setAAD(header)
  const sealed = Buffer.concat([header, cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  const sampleAt = numberAt + MAX_NUMBER_BYTES
  const mask = maskFor(sealed.subarray(sampleAt, sampleAt + TAG_BYTES), keys)
  sealed[0]! ^= mask[0]! & 0x0f
  for (let i = 0; i < NUMBER_BYTES; i += 1) sealed[numberAt + i]! ^= mask[1 + i]!
  return sealed
}

/** Bytes a packet is longer than its frames. */
export function overheadOf({ type, destination, source, token }: Omit<ToSeal, 'payload' | 'number'>): number {
  const ofToken = type === 'initial' ? varint(token.length).length + token.length : 0
  return 7 + destination.length + source.length + ofToken + 2 + NUMBER_BYTES + TAG_BYTES
}

/** Always two bytes, so that it is known beforehand how long a packet will be. */
function lengthOf(bytes: number): Buffer {
  return Buffer.from([0x40 | (bytes >> 8), bytes & 0xff])
}

function maskFor(sample: Buffer, { mask }: PacketKeys): Buffer {
  return createCipheriv('aes-128-ecb', mask, null).update(sample)
}

function nonceFor(number: number, { iv }: PacketKeys): Buffer {
  const nonce = Buffer.from(iv)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8)
  return nonce
}
