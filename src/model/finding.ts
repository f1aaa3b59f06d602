/** What a diagnosis found: what differs when only one thing changes. */
import type { EndpointRole } from './service.ts'
import type { Mechanism } from './verdict.ts'

/**
 * What a failure follows. `path`: whoever answers in a resolver's place. `resolver`: the resolver itself, which lies; or it fails for
 * the name (`resolver-failure`), or gives an address where nothing of the name is found (`resolver-address`).
 */
export const FOLLOWS = [
  'name',
  'host-header',
  'address',
  'resolver',
  'path',
  'resolver-failure',
  'resolver-address',
] as const
export type Follows = (typeof FOLLOWS)[number]

/** What gets through where the plain way does not. */
export const EVASIONS = [
  'split-hello',
  'large-hello',
  'mixed-case',
  'other-resolver',
  'dns-over-tcp',
  'dns-over-https',
] as const
export type Evasion = (typeof EVASIONS)[number]

/** One cause told apart from the others. */
export interface Finding {
  readonly mechanism: Mechanism
  readonly follows: Follows
  /** proved by these trials alone: no fault and no site does this */
  readonly decisive: boolean
  /** for interference, in nats */
  readonly nats: number
  /** one sentence: what it follows. The same words for the same finding, whatever the counts */
  readonly sentence: string
  /** the comparisons behind it, with their counts */
  readonly because: readonly string[]
  readonly evasions: readonly Evasion[]
  /** ms after a trigger: the last harmless try that failed, and the first that did not (`null` = none yet); `null` = not seen */
  readonly residualMs: readonly [number, number | null] | null
}

/** `null`: it cannot be said. */
export type Hit = boolean | null

export interface Diagnosed {
  readonly focus: string
  /** the one that decides what people meet; `null` = nothing was told apart */
  readonly finding: Finding | null
  readonly also: readonly Finding[]
  readonly hosts: readonly { readonly host: string; readonly role: EndpointRole; readonly hit: Hit }[]
  /** of the focus: whether it fails over each family */
  readonly families: { readonly ipv4: Hit; readonly ipv6: Hit }
  /** what was tried by the service's own names went through, a primary host's verified handshake among it, by the path people use */
  readonly healthy: boolean
  /** sentences on what could not be told: neutral servers that are no use, a path that fails though nothing else does */
  readonly notes: readonly string[]
}
