/** Measurement ids: UUID version 7 (RFC 9562), so that they sort by the time they tell. */
import { randomBytes } from 'node:crypto'

/** @param atMs Unix ms, the first 48 bits of the id */
export function uuid7(atMs: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(atMs, 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
