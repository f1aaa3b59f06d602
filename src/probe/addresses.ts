/** Which addresses are connected to, and where each came from. */
import net from 'node:net'
import type { AddressSource, DnsAnswer } from '../model/measurement.ts'
import type { ProbeSettings } from './task.ts'

export interface Target {
  /** literal IP, or a name where the proxy resolves */
  readonly address: string
  readonly source: AddressSource
}

export interface Choice {
  readonly perFamily: number
  readonly ipv6: boolean
  readonly connectToLoopback: boolean
}

export function choiceOf(settings: ProbeSettings): Choice {
  const { addressesPerFamily: perFamily, ipv6, connectToLoopback } = settings
  return { perFamily, ipv6, connectToLoopback }
}

/** Where clouds keep their machines' keys, and a site could send us by a redirect: never a way to a service. */
const LINK_LOCAL = blocks(['169.254.0.0', 16], ['fe80::', 10])

const LOOPBACK = blocks(['127.0.0.0', 8], ['0.0.0.0', 8], ['::1', 128], ['::', 128])

/** Special-purpose addresses that no public service has (RFC 6890 and the registries after it). */
const BOGONS = blocks(
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
)

/** This machine itself, the unspecified address included: connecting there would measure us. */
export function isLoopback(address: string): boolean {
  return holds(LOOPBACK, address)
}

export function isBogon(address: string): boolean {
  return holds(BOGONS, address)
}

/** The addresses in an answer that may be connected to: at most so many of each family, in the order given. */
export function connectable(answers: readonly DnsAnswer[], choice: Choice): string[] {
  const of = (type: 'A' | 'AAAA') =>
    answers.filter((a) => a.type === type && mayConnect(a.value, choice)).map((a) => a.value)
  return [...new Set(of('A')).values()]
    .slice(0, choice.perFamily)
    .concat(choice.ipv6 ? [...new Set(of('AAAA'))].slice(0, choice.perFamily) : [])
}

/** One address the control got, when it shares none with the vantage: does the address work where the name is lied about? */
export function controlAddress(
  answers: readonly DnsAnswer[],
  extra: readonly string[],
  choice: Choice,
): string | null {
  if (answers.some((a) => extra.includes(a.value))) return null
  const usable = extra.filter((address) => mayConnect(address, choice))
  return usable.find((address) => net.isIPv4(address)) ?? usable[0] ?? null
}

function mayConnect(address: string, choice: Choice): boolean {
  const family = net.isIP(address)
  if (family === 0 || (family === 6 && !choice.ipv6)) return false
  if (holds(LINK_LOCAL, address)) return false
  return choice.connectToLoopback || !isLoopback(address)
}

function holds(list: net.BlockList, address: string): boolean {
  const family = net.isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function blocks(...subnets: readonly (readonly [string, number])[]): net.BlockList {
  const list = new net.BlockList()
  for (const [address, prefix] of subnets)
    list.addSubnet(address, prefix, net.isIPv6(address) ? 'ipv6' : 'ipv4')
  return list
}
