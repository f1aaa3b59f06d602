/**
 * live: gauges that are read at scrape time, so that what Prometheus sees is what `/api/v1/status` says at that moment.
 *
 *     sources ── once per scrape ─► Seen ─► every live gauge ─► lines of text
 *
 * Declared as data, and never kept: of what is no longer watched nothing is left to forget.
 */
import type { Ranking } from '../../model/correlation.ts'
import type { MeasuredIncident } from '../../model/incident.ts'
import type { Outage, ServiceStatus } from '../../model/outage.ts'
import type { EndpointRole } from '../../model/service.ts'
import type { Health, Vantage } from '../../model/vantage.ts'

/** A service as it is watched now, with the endpoints in force. */
export interface WatchedService {
  readonly id: string
  readonly endpoints: readonly { readonly id: string; readonly role: EndpointRole }[]
}

export type WatchedVantage = Pick<Vantage, 'id' | 'role' | 'country' | 'asn' | 'isp' | 'route'>

/** An incident that is not over, with what it may have followed. */
export interface OpenIncident {
  readonly incident: Pick<MeasuredIncident, 'id' | 'country' | 'onset'>
  readonly ranking: Pick<Ranking, 'candidates' | 'none'>
}

/** An outage that is not over, and the incident it belongs to. */
export interface OpenOutage {
  readonly outage: Outage
  readonly incident: string | null
}

/** The newest timed bytes of one service from one vantage. */
export interface SpeedSeen {
  readonly service: string
  readonly vantage: string
  readonly bytesPerSecond: number
  /** divided by what they are compared with; `null` = there was nothing to compare with */
  readonly compared: {
    readonly neutral: number | null
    readonly control: number | null
    readonly baseline: number | null
  }
}

export interface StoreFacts {
  readonly bytes: number
  readonly walBytes: number
  /** room left on the disk; `null` = the system does not say */
  readonly freeBytes: number | null
  readonly queued: number
  readonly dropped: number
  readonly lastCommitMs: number
  /** the last commit did not go through */
  readonly failing: boolean
}

/** What is read afresh at each scrape, each once. Must be quick: it runs on the main thread. */
export interface MetricSources {
  readonly now: () => number
  readonly status: () => readonly ServiceStatus[]
  readonly services: () => readonly WatchedService[]
  readonly vantages: () => readonly (WatchedVantage & {
    readonly health: Health
    readonly blockedCanaries: readonly string[]
  })[]
  /** services on heightened watch, and until when (Unix ms) */
  readonly heightened: () => ReadonlyMap<string, number>
  readonly outages: () => readonly OpenOutage[]
  /** bytes timed lately */
  readonly speeds: () => readonly SpeedSeen[]
  readonly incidents: () => readonly OpenIncident[]
  readonly titles: () => ReadonlyMap<string, string>
  /** probes the schedule has under way, and those it has waiting */
  readonly load: () => { readonly inFlight: number; readonly waiting: number }
  readonly store: () => StoreFacts
  /** share of the last minute in which some program of this machine waited for a processor; `null` = not known */
  readonly cpuPressure: () => number | null
}

/** One look at the sources. */
export type Seen = { readonly [Key in keyof MetricSources]: ReturnType<MetricSources[Key]> }

/** Writes one series; label values in the order of `labelNames`. */
export type Put = (value: number, ...labels: readonly string[]) => void

export interface LiveGauge {
  readonly name: string
  /** what only grows and begins at 0 with the process is a counter, and its name ends in `_total` */
  readonly type?: 'counter'
  readonly help: string
  readonly labelNames: readonly string[]
  readonly read: (put: Put, seen: Seen) => void
}

/** Asks every source once. */
export function see(sources: MetricSources): Seen {
  const answers = Object.entries(sources).map(([key, ask]: [string, () => unknown]) => [key, ask()])
  return Object.fromEntries(answers) as Seen
}

/** One series per state it may be in, 1 for the one it is in: no number stands for a word. */
export function putStates<State extends string>(
  put: Put,
  states: readonly State[],
  now: State,
  ...labels: readonly string[]
): void {
  for (const state of states) put(state === now ? 1 : 0, ...labels, state)
}
