/**
 * confirmations: probes of what is doubtful, repeated soon. Pure.
 *
 * doubt -> a series of offsets, one series at a time for an endpoint of a vantage -> taken as their time comes
 */
import type { ProbeCommand, WatchedEndpoint } from './types.ts'

/** One probe to come. */
export interface Planned {
  /** Unix ms */
  at: number
  readonly vantage: string
  readonly endpoint: WatchedEndpoint
  readonly plan: 'heartbeat' | 'throughput'
}

export interface Confirmations {
  /** Plans a series, unless one is under way. */
  readonly series: (vantage: string, endpoint: WatchedEndpoint, at: number) => void
  /** Plans one more timing of bytes. */
  readonly timeAgain: (vantage: string, endpoint: WatchedEndpoint, at: number) => void
  /** Hands over what has come due. */
  readonly take: (at: number) => readonly Planned[]
  /** A probe of a series is over, whatever came of it. */
  readonly ended: (vantage: string, endpoint: string) => void
  /** Moves everything in time: the clock was set back. */
  readonly shift: (byMs: number) => void
  /** Unix ms; Infinity = nothing is planned */
  readonly nextAt: () => number
}

/** A series whose probes were never answered is over so long after its last one: longer than any probe takes. */
const GIVE_UP_MS = 120_000
const NONE: readonly Planned[] = []

/** @param offsets asked each time, since a new configuration may change them */
export function createConfirmations(offsets: () => readonly number[]): Confirmations {
  /** by time */
  const planned: Planned[] = []
  const underWay = new Map<string, { left: number; untilAt: number }>()

  function plan(entry: Planned): void {
    const before = planned.findLastIndex(({ at }) => at <= entry.at)
    planned.splice(before + 1, 0, entry)
  }

  return {
    series(vantage, endpoint, at) {
      const key = `${vantage} ${endpoint.id}`
      const last = underWay.get(key)
      if (last !== undefined && last.left > 0 && at < last.untilAt) return
      const after = offsets()
      underWay.set(key, { left: after.length, untilAt: at + Math.max(0, ...after) + GIVE_UP_MS })
      for (const ms of after) plan({ at: at + ms, vantage, endpoint, plan: 'heartbeat' })
    },
    timeAgain: (vantage, endpoint, at) => plan({ at, vantage, endpoint, plan: 'throughput' }),
    take(at) {
      const later = planned.findIndex((entry) => entry.at > at)
      const count = later === -1 ? planned.length : later
      return count === 0 ? NONE : planned.splice(0, count)
    },
    ended(vantage, endpoint) {
      const series = underWay.get(`${vantage} ${endpoint}`)
      if (series !== undefined) series.left -= 1
    },
    shift(byMs) {
      for (const entry of planned) entry.at += byMs
      underWay.clear()
    },
    nextAt: () => planned[0]?.at ?? Infinity,
  }
}

/** Whether a probe belongs to a series. */
export function isOfSeries({ purpose, plan }: ProbeCommand): boolean {
  return purpose === 'confirm' && (plan === 'heartbeat' || plan === 'full')
}
