/** Outages, measured or reported, that belong together. */
import type { Window } from './event.ts'
import type { Cause } from './outage.ts'
import type { ReportMode } from './report.ts'
import type { Mechanism } from './verdict.ts'

/** Never mixed: `measured` by us, or `reported` by others. */
export type EvidenceKind = 'measured' | 'reported'

interface Common {
  /** made from its earliest member when first seen, and kept from then on */
  readonly id: string
  /** ISO 3166-1 alpha-2 */
  readonly country: string
  /** where its first member began; open = that is not known */
  readonly onset: Window
  /** where its last member ended; `latestAt` `null` = not over, or nobody says so */
  readonly end: Window
  /** service ids, sorted; empty when the outside world as a whole was gone */
  readonly services: readonly string[]
  /** outage or report ids, the earliest first */
  readonly members: readonly string[]
}

export interface MeasuredIncident extends Common {
  readonly kind: 'measured'
  /** affected, sorted: k */
  readonly vantages: readonly string[]
  /** probe vantages there are in the country: n */
  readonly vantagesWatched: number
  readonly asns: readonly number[]
  readonly causes: readonly Cause[]
  readonly mechanisms: readonly Mechanism[]
}

export interface ReportedIncident extends Common {
  readonly kind: 'reported'
  readonly episode: string
  /** ISO 3166-2 codes; empty = the whole country */
  readonly regions: readonly string[]
  readonly otherTargets: readonly string[]
  readonly modes: readonly ReportMode[]
  readonly isps: readonly string[]
  /** events that sources name as its trigger: shown beside the numbers, never evidence in them */
  readonly documentedTriggers: readonly string[]
  readonly documentedReleases: readonly string[]
}

export type Incident = MeasuredIncident | ReportedIncident

/**
 * What became of an incident when the outages under it changed.
 *
 * `merged`: `incident` went on and took in `others`, which are no more. `split`: `others` are new and took members from
 * `incident`. `gone`: no member is left.
 */
export interface IncidentChange {
  readonly kind: 'opened' | 'changed' | 'merged' | 'split' | 'gone'
  readonly incident: string
  readonly others: readonly string[]
}

/** Incidents as they now stand, and what is new about them. */
export interface Grouped<I extends Incident> {
  readonly incidents: readonly I[]
  readonly changes: readonly IncidentChange[]
}
