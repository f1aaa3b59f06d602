/**
 * HTTPS records in DNS (RFC 9460): does a name offer HTTP/3 there? The data of the records in, the UDP port of the offer out. Pure.
 *
 * One malformed record makes the whole set void (section 2.2), as does an alias, which has no parameters of its own.
 */

export interface HttpsRecord {
  /** whose record it is: the host asked for, or what it is an alias of */
  readonly name: string
  readonly data: Buffer
}

interface Service {
  readonly priority: number
  /** lower case; empty = the owner's own name */
  readonly target: string
  readonly params: ReadonlyMap<number, Buffer>
}

/** Numbers of parameters. @see RFC 9460 section 14.3.2 */
const MANDATORY = 0
const ALPN = 1
const PORT = 3
/** What is listed up to here is known here, ECH included: a record that makes anything else mandatory is not for us. */
const LAST_KNOWN = 6

const HTTPS_PORT = 443

/**
 * The UDP port at which a host offers HTTP/3.
 *
 * @param host that was asked for; an offer on another host is not one for its addresses
 * @returns `null` when none is offered
 */
export function http3PortIn(records: readonly HttpsRecord[], host: string): number | null {
  const offers: { priority: number; port: number }[] = []
  for (const { name, data } of records) {
    const service = read(data)
    if (service === null || service.priority === 0) return null
    const { priority, target, params } = service
    const isHere = target === '' || target === name.toLowerCase() || target === host.toLowerCase()
    const mandatory = keysIn(params.get(MANDATORY))
    if (mandatory.some((key) => key === MANDATORY || !params.has(key))) return null
    const alpn = protocolsIn(params.get(ALPN))
    const port = portIn(params.get(PORT))
    if (alpn === null || port === null) return null
    if (isHere && mandatory.every((key) => key <= LAST_KNOWN) && alpn.includes('h3'))
      offers.push({ priority, port })
  }
  return offers.toSorted((a, b) => a.priority - b.priority)[0]?.port ?? null
}

/** @returns `null` when malformed: cut short, names compressed, keys out of order */
function read(data: Buffer): Service | null {
  let at = 2
  const labels: string[] = []
  for (;;) {
    const length = data[at]
    if (length === undefined || length > 63) return null
    at += 1
    if (length === 0) break
    labels.push(data.toString('latin1', at, at + length).toLowerCase())
    at += length
  }
  const params = new Map<number, Buffer>()
  for (let last = -1; at < data.length;) {
    if (at + 4 > data.length) return null
    const key = data.readUInt16BE(at)
    const end = at + 4 + data.readUInt16BE(at + 2)
    if (key <= last || end > data.length) return null
    params.set(key, data.subarray(at + 4, end))
    last = key
    at = end
  }
  return { priority: data.readUInt16BE(0), target: labels.join('.'), params }
}

/** Of a malformed list, the one key that may not be in it. */
function keysIn(value: Buffer | undefined): number[] {
  if (value === undefined) return []
  if (value.length === 0 || value.length % 2 !== 0) return [MANDATORY]
  return Array.from({ length: value.length / 2 }, (_, i) => value.readUInt16BE(i * 2))
}

/** @returns `null` when malformed: empty, or names of no length or beyond the end */
function protocolsIn(value: Buffer | undefined): string[] | null {
  if (value === undefined) return []
  const protocols: string[] = []
  for (let at = 0; at < value.length;) {
    const end = at + 1 + value[at]!
    if (end === at + 1 || end > value.length) return null
    protocols.push(value.toString('latin1', at + 1, end))
    at = end
  }
  return protocols.length === 0 ? null : protocols
}

function portIn(value: Buffer | undefined): number | null {
  if (value === undefined) return HTTPS_PORT
  return value.length === 2 && value.readUInt16BE(0) > 0 ? value.readUInt16BE(0) : null
}
