/** How moments look outside: ISO 8601 in UTC, `null` for what is not known. */
import type { Window } from '../model/event.ts'

export type IsoWindow = readonly [string | null, string | null]

/** To the millisecond: moments that were measured. */
export function isoOf(at: number): string
export function isoOf(at: number | null): string | null
export function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** To the second, as the files of events and reports write a moment; milliseconds only where there are any, so that none is lost. */
export function isoSecond(at: number | null): string | null {
  return isoOf(at)?.replace('.000Z', 'Z') ?? null
}

/** [earliest, latest], to the millisecond. */
export function isoWindow({ earliestAt, latestAt }: Window): IsoWindow {
  return [isoOf(earliestAt), isoOf(latestAt)]
}
