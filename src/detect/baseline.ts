/**
 * baseline: how fast an endpoint's bytes usually come at this hour, from the vantage's own last seven days.
 *
 * Kept small: of each hour of the day the median of each of the last seven days on which it was looked at, as a logarithm. Hours are
 * UTC's: what matters is that the same hour comes back every day.
 */
import { median } from '../model/statistics.ts'
import { HOUR_MS } from '../model/time.ts'
import type { Baseline } from './state.ts'

/** What is usual, and how far from it is still usual. */
export interface Usual {
  readonly median: number
  /** median absolute deviation */
  readonly mad: number
}

const DAYS = 7
/** With fewer days nobody knows what is usual. */
const LEAST_DAYS = 3
/** What was seen in one hour, at most; confirmations beyond it say nothing new. */
const MOST_IN_AN_HOUR = 24
/** A baseline of before this is no baseline. */
const STALE_DAYS = 28

export function newBaseline(): Baseline {
  return { hours: {}, openHour: 0, open: [] }
}

/** Adds one transfer that was not throttled, in place. @param at Unix ms */
export function learnRate(baseline: Baseline, bytesPerSecond: number, at: number): void {
  const hour = Math.floor(at / HOUR_MS)
  if (hour < baseline.openHour) return
  if (hour > baseline.openHour) {
    closeHour(baseline)
    baseline.openHour = hour
    baseline.open = []
  }
  if (baseline.open.length < MOST_IN_AN_HOUR) baseline.open.push(round(Math.log(Math.max(1, bytesPerSecond))))
}

/** What is usual around this hour of the day, the hours before and after it included; `null` = not known yet. */
export function usualAt(baseline: Baseline, at: number): Usual | null {
  const hour = Math.floor(at / HOUR_MS)
  const today = Math.floor(hour / 24)
  const seen = [hour - 1, hour, hour + 1].flatMap((each) => baseline.hours[hourOfDay(each)] ?? [])
  const recent = seen.filter(([day]) => today - day <= STALE_DAYS)
  if (new Set(recent.map(([day]) => day)).size < LEAST_DAYS) return null
  const medians = recent.map(([, median]) => median)
  const usual = median(medians)
  return { median: usual, mad: median(medians.map((median) => Math.abs(median - usual))) }
}

/** After the clock was set back: hours that lie ahead are none, in place. */
export function forgetHoursAfter(baseline: Baseline, now: number): void {
  const hour = Math.floor(now / HOUR_MS)
  if (baseline.openHour > hour) Object.assign(baseline, { openHour: hour, open: [] })
  const today = Math.floor(hour / 24)
  for (const [key, days] of Object.entries(baseline.hours))
    baseline.hours[key] = days.filter(([day]) => day <= today)
}

function closeHour({ hours, openHour, open }: Baseline): void {
  if (open.length === 0) return
  const days = (hours[hourOfDay(openHour)] ??= [])
  days.push([Math.floor(openHour / 24), round(median(open))])
  if (days.length > DAYS) days.shift()
}

function hourOfDay(hour: number): string {
  return String(((hour % 24) + 24) % 24)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
