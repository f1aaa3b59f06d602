/** uuid: ids as people write them, and as the 16 bytes they are. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isUuid(id: string): boolean {
  return UUID.test(id)
}

/** @throws TypeError when it is not a UUID: the maker of the measurement has a bug */
export function uuidBytes(id: string): Buffer {
  if (!isUuid(id)) throw new TypeError(`not a UUID: ${id}`)
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

export function uuidText(bytes: Buffer): string {
  return uuidOfHex(bytes.toString('hex'))
}

/** @param hex 32 digits */
export function uuidOfHex(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
