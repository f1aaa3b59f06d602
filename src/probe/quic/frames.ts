/** What the packets of a handshake hold: CRYPTO, ACK, PING, PADDING and CONNECTION_CLOSE. @see RFC 9000 19 */
import { readVarint, varint } from './varint.ts'

export type Frame =
  | { readonly kind: 'crypto'; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'close'; readonly isApp: boolean; readonly code: number }
  | { readonly kind: 'ping' }

const PADDING = 0x00
const PING = 0x01
const ACK = 0x02
const ACK_ECN = 0x03
const CRYPTO = 0x06
/** So that an ACK has room in any packet; older ranges are the server's own gaps. */
const MAX_RANGES = 32
const CLOSE = 0x1c
const CLOSE_APP = 0x1d

/** Frames that ask for an ACK or end it all, up to the first that has no place in a handshake. */
export function framesIn(payload: Buffer): Frame[] {
  const found: Frame[] = []
  let at = 0
  const next = (): number => {
    const read = readVarint(payload, at)
    at = read.end
    return read.value
  }
  try {
    while (at < payload.length) {
      const type = next()
      if (type === PADDING) continue
      if (type === PING) {
        found.push({ kind: 'ping' })
      } else if (type === ACK || type === ACK_ECN) {
        next()
        next()
        const ranges = next()
        for (let i = 0; i < 1 + 2 * ranges + (type === ACK_ECN ? 3 : 0); i += 1) next()
      } else if (type === CRYPTO) {
        const offset = next()
        const length = next()
        if (payload.length < at + length) break
        found.push({ kind: 'crypto', at: offset, data: payload.subarray(at, at + length) })
        at += length
      } else if (type === CLOSE || type === CLOSE_APP) {
        found.push({ kind: 'close', isApp: type === CLOSE_APP, code: next() })
        break
      } else {
        break
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  return found
}

export function crypto(data: Buffer): Buffer {
  return Buffer.concat([varint(CRYPTO), varint(0), varint(data.length), data])
}

export function ping(): Buffer {
  return Buffer.from([PING])
}

/** Leaves without an error. */
export function close(): Buffer {
  return Buffer.from([CLOSE, 0, 0, 0])
}

/** Says which packets have come; nothing when none has. */
export function ack(numbers: ReadonlySet<number>): Buffer {
  const [largest, ...rest] = [...numbers].toSorted((a, b) => b - a)
  if (largest === undefined) return Buffer.alloc(0)
  const ranges: { from: number; to: number }[] = [{ from: largest, to: largest }]
  for (const number of rest) {
    const last = ranges.at(-1)!
    if (number === last.from - 1) last.from = number
    else if (ranges.length < MAX_RANGES) ranges.push({ from: number, to: number })
    else break
  }
  const parts = [ACK, largest, 0, ranges.length - 1, ranges[0]!.to - ranges[0]!.from]
  for (const [i, { from, to }] of ranges.entries()) {
    if (i > 0) parts.push(ranges[i - 1]!.from - to - 2, to - from)
  }
  return Buffer.concat(parts.map(varint))
}

export type Stream = ReturnType<typeof openStream>

/** Bytes that come in pieces, in any order and more than once. @param maxBytes beyond which nothing is kept */
export function openStream(maxBytes: number) {
  const waiting = new Map<number, Buffer>()
  let whole = Buffer.alloc(0)
  return {
    take(at: number, data: Buffer): void {
      if (at + data.length > maxBytes || at + data.length <= whole.length) return
      waiting.set(at, data)
      for (const [from, piece] of [...waiting].toSorted(([one], [other]) => one - other)) {
        if (from > whole.length) break
        whole = Buffer.concat([whole, piece.subarray(Math.min(piece.length, whole.length - from))])
        waiting.delete(from)
      }
    },
    /** what has come without a gap */
    get whole(): Buffer {
      return whole
    },
  }
}
