/** stated: the window that a date stands for, as finely as it is stated and where it was stated. */
import type { ClosedWindow, Window } from './event.ts'
import { HOUR_MS, SECOND_MS } from './time.ts'
import { atOf, showOffset } from './zone.ts'

export interface StatedWindow extends ClosedWindow {
  /** in full, with the offset that a time was read with */
  readonly stated: string
  readonly precision: 'year' | 'month' | 'day' | 'hour'
}

const STATED = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):\d{2}(Z|[+-]\d{2}:\d{2})?)?)?)?$/

/**
 * All of the year, month, day or hour. Its last moment is its last second, as the record writes windows (`18:59:59Z`, ends included).
 *
 * A time is taken for its hour: sources seldom mean the minute.
 *
 * @param stated as `Dating.stated`; a time without offset is one of the zone
 * @param zone IANA name
 * @returns `null` when it is not a date
 */
export function statedWindow(stated: string, zone: string): StatedWindow | null {
  const [, year, month, day, hour, offset] = STATED.exec(stated) ?? []
  if (year === undefined) return null
  const window = (precision: StatedWindow['precision'], text: string, earliestAt: number, endAt: number) =>
    Number.isNaN(earliestAt) || Number.isNaN(endAt)
      ? null
      : { stated: text, precision, earliestAt, latestAt: endAt - SECOND_MS }
  if (hour !== undefined) {
    const full = offset === undefined ? `${stated}${showOffset(atOf(stated, zone), zone)}` : stated
    const earliestAt = Date.parse(full.replace(/T(\d{2}):\d{2}/, 'T$1:00'))
    return window('hour', full, earliestAt, earliestAt + HOUR_MS)
  }
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)]
  if (day !== undefined) return window('day', stated, atOf(stated, zone), startOf(y, m, d + 1, zone))
  if (month !== undefined) return window('month', stated, atOf(stated, zone), startOf(y, m + 1, 1, zone))
  return window('year', stated, startOf(y, 1, 1, zone), startOf(y + 1, 1, 1, zone))
}

/** Whether two windows have a moment in common; what is open on a side reaches as far as one likes. */
export function overlap(a: Window, b: Window): boolean {
  const reaches = (window: Window, other: Window) =>
    window.earliestAt === null || other.latestAt === null || window.earliestAt <= other.latestAt
  return reaches(a, b) && reaches(b, a)
}

/** The first moment of a day in a zone; months and days past the last run on into the next. */
function startOf(year: number, month: number, day: number, zone: string): number {
  return atOf(new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10), zone)
}
