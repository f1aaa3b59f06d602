/** QUIC's integers of one, two, four or eight bytes. @see RFC 9000 16 */

export function varint(value: number): Buffer {
  if (value < 0x40) return Buffer.from([value])
  const bytes = Buffer.alloc(value < 0x4000 ? 2 : 4)
  if (bytes.length === 2) bytes.writeUInt16BE(value | 0x4000)
  else bytes.writeUInt32BE((value | 0x8000_0000) >>> 0)
  return bytes
}

/** @throws RangeError past the end, and for a value no handshake has */
export function readVarint(bytes: Buffer, at: number): { value: number; end: number } {
  const size = 1 << (bytes.readUInt8(at) >> 6)
  if (size < 8) {
    const value = bytes.readUIntBE(at, size) & (size === 1 ? 0x3f : size === 2 ? 0x3fff : 0x3fff_ffff)
    return { value, end: at + size }
  }
  const value = bytes.readBigUInt64BE(at) & 0x3fff_ffff_ffff_ffffn
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError('too large')
  return { value: Number(value), end: at + size }
}
