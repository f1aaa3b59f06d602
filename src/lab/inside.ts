/** One simulated network seen from inside the lab: what its proxy, its censor and its resolver share. */
import type { Socket } from 'node:net'
import type { Narrow } from './bucket.ts'
import type { Censor, CensorRule } from './censor.ts'
import type { ResidualBlocks } from './residual-blocks.ts'
import type { AddressesOf, Destination } from './matching.ts'
import type { Machines } from './machines.ts'
import type { Origin } from './origin.ts'
import type { Random } from './random.ts'
import type { Scope } from './scope.ts'
import { finish } from './tamper.ts'
import type { World } from './world.ts'

/** What is fixed about a network when the lab starts. */
export interface NetworkSpec {
  readonly id: string
  readonly role: 'probe' | 'control'
  /** ISO 3166-1 alpha-2 */
  readonly country: string
  readonly asn: number
  readonly isp: string
  readonly city: string | null
  /** the provider's own resolver; reached from this network only */
  readonly resolverAddress: string
  /** a second one of the provider's, as handsets are given two */
  readonly secondResolverAddress?: string
  /** the provider's own web host, where block pages live */
  readonly blockHost: { readonly host: string; readonly address: string }
  /** the proxy asks for these when set */
  readonly credentials?: { readonly username: string; readonly password: string }
  /** whether the proxy carries datagrams; yes when left out */
  readonly udp?: boolean
}

/**
 * How a network's proxy says what came of a CONNECT.
 *
 * - `plain`: a reply of its own for each outcome
 * - `early-success`: says that it is open before it is, and closes when it fails (shadowsocks-libev, trojan)
 * - `closes`: no reply at all to what fails (`ssh -D`)
 * - `general`: one reply for everything that fails
 * - `mute`: accepts connections and says nothing to any of them
 */
export type ProxyManner = 'plain' | 'early-success' | 'closes' | 'general' | 'mute'

/** What a network is like for all its traffic. */
export interface Conditions {
  /** 0 to 1: how likely one exchange (a SYN and its answer, a datagram and its answer) is lost */
  readonly loss: number
  /** added to every connect, every DNS reply, and every piece of data from a server */
  readonly delayMs: number
  /** `cut`: everything outside the country is silent. `unreachable`: the proxy says so (reply 4). */
  readonly international: 'up' | 'cut' | 'unreachable'
  /** what the proxy answers for IPv6: it works, or reply 3 or 4 */
  readonly ipv6: 'up' | 'network-unreachable' | 'host-unreachable'
  /** how fast servers' bytes come into the network, all connections together; `null` = as fast as they can */
  readonly bytesPerSecond: number | null
  readonly proxy: ProxyManner
  /** what becomes of an RST on its way through the proxy: most turn it into a FIN */
  readonly resets: 'pass' | 'become-fin'
}

export interface Inside {
  readonly spec: NetworkSpec
  readonly world: World
  readonly machines: Machines
  readonly censor: Censor
  readonly residualBlocks: ResidualBlocks
  readonly random: Random
  readonly scope: Scope
  /** 1 = a lost SYN is sent again after 1, 3, 7... real seconds */
  readonly timeScale: number
  conditions: Conditions
  /** the line all of the network's connections share; `null` while it is as fast as it can be */
  line: Narrow | null
  /** the impostor that answers for a `mitm` rule */
  impostor(rule: CensorRule): Origin
}

/** Whether an address is the network's own resolver. */
export function isIspResolver({ spec }: Inside, address: string): boolean {
  return address === spec.resolverAddress || address === spec.secondResolverAddress
}

/** Whether an address is still there when the international link is cut. */
export function isDomestic(inside: Inside, address: string): boolean {
  return isIspResolver(inside, address) || inside.world.at(address).some(({ spec }) => spec.domestic)
}

/** Where a connection goes, as rules are compared with it. */
export function destination(inside: Inside, address: string, port: number): Destination {
  return { address, port, abroad: !isDomestic(inside, address) }
}

/** The addresses each site has at this moment. */
export function addressesIn({ world }: Inside): AddressesOf {
  return (host) => world.site(host)?.addresses ?? []
}

/** Resets a client's connection, as far as the proxy passes that on. */
export function reset({ conditions }: Inside, client: Socket): void {
  if (conditions.resets === 'pass') client.resetAndDestroy()
  else finish(client)
}

/** Whether the outside of the country is gone for this address. */
export function isBeyondReach(inside: Inside, address: string): boolean {
  return inside.conditions.international !== 'up' && !isDomestic(inside, address)
}
