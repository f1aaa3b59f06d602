/** Which rule of a censor meets which traffic. */
import { isIPv6 } from 'node:net'
import type {
  Censor,
  CensorRule,
  DnsRule,
  HttpRule,
  PacketRule,
  QuicRule,
  TcpRule,
  TlsRule,
} from './censor.ts'

/** Where a connection goes. */
export interface Destination {
  readonly address: string
  readonly port: number
  readonly abroad: boolean
}

/** The addresses a site has at this moment; none for an unknown name. */
export type AddressesOf = (host: string) => readonly string[]

/** Whether a host name matches a pattern; `null` is a client that names nobody. */
export function matches(pattern: string, host: string | null): boolean {
  if (pattern === '*') return true
  if (host === null) return false
  const name = host.toLowerCase().replace(/\.$/, '')
  const wanted = pattern.toLowerCase()
  if (!wanted.startsWith('*.')) return name === wanted
  return name === wanted.slice(2) || name.endsWith(wanted.slice(1))
}

/** A cleartext question as it comes by. */
export interface SeenQuestion {
  readonly name: string
  readonly type: string
  readonly over: 'udp' | 'tcp'
  readonly resolver: string
  /** it is the provider's own */
  readonly own: boolean
  /** to a resolver abroad, or for a name abroad */
  readonly abroad: boolean
}

/** The DNS rule a question meets, or `null`. */
export function dnsRule(censor: Censor, question: SeenQuestion): DnsRule | null {
  const { name, type, over, resolver, own, abroad } = question
  return first(
    censor,
    (rule): rule is DnsRule =>
      rule.layer === 'dns' &&
      (rule.where !== 'isp-resolver' || own) &&
      (rule.over ?? over) === over &&
      (rule.abroad !== true || abroad) &&
      rule.names.some((pattern) => matches(pattern, name)) &&
      (rule.types === undefined || rule.types.includes(type)) &&
      (rule.resolvers === undefined || rule.resolvers.includes(resolver)) &&
      (rule.exactCase !== true || name === name.toLowerCase()) &&
      strikes(censor, rule),
  )
}

/** The TCP rule a connection meets, or `null`. */
export function tcpRule(censor: Censor, to: Destination, addressesOf: AddressesOf): TcpRule | null {
  return first(
    censor,
    (rule): rule is TcpRule =>
      rule.layer === 'tcp' && leadsTo(rule, to, addressesOf) && strikes(censor, rule),
  )
}

/** Whether a packet of so many bytes on its way to there, or back, vanishes. */
export function swallows(
  censor: Censor,
  to: Destination,
  packet: { readonly bytes: number; readonly direction: 'out' | 'in' },
  addressesOf: AddressesOf,
): boolean {
  return censor.rules.some(
    (rule) =>
      rule.layer === 'packet' &&
      rule.action === 'swallow' &&
      packet.bytes > rule.largerThan &&
      (rule.direction ?? packet.direction) === packet.direction &&
      leadsTo(rule, to, addressesOf),
  )
}

/** How likely a packet to there, or its answer, is lost: 0 to 1. */
export function lossTo(censor: Censor, to: Destination, addressesOf: AddressesOf): number {
  const rule = first(
    censor,
    (one): one is PacketRule & { readonly action: 'lose' } =>
      one.layer === 'packet' && one.action === 'lose' && leadsTo(one, to, addressesOf),
  )
  return rule?.share ?? 0
}

/** A ClientHello as it comes by. */
export interface SeenHello {
  readonly serverName: string | null
  readonly to: Destination
  /** all of it was in the first segment */
  readonly inOneSegment: boolean
}

/** The TLS rule a ClientHello meets, or `null`; one without a name meets only what strikes everybody. */
export function tlsRule(censor: Censor, { serverName, to, inOneSegment }: SeenHello): TlsRule | null {
  return first(
    censor,
    (rule): rule is TlsRule =>
      rule.layer === 'tls' &&
      rule.names.some((pattern) => matches(pattern, serverName)) &&
      isWithin(rule, to) &&
      (rule.reassembles !== false || inOneSegment) &&
      strikes(censor, rule),
  )
}

/** The HTTP rule a request meets, or `null`; one without a Host header meets only what strikes everybody. */
export function httpRule(censor: Censor, host: string | null, to: Destination): HttpRule | null {
  return first(
    censor,
    (rule): rule is HttpRule =>
      rule.layer === 'http' &&
      rule.names.some((pattern) => matches(pattern, host)) &&
      isWithin(rule, to) &&
      strikes(censor, rule),
  )
}

/** The QUIC rule a datagram meets, or `null`. `serverName` is that of its connection, where it is known. */
export function quicRule(
  censor: Censor,
  { address, serverName }: { readonly address: string; readonly serverName: string | null },
  addressesOf: AddressesOf,
): QuicRule | null {
  return first(
    censor,
    (rule): rule is QuicRule =>
      rule.layer === 'quic' &&
      (rule.to === undefined || isAmong(rule.to, address, addressesOf)) &&
      (rule.names === undefined ||
        (serverName !== null && rule.names.some((pattern) => matches(pattern, serverName)))),
  )
}

function leadsTo(rule: TcpRule | PacketRule, to: Destination, addressesOf: AddressesOf): boolean {
  return (
    (rule.port === undefined || rule.port === to.port) &&
    isWithin(rule, to) &&
    isAmong(rule.to, to.address, addressesOf)
  )
}

function isAmong(targets: readonly string[], address: string, addressesOf: AddressesOf): boolean {
  return targets.some(
    (target) => target === '*' || target === address || addressesOf(target).includes(address),
  )
}

function isWithin(
  rule: { readonly abroad?: true; readonly family?: 4 | 6 },
  { address, abroad }: Destination,
): boolean {
  if (rule.abroad === true && !abroad) return false
  return rule.family === undefined || rule.family === (isIPv6(address) ? 6 : 4)
}

/** Asked last: a draw belongs to what the rule would strike. */
function strikes({ chance }: Censor, { share }: { readonly share?: number }): boolean {
  return share === undefined || chance() < share
}

function first<R extends CensorRule>(censor: Censor, fits: (rule: CensorRule) => rule is R): R | null {
  return censor.rules.find(fits) ?? null
}
