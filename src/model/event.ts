/** Something documented that happened, that an outage may have followed: a video, a rally, an order. */

/** A stretch of time something lies in. Unix ms, UTC; `null` = open on that side, both `null` = undated. */
export interface Window {
  readonly earliestAt: number | null
  readonly latestAt: number | null
}

/** A window closed on both sides: what can be computed with. */
export interface ClosedWindow extends Window {
  readonly earliestAt: number
  readonly latestAt: number
}

export function isClosed(window: Window): window is ClosedWindow {
  return window.earliestAt !== null && window.latestAt !== null
}

export const EVENT_KINDS = [
  'video-release',
  'news-publication',
  'official-statement',
  'legal-order',
  'protest',
  'protest-call',
  'armed-clash',
  'killing',
  'defection',
  'election',
  'state-occasion',
  'anniversary',
  'infrastructure-change',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

export const EVENT_ROLES = ['trigger', 'release', 'mechanism', 'context'] as const
/**
 * `trigger`: an outage may follow it; the only role that takes part in correlation. `release`: a lifting may follow it.
 * `mechanism`: says how blocks are made. `context`: neither.
 */
export type EventRole = (typeof EVENT_ROLES)[number]

export const PRECISIONS = ['hour', 'part-of-day', 'day', 'month'] as const
/** How finely the sources state a time. */
export type Precision = (typeof PRECISIONS)[number]

export const CONFIDENCES = ['high', 'medium', 'low'] as const
/** `high`: independent sources of the time agree. `medium`: one good source. `low`: the year or the link is inferred. */
export type Confidence = (typeof CONFIDENCES)[number]

/** Where a fact comes from. It has a date or an address, or nobody could look it up. */
export interface Source {
  readonly title: string
  readonly publisher: string
  /** `2015`, `2015-05` or `2015-05-28`: as far as the source itself says */
  readonly date: string | null
  readonly url: string | null
}

/** A time as sources state it, and the window to compute with. */
export interface Dating extends Window {
  /** ISO 8601 as far as known: `2015-05`, `2015-05-28`, `2014-10-10T15:00+05:00`; `null` when nobody says */
  readonly stated: string | null
  readonly precision: Precision | null
}

/** One documented event. Called TriggerEvent because `Event` is the platform's. */
export interface TriggerEvent {
  /** stable for ever: reports link to it */
  readonly id: string
  readonly title: string
  readonly kind: EventKind
  readonly role: EventRole
  /** when it began */
  readonly at: Dating
  /** when it ended, as stated; `null` for what has no length, or none known */
  readonly lastedUntil: string | null
  /** IANA name of the zone the times were stated in */
  readonly timeZone: string
  /** known in advance, so that an outage may come before it */
  readonly scheduled: boolean
  /** ISO 3166-1 alpha-2 */
  readonly country: string
  /** ISO 3166-2 codes of where it took place; empty = the whole country, or no place */
  readonly regions: readonly string[]
  /** services it was published on, spread through or concerns, by its own description; never inferred from what was blocked */
  readonly services: readonly string[]
  /** the same for sites that are not watched, by domain */
  readonly otherTargets: readonly string[]
  readonly confidence: Confidence
  readonly sources: readonly Source[]
  readonly notes: string | null
}
