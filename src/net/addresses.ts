/**
 * Which addresses a public service can have, and which lead to this machine. The only place that knows ranges of addresses.
 *
 * A private answer never means blocking by itself (a site may really be set to one); it counts when others get a public one.
 *
 * @see IANA's registries of special-purpose addresses (RFC 6890): what is not globally reachable, multicast (RFC 5771, RFC 4291)
 *   and site-local addresses (RFC 3879)
 */
import ipaddr from 'ipaddr.js'

type Ip = ipaddr.IPv4 | ipaddr.IPv6
type Range = [Ip, number]

/** This host on this network (RFC 1122): connecting there ends on the machine itself. */
const UNSPECIFIED = ranges('0.0.0.0/8', '::/128')
const LOOPBACK = ranges('127.0.0.0/8', '::1/128')
/** IPv4-mapped: a notation inside a machine, never on the wire. */
const MAPPED = ranges('::ffff:0:0/96')
const LINK_LOCAL = ranges('169.254.0.0/16', 'fe80::/10')

const BOGONS = ranges(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // shared by customers of one provider (RFC 6598)
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation (RFC 5737)
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks (RFC 2544)
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96', // unspecified, loopback and the deprecated IPv4-compatible ones (RFC 4291)
  '::ffff:0:0/96',
  '64:ff9b:1::/48', // translation within one network (RFC 8215)
  '100::/64', // discard-only (RFC 6666)
  '100:0:0:1::/64', // dummy prefix (RFC 9780)
  '2001:2::/48', // benchmarks (RFC 5180)
  '2001:10::/28', // ORCHID (RFC 4843)
  '2001:db8::/32', // documentation (RFC 3849)
  '3fff::/20', // documentation (RFC 9637)
  '5f00::/16', // segment routing (RFC 9602)
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
)

/** The usual spelling, which needs no parsing. */
const PLAIN_IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/**
 * Makes the question whether an address can belong to a public service.
 *
 * @param publicPrefixes CIDR ranges that count as public here whatever the registries say
 * @returns true for neither a bogon nor an IPv6 form of one (6to4, Teredo, NAT64); false for text that is no address
 */
export function publicTest(publicPrefixes: readonly string[] = []): (address: string) => boolean {
  const excepted = ranges(...publicPrefixes)
  const isBogonIp = (ip: Ip) => !isIn(excepted, ip) && isIn(BOGONS, ip)
  return (address) => {
    const ip = parse(address)
    if (ip === null || isBogonIp(ip)) return false
    const inside = carriedV4(ip)
    return inside === null || !isBogonIp(inside)
  }
}

/** An address that a public service can have, by the registries alone. */
export const isPublic = publicTest()

/**
 * Makes the question whether an address is one no public service can have. A name is none.
 *
 * @param publicPrefixes as for `publicTest`
 * @see OONI df-007-errors, dns_bogon_error
 */
export function bogonTest(publicPrefixes: readonly string[] = []): (address: string) => boolean {
  const isPublicHere = publicTest(publicPrefixes)
  return (address) => familyOf(address) !== null && !isPublicHere(address)
}

/** Why a range cannot be made public: it is none, it is public, or it leads to the own machine or to a cloud's keys. `null` = it can. */
export function whyNotReserved(cidr: string): 'malformed' | 'public' | 'own' | null {
  if (!ipaddr.isValidCIDR(cidr)) return 'malformed'
  const [start, bits] = ipaddr.parseCIDR(cidr)
  const isWithin = ([base, length]: Range) =>
    base.kind() === start.kind() && bits >= length && start.match(base, length)
  const touches = (range: Range) =>
    isWithin(range) || (range[0].kind() === start.kind() && range[0].match(start, bits))
  if ([...LOOPBACK, ...UNSPECIFIED, ...LINK_LOCAL, ...MAPPED].some(touches)) return 'own'
  return BOGONS.some(isWithin) ? null : 'public'
}

/** 127.0.0.0/8 or ::1, IPv4-mapped too. */
export function isLoopback(address: string): boolean {
  return isIn(LOOPBACK, unmapped(address))
}

/** Loopback, or 0.0.0.0/8 and ::, which lead to the asking machine just the same and serve as sinkholes. */
export function isOwnMachine(address: string): boolean {
  const ip = unmapped(address)
  return isIn(LOOPBACK, ip) || isIn(UNSPECIFIED, ip)
}

/** Where clouds keep their machines' keys; through a NAT64 gateway as well. */
export function isLinkLocal(address: string): boolean {
  const ip = unmapped(address)
  return isIn(LINK_LOCAL, ip) || isIn(LINK_LOCAL, ip === null ? null : carriedV4(ip))
}

/** 4, 6, or `null` for a name (the proxy resolved it). */
export function familyOf(address: string): 4 | 6 | null {
  if (PLAIN_IPV4.test(address)) return 4
  const ip = parse(address)
  if (ip === null) return null
  return ip instanceof ipaddr.IPv4 ? 4 : 6
}

/** One spelling for one address, so that two can be compared; a name comes back in lower case. */
export function canonical(address: string): string {
  return PLAIN_IPV4.test(address) ? address : (parse(address)?.toString() ?? address.toLowerCase())
}

/** The bytes of a literal address in network order: 4 or 16. Throws for any other text. */
export function bytesOf(address: string): number[] {
  return ipaddr.parse(address).toByteArray()
}

/** The address that 4 or 16 bytes spell. */
export function addressOf(bytes: Iterable<number>): string {
  return ipaddr.fromByteArray([...bytes]).toString()
}

function ranges(...cidrs: readonly string[]): Range[] {
  return cidrs.map((cidr) => ipaddr.parseCIDR(cidr))
}

function isIn(list: readonly Range[], ip: Ip | null): boolean {
  return ip !== null && list.some(([start, bits]) => start.kind() === ip.kind() && ip.match(start, bits))
}

function parse(address: string): Ip | null {
  const bare = address.startsWith('[') ? address.slice(1, -1) : address
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  return ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : null
}

function unmapped(address: string): Ip | null {
  const ip = parse(address)
  return ip instanceof ipaddr.IPv6 && ip.isIPv4MappedAddress() ? ip.toIPv4Address() : ip
}

/** The IPv4 address that a resolver with DNS64 wrote into one of 64:ff9b::/96 (RFC 6052); `null` = it is none of those. */
export function nat64Ipv4(address: string): string | null {
  const ip = parse(address)
  return ip instanceof ipaddr.IPv6 && ip.range() === 'rfc6052' ? (carriedV4(ip)?.toString() ?? null) : null
}

/** The IPv4 address inside 2002::/16 (6to4), 2001::/32 (Teredo's server) or 64:ff9b::/96 (NAT64, RFC 6052). */
function carriedV4(ip: Ip): ipaddr.IPv4 | null {
  if (ip instanceof ipaddr.IPv4) return null
  const bytes = ip.toByteArray()
  const range = ip.range()
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6))
  if (range === 'teredo') return new ipaddr.IPv4(bytes.slice(4, 8))
  return range === 'rfc6052' ? new ipaddr.IPv4(bytes.slice(12)) : null
}
