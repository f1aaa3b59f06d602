/**
 * memory: what earlier probes of an endpoint have seen and a later one is judged by, so that an address that dies is not taken for a lie, and
 * pages that stop at one place time and again are not taken for loss. It is written into the measurement that needs it: a replay judges the same.
 */
import type { VantageState } from '../detect/state.ts'
import { DAY_MS } from '../model/time.ts'

/** What one measurement has to tell later ones. */
export interface Notes {
  /** addresses that the vantage's resolver gave and at which a certificate for the host checked out */
  readonly served: readonly string[]
  /** bytes of the page after which nothing more came; `null`: it did not stop so */
  readonly cutAt: number | null
  /** the page came whole */
  readonly isWhole: boolean
}

/** What one that failed is given along. */
export interface Memory {
  readonly served: readonly string[]
  /** where the latest pages stopped, the last one first, when none came whole between them */
  readonly cuts: readonly number[]
}

export const NO_NOTES: Notes = { served: [], cutAt: null, isWhole: false }

const KEPT_MS = 3 * DAY_MS
/** Content networks give others by turns; beyond this the one not seen longest is forgotten. */
const KEPT_MAX = 16
const CUTS_MAX = 3

type Kept = Pick<VantageState, 'served' | 'cuts'>

/** Notes what a measurement tells. @returns what those before it told; `null`: it is fine and needs none, or there is nothing */
export function remember(state: Kept, endpoint: string, notes: Notes, at: number): Memory | null {
  const served = notes.served.length > 0 ? [] : servedLately(state, endpoint, at)
  const cuts = notes.cutAt === null ? [] : (state.cuts[endpoint] ?? [])
  noteServed(state, endpoint, notes.served, at)
  if (notes.isWhole) delete state.cuts[endpoint]
  else if (notes.cutAt !== null) state.cuts[endpoint] = [notes.cutAt, ...cuts].slice(0, CUTS_MAX)
  return served.length + cuts.length === 0 ? null : { served, cuts }
}

function noteServed({ served }: Kept, endpoint: string, addresses: readonly string[], at: number): void {
  if (addresses.length === 0) return
  const known = (served[endpoint] ??= {})
  for (const address of addresses) known[address] = at
  const all = Object.entries(known)
  if (all.length > KEPT_MAX)
    served[endpoint] = Object.fromEntries(all.toSorted(([, a], [, b]) => b - a).slice(0, KEPT_MAX))
}

function servedLately({ served }: Kept, endpoint: string, at: number): string[] {
  return Object.entries(served[endpoint] ?? {}).flatMap(([address, seenAt]) =>
    at - seenAt <= KEPT_MS ? [address] : [],
  )
}
