/**
 * confirmations: probes of what is doubtful, repeated soon. Pure.
 *
 * doubt -> a series of offsets, one at a time for an endpoint of a vantage: the next when the last has begun -> taken as they come due
 */
import type { Plan } from '../model/measurement.ts'
import type { WatchedEndpoint } from './types.ts'

/** One probe to come. */
export interface Planned {
  /** Unix ms */
  at: number
  readonly vantage: string
  readonly endpoint: WatchedEndpoint
  readonly plan: Plan
}

export interface Confirmations {
  /** Plans a series, unless one is under way that goes as far. */
  readonly series: (vantage: string, endpoint: WatchedEndpoint, at: number, plan: Depth) => void
  /** Plans one more timing of bytes. */
  readonly timeAgain: (vantage: string, endpoint: WatchedEndpoint, at: number) => void
  /** Hands over what has come due. */
  readonly take: (at: number) => readonly Planned[]
  /** Moves everything in time: the clock was set back. */
  readonly shift: (byMs: number) => void
  /** Unix ms; Infinity = nothing is planned */
  readonly nextAt: () => number
}

/** How far a look at reach goes. */
type Depth = Extract<Plan, 'heartbeat' | 'full'>

const NONE: readonly Planned[] = []

/** @param offsets asked each time, since a new configuration may change them */
export function createConfirmations(offsets: () => readonly number[]): Confirmations {
  /** by time */
  const planned: Planned[] = []
  /** Unix ms: when the last probe of a series is to begin, and how far its probes go */
  const underWay = new Map<string, { readonly until: number; readonly depth: Depth }>()

  function series(vantage: string, endpoint: WatchedEndpoint, at: number, depth: Depth): void {
    const key = `${vantage} ${endpoint.id}`
    const other = underWay.get(key)
    if (other !== undefined && at < other.until) {
      if (other.depth === 'full' || depth === 'heartbeat') return
      forget(vantage, endpoint)
    }
    const after = offsets()
    underWay.set(key, { until: at + Math.max(0, ...after), depth })
    for (const ms of after) plan({ at: at + ms, vantage, endpoint, plan: depth })
  }

  function forget(vantage: string, endpoint: WatchedEndpoint): void {
    const others = planned.filter(
      (entry) =>
        entry.plan === 'throughput' || entry.vantage !== vantage || entry.endpoint.id !== endpoint.id,
    )
    planned.splice(0, planned.length, ...others)
  }

  function plan(entry: Planned): void {
    const before = planned.findLastIndex(({ at }) => at <= entry.at)
    planned.splice(before + 1, 0, entry)
  }

  return {
    series,
    timeAgain: (vantage, endpoint, at) => plan({ at, vantage, endpoint, plan: 'throughput' }),
    take(at) {
      const later = planned.findIndex((entry) => entry.at > at)
      const count = later === -1 ? planned.length : later
      return count === 0 ? NONE : planned.splice(0, count)
    },
    shift(byMs) {
      for (const entry of planned) entry.at += byMs
      underWay.clear()
    },
    nextAt: () => planned[0]?.at ?? Infinity,
  }
}
