/** stated: the stretch of time that a date stands for, as finely as it is stated and where it was stated. */
import type { ClosedWindow, Window } from '../model/event.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * All of the year, month, day or hour, to its last millisecond.
 *
 * A time is taken for its hour: sources seldom mean the minute.
 *
 * @param stated as `Dating.stated`
 * @param timeZone IANA name, for a day, a month or a year; a time has an offset of its own
 */
export function statedWindow(stated: string, timeZone: string): ClosedWindow {
  if (stated.includes('T')) {
    const earliestAt = Date.parse(stated.replace(/T(\d{2}):\d{2}/, 'T$1:00'))
    return { earliestAt, latestAt: earliestAt + HOUR_MS - 1 }
  }
  const [year, month, day] = stated.split('-').map(Number) as [number, number?, number?]
  const next =
    month === undefined
      ? Date.UTC(year + 1)
      : day === undefined
        ? Date.UTC(year, month)
        : Date.UTC(year, month - 1, day + 1)
  return {
    earliestAt: atOf(Date.UTC(year, (month ?? 1) - 1, day ?? 1), timeZone),
    latestAt: atOf(next, timeZone) - 1,
  }
}

/** Whether two stretches of time have a moment in common; what is open on a side reaches as far as one likes. */
export function overlap(a: Window, b: Window): boolean {
  const reaches = (one: Window, other: Window) =>
    one.earliestAt === null || other.latestAt === null || one.earliestAt <= other.latestAt
  return reaches(a, b) && reaches(b, a)
}

/** The moment at which clocks in a zone show this, given as if it were UTC. */
function atOf(clock: number, timeZone: string): number {
  const guess = clock - offsetAt(clock, timeZone)
  return clock - offsetAt(guess, timeZone)
}

function offsetAt(at: number, timeZone: string): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value
  const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})/.exec(name ?? '') ?? []
  if (sign === undefined) return 0
  return (sign === '-' ? -1 : 1) * (Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS)
}
