/**
 * Reads what a client says first, as a censor on the path does: the name in a TLS ClientHello, or the Host of an HTTP request.
 *
 * Bytes may come in any number of pieces; whatever makes no sense is `other` and passes untouched.
 */

/** What the first bytes turn out to be. `more`: cannot be told yet. */
export type Opening =
  | { readonly kind: 'more' | 'other' }
  | { readonly kind: 'tls'; readonly serverName: string | null }
  | { readonly kind: 'http'; readonly host: string | null }

const MORE: Opening = { kind: 'more' }
const OTHER: Opening = { kind: 'other' }
const MAX_BYTES = 65_536
const HANDSHAKE = 0x16
const CLIENT_HELLO = 0x01

/** Tells what a connection opens with from all bytes the client has sent so far. */
export function readOpening(bytes: Buffer): Opening {
  if (bytes.length === 0) return MORE
  const opening = bytes[0] === HANDSHAKE ? readTls(bytes) : readHttp(bytes)
  return opening.kind === 'more' && bytes.length > MAX_BYTES ? OTHER : opening
}

/** Puts a handshake message together from its records (it may be split over several) and reads it. @see RFC 8446 5.1 */
function readTls(bytes: Buffer): Opening {
  const parts: Buffer[] = []
  let at = 0
  let have = 0
  let wanted = 4
  while (have < wanted) {
    if (bytes.length < at + 5) return MORE
    if (bytes[at] !== HANDSHAKE || bytes[at + 1] !== 3) return OTHER
    const length = bytes.readUInt16BE(at + 3)
    if (length === 0) return OTHER
    // A record that is not complete yet still shows what came of it; only the message must be.
    const part = bytes.subarray(at + 5, Math.min(at + 5 + length, bytes.length))
    parts.push(part)
    have += part.length
    at += 5 + length
    if (have >= 4 && wanted === 4) {
      const head = Buffer.concat(parts)
      if (head[0] !== CLIENT_HELLO) return OTHER
      wanted = 4 + head.readUIntBE(1, 3)
      if (wanted > MAX_BYTES) return OTHER
    }
  }
  return readHello(Buffer.concat(parts).subarray(4, wanted))
}

function readHello(hello: Buffer): Opening {
  try {
    let at = 2 + 32
    at += 1 + hello.readUInt8(at) // session id
    at += 2 + hello.readUInt16BE(at) // cipher suites
    at += 1 + hello.readUInt8(at) // compression
    if (at >= hello.length) return { kind: 'tls', serverName: null }
    const end = at + 2 + hello.readUInt16BE(at)
    at += 2
    while (at + 4 <= end) {
      const type = hello.readUInt16BE(at)
      const length = hello.readUInt16BE(at + 2)
      if (type === 0)
        return { kind: 'tls', serverName: readServerName(hello.subarray(at + 4, at + 4 + length)) }
      at += 4 + length
    }
    return { kind: 'tls', serverName: null }
  } catch (error) {
    if (error instanceof RangeError) return OTHER
    throw error
  }
}

/** server_name: list length, type 0, name length, name. @see RFC 6066 3 */
function readServerName(extension: Buffer): string | null {
  if (extension.readUInt8(2) !== 0) return null
  const length = extension.readUInt16BE(3)
  return extension.toString('latin1', 5, 5 + length).toLowerCase()
}

function readHttp(bytes: Buffer): Opening {
  const head = bytes.toString('latin1', 0, Math.min(bytes.length, MAX_BYTES))
  if (!/^[A-Z]{1,8}(?: |$)/.test(head)) return OTHER
  const end = head.indexOf('\r\n\r\n')
  if (end === -1) return MORE
  const lines = head.slice(0, end).split('\r\n')
  if (!/ HTTP\/1\.[01]$/.test(lines[0]!)) return OTHER
  const host = lines.map((line) => /^host:\s*([^:\s]+)/i.exec(line)).find((found) => found !== null)
  return { kind: 'http', host: host?.[1]?.toLowerCase() ?? null }
}
