/** Units of time, and times as people write them, turned into Unix ms. */
import { AppError } from './error.ts'

export const SECOND_MS = 1000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

const UNITS_MS = { s: SECOND_MS, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS } as const

/** Start of the hour UTC that holds a moment: the grain of counts, of retention and of baselines. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS
}

/**
 * Reads an ISO 8601 date or time (UTC unless it says otherwise), or a span back from now such as `90m`, `24h`, `7d`.
 *
 * @param option the name of the option, for `field` of the error
 * @throws AppError `usage` when it is neither
 */
export function parseTime(text: string, option: string, now: number): number {
  const span = /^(\d{1,6})([smhdw])$/.exec(text)
  if (span !== null) return now - Number(span[1]) * UNITS_MS[span[2] as keyof typeof UNITS_MS]
  const at = momentOf(text)
  if (at !== null) return at
  throw new AppError(
    'usage',
    `'${text}' is not a time: write 2015-05-23, 2015-05-23T10:00:00Z, or a span back from now such as 24h or 7d`,
    { field: option },
  )
}

/** Unix ms of an ISO 8601 date or time, UTC unless it says otherwise; `null` when it is none. */
export function momentOf(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(T(?!24)\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return null
  const at = Date.parse(/T.*[Z+-]/.test(text.slice(10)) || !text.includes('T') ? text : `${text}Z`)
  return Number.isNaN(at) || !dayExists(text) ? null : at
}

/** `20150519T084500Z`: a moment as ids hold it, to the second. They are stored and public, so this never changes. */
export function compactTime(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')
}

/** Reads a length of time such as `30s`, `5m` or `1h`, in ms. @throws AppError `usage` when it is none, or nothing */
export function parseLength(text: string, option: string): number {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  const ms = count === undefined ? 0 : Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]
  if (ms > 0) return ms
  throw new AppError('usage', `'${text}' is not a length of time: write 30s, 5m or 1h`, { field: option })
}

/** Whether there is such a day in the calendar: `Date` takes 30 February for 2 March. @param text begins with `2015-02-30` */
export function dayExists(text: string): boolean {
  const [year, month, day] = text.slice(0, 10).split('-').map(Number)
  return new Date(Date.UTC(year!, month! - 1, day)).getUTCDate() === day
}
