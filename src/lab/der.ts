/** DER, as much of it as a certificate needs. @see ITU-T X.690 */

const encode = (tag: number, content: Buffer): Buffer => {
  const length = content.length
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content])
  const size = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

export const sequence = (...items: Buffer[]): Buffer => encode(0x30, Buffer.concat(items))
export const set = (...items: Buffer[]): Buffer => encode(0x31, Buffer.concat(items))
export const octets = (content: Buffer): Buffer => encode(0x04, content)
export const boolean = (value: boolean): Buffer => encode(0x01, Buffer.from([value ? 0xff : 0]))
export const text = (value: string): Buffer => encode(0x0c, Buffer.from(value, 'utf8'))
/** `[n] EXPLICIT` */
export const explicit = (n: number, content: Buffer): Buffer => encode(0xa0 + n, content)
/** `[n] IMPLICIT` over a primitive */
export const implicit = (n: number, content: Buffer): Buffer => encode(0x80 + n, content)
export const bits = (content: Buffer, unused = 0): Buffer =>
  encode(0x03, Buffer.concat([Buffer.from([unused]), content]))

/** A non-negative integer from big-endian bytes without leading zeros. */
export const integer = (bytes: Buffer): Buffer =>
  encode(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const arc of rest) {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return encode(0x06, Buffer.from(bytes))
}

/** UTCTime: good from 1950 to 2049. */
export function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)
  return encode(0x17, Buffer.from(`${digits}Z`, 'latin1'))
}
