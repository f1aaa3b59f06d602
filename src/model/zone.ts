/** Moments as the clocks of one time zone show them, and back. */
import { MINUTE_MS, SECOND_MS } from './time.ts'

/** Whether this machine knows a time zone of that IANA name. */
export function isTimeZone(zone: string): boolean {
  try {
    return wallClock(0, zone) !== ''
  } catch {
    return false
  }
}

/** `2015-05-28 10:00` on the clocks of a zone. */
export function showAt(at: number, zone: string): string {
  return wallClock(at, zone).slice(0, 16).replace('T', ' ')
}

/**
 * The first moment a date or time of a zone stands for.
 *
 * @param local `2015-05`, `2015-05-28` or `2015-05-28T15:00`
 * @returns Unix ms; NaN when it is none
 */
export function atOf(local: string, zone: string): number {
  const asUtc = Date.parse(
    `${local}${local.length === 7 ? '-01' : ''}${local.includes('T') ? '' : 'T00:00'}Z`,
  )
  if (Number.isNaN(asUtc)) return NaN
  // once more from where that led: the offset may change on that very day
  const near = asUtc - offsetMs(asUtc, zone)
  return asUtc - offsetMs(near, zone)
}

/** `+05:00`: how far the clocks of a zone are ahead of UTC then. */
export function showOffset(at: number, zone: string): string {
  if (Number.isNaN(at)) return ''
  const minutes = Math.round(offsetMs(at, zone) / MINUTE_MS)
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

/** How far the clocks of a zone are ahead of UTC. */
function offsetMs(at: number, zone: string): number {
  const second = Math.floor(at / SECOND_MS) * SECOND_MS
  return Date.parse(`${wallClock(second, zone)}Z`) - second
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** `2015-05-28T10:00:00` on the clocks of a zone. */
export function wallClock(at: number, zone: string): string {
  const clock = clocks.get(zone) ?? newClock(zone)
  clocks.set(zone, clock)
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type)!
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`
}

function newClock(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
}
