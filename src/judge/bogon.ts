/**
 * Which addresses can not belong to a public service. The only place that knows address ranges.
 *
 * A private answer never means blocking by itself (a site may really be set to one); it counts when others get a public one.
 */
import ipaddr from 'ipaddr.js'

const BOGON_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map((range) => ipaddr.IPv4.parseCIDR(range))

const BOGON_V6 = [
  '::/96',
  '::ffff:0:0/96',
  '100::/64',
  '2001:10::/28',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
].map((range) => ipaddr.IPv6.parseCIDR(range))

/** The usual spelling, which needs no parsing. */
const PLAIN_IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/**
 * An address no public service can have: private, reserved, documentation, multicast, loopback, or one of those inside
 * 6to4 or Teredo. Text that is no address counts as one too.
 *
 * @see OONI df-007-errors, dns_bogon_error
 */
export function isBogon(address: string): boolean {
  const ip = parse(address)
  if (ip === null) return true
  if (ip instanceof ipaddr.IPv4) return isBogonV4(ip)
  if (BOGON_V6.some((range) => ip.match(range))) return true
  const inside = carriedV4(ip)
  return inside !== null && isBogonV4(inside)
}

/** 127.0.0.0/8 or ::1: the asking machine itself, never connected to. */
export function isLoopback(address: string): boolean {
  return parse(address)?.range() === 'loopback'
}

/** Loopback, or 0.0.0.0 and ::, which lead to the asking machine just the same and serve as sinkholes. */
export function isOwnMachine(address: string): boolean {
  const range = parse(address)?.range()
  return range === 'loopback' || range === 'unspecified'
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

function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const bare = address.startsWith('[') ? address.slice(1, -1) : address
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  return ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : null
}

function isBogonV4(ip: ipaddr.IPv4): boolean {
  return BOGON_V4.some((range) => ip.match(range))
}

/** The IPv4 address inside 2002::/16 (6to4) or 2001::/32 (Teredo's server). */
function carriedV4(ip: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = ip.toByteArray()
  if (bytes[0] === 0x20 && bytes[1] === 0x02) return new ipaddr.IPv4(bytes.slice(2, 6))
  if (ip.range() === 'teredo') return new ipaddr.IPv4(bytes.slice(4, 8))
  return null
}
