/** SOCKS5 on the wire. @see RFC 1928, RFC 1929 */
import { isIPv4 } from 'node:net'
import { addressOf, bytesOf } from '../net/addresses.ts'

/** What the proxy tells its client. */
export const REPLY = {
  open: 0,
  generalFailure: 1,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  commandUnsupported: 7,
} as const
export type ReplyName = keyof typeof REPLY

/** Where a request or a datagram is for: a literal address, or a name the proxy is to resolve. */
export interface Target {
  readonly kind: 'address' | 'name'
  readonly host: string
  readonly port: number
}

/** A target and the bytes it took. `more`: not all of it is here. */
export type ReadTarget = { readonly target: Target; readonly end: number } | 'more' | 'malformed'

/** Reads address type, address and port at `at`. */
export function readTarget(bytes: Buffer, at: number): ReadTarget {
  const type = bytes[at]
  if (type === undefined) return 'more'
  const nameLength = bytes[at + 1]
  if (type === 3 && nameLength === undefined) return 'more'
  const start = type === 3 ? at + 2 : at + 1
  const size = type === 1 ? 4 : type === 4 ? 16 : type === 3 ? nameLength! : null
  if (size === null || (type === 3 && size === 0)) return 'malformed'
  const end = start + size + 2
  if (bytes.length < end) return 'more'
  const raw = bytes.subarray(start, start + size)
  const host = type === 3 ? raw.toString('latin1') : addressOf(raw)
  return {
    target: { kind: type === 3 ? 'name' : 'address', host, port: bytes.readUInt16BE(start + size) },
    end,
  }
}

/** What a client asks of the proxy, and how many bytes said so. */
export interface Request {
  readonly command: number
  readonly target: Target
  readonly end: number
}

/** Reads the methods a client offers. */
export function readGreeting(
  bytes: Buffer,
): { readonly methods: Buffer; readonly end: number } | 'more' | 'malformed' {
  if (bytes.length > 0 && bytes[0] !== 5) return 'malformed'
  const end = 2 + (bytes[1] ?? 0)
  return bytes.length < 2 || bytes.length < end ? 'more' : { methods: bytes.subarray(2, end), end }
}

/** Reads a user name and a password. */
export function readCredentials(
  bytes: Buffer,
): { readonly username: string; readonly password: string; readonly end: number } | 'more' | 'malformed' {
  if (bytes.length > 0 && bytes[0] !== 1) return 'malformed'
  const passwordAt = 3 + (bytes[1] ?? 0)
  const end = passwordAt + (bytes[passwordAt - 1] ?? 0)
  if (bytes.length < passwordAt || bytes.length < end) return 'more'
  return {
    username: bytes.toString('utf8', 2, passwordAt - 1),
    password: bytes.toString('utf8', passwordAt, end),
    end,
  }
}

/** Reads a request. */
export function readRequest(bytes: Buffer): Request | 'more' | 'malformed' {
  if (bytes.length > 0 && bytes[0] !== 5) return 'malformed'
  const read = readTarget(bytes, 3)
  return typeof read === 'string' ? read : { command: bytes[1]!, ...read }
}

/** A reply with the bound address, which only UDP ASSOCIATE needs. */
export function writeReply(
  name: ReplyName,
  bound: { address: string; port: number } = { address: '0.0.0.0', port: 0 },
): Buffer {
  return Buffer.concat([Buffer.from([5, REPLY[name], 0]), writeAddress(bound.address, bound.port)])
}

/** A datagram with the header a relay puts before it. */
export function writeDatagram(from: { address: string; port: number }, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0]), writeAddress(from.address, from.port), data])
}

function writeAddress(address: string, port: number): Buffer {
  const bytes = bytesOf(address)
  return Buffer.from([isIPv4(address) ? 1 : 4, ...bytes, port >> 8, port & 0xff])
}
