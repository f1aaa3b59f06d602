/** Windows of time as people write them, and what a time as sources state it stands for. */
import type { Window } from '../../model/event.ts'
import type { Incident } from '../../model/incident.ts'
import { atOf, showAt, showOffset, wallClock } from './zone.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/**
 * A window as short as it can be said: `2015-05-28` for all of that day, `2015-05` for all of that month, `2015-05-23 to 2015-05-30`,
 * `2015-05-28 10:00 to 14:00`. A side that nobody knows is said to be open.
 */
export function showWindow({ earliestAt, latestAt }: Window, zone: string): string {
  if (earliestAt === null)
    return latestAt === null ? 'not known' : `not after ${showEdge(latestAt, zone, 'last')}`
  if (latestAt === null) return `not before ${showEdge(earliestAt, zone, 'first')}`
  const first = showEdge(earliestAt, zone, 'first')
  const last = showEdge(latestAt, zone, 'last')
  const bothDays = first.length === 10 && last.length === 10
  if (bothDays && first === last) return first
  if (bothDays && isMonth(first, latestAt, zone)) return first.slice(0, 7)
  if (bothDays) return `${first} to ${last}`
  const [from, until] = [showAt(earliestAt, zone), showAt(latestAt, zone)]
  if (from === until) return from
  return from.slice(0, 10) === until.slice(0, 10) ? `${from} to ${until.slice(11)}` : `${from} to ${until}`
}

export function isUndated({ earliestAt, latestAt }: Window): boolean {
  return earliestAt === null && latestAt === null
}

/** When something ended: an end nobody reported is not known, an end nobody measured is still to come. */
export function showEnd({ kind, end }: Pick<Incident, 'kind' | 'end'>, zone: string): string {
  if (end.latestAt === null && kind === 'measured') return 'not over'
  return showWindow(end, zone)
}

/** A day alone when the moment is where that day begins or ends; windows of whole days then read as such. */
function showEdge(at: number, zone: string, side: 'first' | 'last'): string {
  const clock = wallClock(at, zone)
  const whole = side === 'first' ? clock.slice(11, 19) === '00:00:00' : clock.slice(11, 19) === '23:59:59'
  return whole ? clock.slice(0, 10) : showAt(at, zone)
}

function isMonth(first: string, latestAt: number, zone: string): boolean {
  const next = wallClock(latestAt + 1000, zone)
  return first.endsWith('-01') && next.slice(8, 10) === '01' && latestAt - atOf(first, zone) < 32 * DAY_MS
}

/**
 * The window a stated time stands for: the whole month, the whole day, or the hour.
 *
 * @param stated as in `Dating.stated`; a time without offset is one of the zone
 * @returns with the stated time in full; `null` when it is too coarse or no time at all
 */
export function windowOf(
  stated: string,
  zone: string,
): {
  readonly stated: string
  readonly precision: 'month' | 'day' | 'hour'
  readonly earliestAt: number
  readonly latestAt: number
} | null {
  const parts = /^(\d{4}-\d{2})(-\d{2})?(?:T(\d{2}):\d{2}(Z|[+-]\d{2}:\d{2})?)?$/.exec(stated)
  if (parts === null) return null
  const [, month, day, hour, offset] = parts
  if (day === undefined) {
    if (hour !== undefined) return null
    const earliestAt = atOf(month!, zone)
    return closed(stated, 'month', earliestAt, atOf(nextMonth(month!), zone))
  }
  if (hour === undefined) {
    const earliestAt = atOf(stated, zone)
    return closed(stated, 'day', earliestAt, atOf(nextDay(stated), zone))
  }
  const full = offset === undefined ? `${stated}${showOffset(atOf(stated, zone), zone)}` : stated
  const earliestAt = Date.parse(full.replace(/T(\d{2}):\d{2}/, 'T$1:00'))
  return closed(full, 'hour', earliestAt, earliestAt + HOUR_MS)
}

function closed(stated: string, precision: 'month' | 'day' | 'hour', earliestAt: number, endAt: number) {
  const latestAt = endAt - 1000
  return Number.isNaN(earliestAt) || Number.isNaN(latestAt)
    ? null
    : { stated, precision, earliestAt, latestAt }
}

function nextMonth(month: string): string {
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5))]
  return number === 12 ? `${year + 1}-01` : `${month.slice(0, 4)}-${String(number + 1).padStart(2, '0')}`
}

function nextDay(day: string): string {
  const at = Date.parse(`${day}T00:00Z`)
  return Number.isNaN(at) ? day : new Date(at + DAY_MS).toISOString().slice(0, 10)
}
