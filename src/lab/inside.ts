/** One simulated network seen from inside the lab: what its proxy, its censor and its resolver share. */
import type { Narrow } from './bucket.ts'
import type { Censor, CensorRule } from './censor.ts'
import type { ResidualBlocks } from './residual-blocks.ts'
import type { Machines } from './machines.ts'
import type { Origin } from './origin.ts'
import type { Random } from './random.ts'
import type { Scope } from './scope.ts'
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
  /** the provider's own web host, where block pages live */
  readonly blockHost: { readonly host: string; readonly address: string }
  /** the proxy asks for these when set */
  readonly credentials?: { readonly username: string; readonly password: string }
  /** whether the proxy carries datagrams; yes when left out */
  readonly udp?: boolean
}

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
  return address === spec.resolverAddress
}

/** Whether an address is still there when the international link is cut. */
export function isDomestic(inside: Inside, address: string): boolean {
  return isIspResolver(inside, address) || inside.world.at(address).some(({ spec }) => spec.domestic)
}

/** Whether the outside of the country is gone for this address. */
export function isBeyondReach(inside: Inside, address: string): boolean {
  return inside.conditions.international !== 'up' && !isDomestic(inside, address)
}
