/** An outage documented by others (press, platforms, civil society), not measured by us. */
import type { Confidence, Dating, Source } from './event.ts'

export const REPORT_MODES = ['service-block', 'regional-shutdown', 'domain-takedown'] as const
/**
 * `service-block`: services gone, the rest works. `regional-shutdown`: all of the internet gone in a region.
 * `domain-takedown`: a name gone for the whole world.
 */
export type ReportMode = (typeof REPORT_MODES)[number]

/** One reported outage. */
export interface Report {
  readonly id: string
  /** reports of one episode are one observation, not several */
  readonly episode: string
  readonly mode: ReportMode
  readonly services: readonly string[]
  /** what else was hit: domains, or the sources' words for them */
  readonly otherTargets: readonly string[]
  readonly onset: Dating
  /** open ends stay open: `latestAt` `null` = nobody says it ended */
  readonly end: Dating
  /** IANA name of the zone the times were stated in */
  readonly timeZone: string
  /** ISO 3166-1 alpha-2 */
  readonly country: string
  /** ISO 3166-2 codes; empty = the whole country */
  readonly regions: readonly string[]
  /** which providers, in the sources' words; empty = not stated */
  readonly isps: readonly string[]
  readonly reportedBy: string
  /** who is said to have done it, and what they say of it; `null` when nobody is named */
  readonly attribution: string | null
  /** the event a source, or where the notes say so a hypothesis, names as its trigger */
  readonly documentedTrigger: string | null
  /** the same for what its end followed */
  readonly documentedRelease: string | null
  readonly confidence: Confidence
  readonly sources: readonly Source[]
  readonly notes: string | null
}

/** The reports that were gathered, and the stretch of time that was searched for them. */
export interface ReportRecord {
  /** Unix ms: from here on, to there, an outage or event would have been looked for */
  readonly fromAt: number
  readonly untilAt: number
  readonly reports: readonly Report[]
}
