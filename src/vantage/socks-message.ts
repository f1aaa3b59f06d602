/**
 * SOCKS5 on the wire: what a client and a proxy say to each other, written, and read from bytes of which some may still be missing.
 *
 * greeting -> method, (credentials -> status), request -> reply; and the header before each relayed datagram.
 *
 * @see RFC 1928, RFC 1929
 */
import { isIP, isIPv4 } from 'node:net'
import { addressOf, bytesOf } from '../net/addresses.ts'

export const METHOD = { none: 0, password: 2, unacceptable: 0xff } as const
export const COMMAND = { connect: 1, associate: 3 } as const

/** What a proxy answers to a request. RFC 1928 section 6 has 2 (forbidden by its rules), 6 (TTL expired) and 8 (address type) too. */
export const REPLY = {
  open: 0,
  generalFailure: 1,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  commandUnsupported: 7,
} as const
export type ReplyName = keyof typeof REPLY

/** Longest name, user name and password, in bytes: their length is one byte. */
export const MAX_TEXT_BYTES = 255

/** Where a request or a datagram is for: a literal address, or a name the proxy is to resolve. */
export interface Target {
  readonly kind: 'address' | 'name'
  readonly host: string
  readonly port: number
}

/** A message and where it ends in the bytes. `more`: not all of it is here. */
export type Read<T> = (T & { readonly end: number }) | 'more' | 'malformed'

const VERSION = 5
/** Of the exchange of credentials, which counts its versions for itself. */
const PASSWORD_VERSION = 1
const IPV4 = 1
const NAME = 3
const IPV6 = 4

export function writeGreeting(methods: readonly number[]): Buffer {
  return Buffer.from([VERSION, methods.length, ...methods])
}

/** Reads the methods a client offers. */
export function readGreeting(bytes: Buffer): Read<{ readonly methods: Buffer }> {
  if (bytes.length > 0 && bytes[0] !== VERSION) return 'malformed'
  const end = 2 + (bytes[1] ?? 0)
  return bytes.length < 2 || bytes.length < end ? 'more' : { methods: bytes.subarray(2, end), end }
}

export function writeMethod(method: number): Buffer {
  return Buffer.from([VERSION, method])
}

/** Reads the method a proxy chose. */
export function readMethod(bytes: Buffer): Read<{ readonly method: number }> {
  if (bytes.length > 0 && bytes[0] !== VERSION) return 'malformed'
  return bytes.length < 2 ? 'more' : { method: bytes[1]!, end: 2 }
}

/** @param username and password of at most `MAX_TEXT_BYTES` each */
export function writeCredentials(username: string, password: string): Buffer {
  return Buffer.concat([Buffer.from([PASSWORD_VERSION]), writeText(username), writeText(password)])
}

export function readCredentials(
  bytes: Buffer,
): Read<{ readonly username: string; readonly password: string }> {
  if (bytes.length > 0 && bytes[0] !== PASSWORD_VERSION) return 'malformed'
  const passwordAt = 3 + (bytes[1] ?? 0)
  const end = passwordAt + (bytes[passwordAt - 1] ?? 0)
  if (bytes.length < passwordAt || bytes.length < end) return 'more'
  return {
    username: bytes.toString('utf8', 2, passwordAt - 1),
    password: bytes.toString('utf8', passwordAt, end),
    end,
  }
}

export function writeStatus(status: number): Buffer {
  return Buffer.from([PASSWORD_VERSION, status])
}

/** Reads whether credentials were taken; 0 = yes. Some proxies put the version of SOCKS in front, so it is not looked at. */
export function readStatus(bytes: Buffer): Read<{ readonly status: number }> {
  return bytes.length < 2 ? 'more' : { status: bytes[1]!, end: 2 }
}

export function writeRequest(command: number, host: string, port: number): Buffer {
  return Buffer.concat([Buffer.from([VERSION, command, 0]), writeTarget(host, port)])
}

export function readRequest(bytes: Buffer): Read<{ readonly command: number; readonly target: Target }> {
  if (bytes.length > 0 && bytes[0] !== VERSION) return 'malformed'
  const read = readTarget(bytes, 3)
  if (typeof read === 'string') return read
  return read.target.host === '' ? 'malformed' : { command: bytes[1]!, ...read }
}

/** @param code one of `REPLY`. @param bound where the proxy listens, which only UDP ASSOCIATE needs */
export function writeReply(code: number, bound = { address: '0.0.0.0', port: 0 }): Buffer {
  return Buffer.concat([Buffer.from([VERSION, code, 0]), writeTarget(bound.address, bound.port)])
}

/**
 * Reads a reply. A refusal is read without its address: not every proxy that refuses writes one.
 *
 * @returns `bound: null` for a refusal, and where the address is of no kind there is
 */
export function readReply(bytes: Buffer): Read<{ readonly code: number; readonly bound: Target | null }> {
  const [version, code] = bytes
  if (code === undefined) return 'more'
  if (code !== REPLY.open) return { code, bound: null, end: bytes.length }
  if (version !== VERSION) return 'malformed'
  const read = readTarget(bytes, 3)
  if (read === 'more') return read
  return read === 'malformed'
    ? { code, bound: null, end: bytes.length }
    : { code, bound: read.target, end: read.end }
}

/** Puts before a datagram whom it is for, or from. */
export function writeDatagram(
  { address, port }: { address: string; port: number },
  data: Uint8Array,
): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0]), writeTarget(address, port), data])
}

/** Reads a relayed datagram; `null` for what is none, and for a fragment, which RFC 1928 lets us drop. */
export function readDatagram(bytes: Buffer): { readonly target: Target; readonly data: Buffer } | null {
  const read = bytes[2] === 0 ? readTarget(bytes, 3) : 'malformed'
  return typeof read === 'string' ? null : { target: read.target, data: bytes.subarray(read.end) }
}

/** Reads address type, address and port. */
function readTarget(bytes: Buffer, at: number): Read<{ readonly target: Target }> {
  const type = bytes[at]
  if (type === undefined) return 'more'
  const nameBytes = bytes[at + 1]
  if (type === NAME && nameBytes === undefined) return 'more'
  const start = type === NAME ? at + 2 : at + 1
  const size = type === IPV4 ? 4 : type === IPV6 ? 16 : type === NAME ? nameBytes! : null
  if (size === null) return 'malformed'
  const end = start + size + 2
  if (bytes.length < end) return 'more'
  const raw = bytes.subarray(start, start + size)
  const host = type === NAME ? raw.toString('utf8') : addressOf(raw)
  const port = bytes.readUInt16BE(start + size)
  return { target: { kind: type === NAME ? 'name' : 'address', host, port }, end }
}

function writeTarget(host: string, port: number): Buffer {
  const address =
    isIP(host) === 0
      ? Buffer.concat([Buffer.from([NAME]), writeText(host)])
      : Buffer.from([isIPv4(host) ? IPV4 : IPV6, ...bytesOf(host)])
  return Buffer.concat([address, Buffer.from([port >> 8, port & 0xff])])
}

function writeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}
