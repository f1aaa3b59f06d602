/** Windows of time as people write them. */
import type { Window } from '../../model/event.ts'
import type { Incident } from '../../model/incident.ts'
import { DAY_MS } from '../../model/time.ts'
import { atOf, showAt, wallClock } from '../../model/zone.ts'

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
