/** How moments look outside: ISO 8601 in UTC, `null` for what is not known. */
import type { Window } from '../model/event.ts'

export type IsoWindow = readonly [string | null, string | null]

export function isoOf(at: number): string
export function isoOf(at: number | null): string | null
export function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

export function isoWindow({ earliestAt, latestAt }: Window): IsoWindow {
  return [isoOf(earliestAt), isoOf(latestAt)]
}
