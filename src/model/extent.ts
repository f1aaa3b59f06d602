/** extent: the span of time an incident or report is known to have touched, for search and for drawing. */
import type { Window } from './event.ts'
import type { EvidenceKind } from './incident.ts'

/** Sorts before everything that has a date. */
export const UNDATED_AT = -8_640_000_000_000_000

/** Unix ms. */
export interface Extent {
  /** UNDATED_AT when nobody says */
  readonly startAt: number
  /** `null` = it is not over */
  readonly untilAt: number | null
}

/**
 * From the earliest moment it may have begun to the latest it may have ended.
 *
 * A measured one without an end is not over. A reported one without an end reaches as far as reports speak of it and no further:
 * that nobody wrote of an end does not make it last.
 */
export function extentOf(kind: EvidenceKind, onset: Window, end: Window): Extent {
  const startAt = onset.earliestAt ?? onset.latestAt
  if (end.latestAt !== null)
    return { startAt: startAt ?? end.earliestAt ?? end.latestAt, untilAt: end.latestAt }
  if (kind === 'measured') return { startAt: startAt ?? UNDATED_AT, untilAt: null }
  const last = Math.max(end.earliestAt ?? UNDATED_AT, onset.latestAt ?? UNDATED_AT, startAt ?? UNDATED_AT)
  return { startAt: startAt ?? end.earliestAt ?? UNDATED_AT, untilAt: last }
}
