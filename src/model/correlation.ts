/** How well documented events explain the onset of an incident, each number shown so that a reader can check the sum. */
import type { TriggerEvent, Window } from './event.ts'
import type { EvidenceKind, MeasuredIncident } from './incident.ts'

/** One incident x one event. */
export interface Correlation {
  readonly event: string
  /** the least and the most hours from event to onset that both windows allow; negative = the outage came first */
  readonly lagHours: readonly [number, number]
  /** expected lag density over both windows, per hour */
  readonly density: number
  /** candidate events of the country per hour, over the record */
  readonly lambda: number
  /** density / lambda */
  readonly bayesFactor: number
  /** above 1 when services, outlets or region agree, below when they differ */
  readonly relevance: number
  /**
   * bayesFactor x relevance; never above 1 where a window is too wide to time anything. Of an unplanned event, that the outage
   * may have come first counts `shareBefore` x relevance at most.
   */
  readonly weight: number
  /** weight / (weight of none + weights of all candidates) */
  readonly posterior: number
  /** a source names it as the trigger; plays no part in any number here */
  readonly documented: boolean
  /** plain sentences behind relevance and weight */
  readonly reasons: readonly string[]
}

/** The candidates of one incident, the likeliest first. All posteriors and `none` add up to 1. */
export interface Ranking {
  readonly incident: string
  readonly kind: EvidenceKind
  readonly onset: Window
  readonly candidates: readonly Correlation[]
  readonly noneWeight: number
  /** posterior of "none of them"; `null` when the onset is open, so that nothing can be said */
  readonly none: number | null
  /** events that sources name, candidates or not */
  readonly documentedTriggers: readonly string[]
}

/** An incident with what it may have followed. */
export interface RankedIncident {
  readonly incident: MeasuredIncident
  readonly ranking: Ranking
  /** the likeliest candidate if it is likelier than none of them */
  readonly likeliest: {
    readonly event: TriggerEvent
    readonly posterior: number
    readonly lagHours: readonly [number, number]
  } | null
}

/** Whether onsets follow events more often than chance has it, over the record. */
export interface Significance {
  readonly kind: EvidenceKind
  /** incidents that took part: their onset is known finely enough */
  readonly incidents: number
  /** incidents of this kind left out, because it is not, or lies outside the record */
  readonly leftOut: number
  /** candidate events that took part */
  readonly events: number
  /** incidents whose candidates together are likelier than none of them */
  readonly observed: number
  /** how many there would be by chance: the mean over all shifts */
  readonly expected: number
  /** share of shifts that do at least as well, the record itself counted among them */
  readonly p: number
  readonly shifts: number
  /** observed / expected; `null` when nothing is expected */
  readonly rateRatio: number | null
  /** exact Poisson interval of the rate ratio; `null` likewise */
  readonly interval: readonly [number, number] | null
  /** coverage of the interval */
  readonly level: number
  /** what must be said on the same page */
  readonly caveat: string
}
