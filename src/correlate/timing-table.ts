/**
 * timing-table: what a lag says, for thousands of shifts of the same pairs of windows.
 *
 * Widths and lags are taken to six minutes, far finer than nearly anything is dated. So pairs whose windows are alike share one
 * table, which is filled as it is asked; pairs too few to fill a table are computed as they come, from the same rounded figures.
 */
import { lagDensity } from './lag.ts'
import { timingOf } from './rank.ts'
import type { CorrelateSettings } from './settings.ts'

const TICKS_PER_HOUR = 10

/** A function from the lag between the middles of two windows, in hours, to `timingOf`; 0 beyond the horizon. */
export type Timing = (lag: number) => number

/** A window that stays as wide wherever it is moved to. Hours. */
interface Moved {
  readonly width: number
}

/** One function for each onset and event. @param asked how often each pair will be asked, about */
export function timingsOf(
  onsets: readonly Moved[],
  events: readonly (Moved & { readonly scheduled: boolean })[],
  asked: number,
  lambda: number,
  settings: CorrelateSettings,
): Timing[][] {
  const keyOf = (onset: Moved, { width, scheduled }: (typeof events)[number]) =>
    `${ticks(onset.width)} ${ticks(width)} ${scheduled}`
  const pairs = new Map<string, number>()
  for (const onset of onsets) {
    for (const event of events) pairs.set(keyOf(onset, event), (pairs.get(keyOf(onset, event)) ?? 0) + 1)
  }
  const density = lagDensity(settings)
  const timings = new Map<string, Timing>()

  function make(onsetWidth: number, eventWidth: number, scheduled: boolean, asks: number): Timing {
    const half = (onsetWidth + eventWidth) / 2
    const reach = settings.horizonHours + half
    const at = (tick: number) => {
      const lag = tick / TICKS_PER_HOUR
      if (Math.abs(lag) > reach) return 0
      const parts = density({ leastLag: lag - half, onsetWidth, eventWidth }, scheduled)
      return timingOf(parts, lambda, scheduled, settings)
    }
    const edge = Math.ceil(reach * TICKS_PER_HOUR)
    if (asks < 2 * edge) return (lag) => at(ticks(lag))
    const table = new Float64Array(2 * edge + 1).fill(NaN)
    return (lag) => {
      const tick = ticks(lag)
      if (tick < -edge || tick > edge) return 0
      const known = table[tick + edge]!
      return Number.isNaN(known) ? (table[tick + edge] = at(tick)) : known
    }
  }

  return onsets.map((onset) =>
    events.map((event) => {
      const key = keyOf(onset, event)
      const made = timings.get(key)
      if (made !== undefined) return made
      const [onsetWidth, eventWidth] = [ticks(onset.width), ticks(event.width)]
      const asks = pairs.get(key)! * asked
      const timing = make(onsetWidth / TICKS_PER_HOUR, eventWidth / TICKS_PER_HOUR, event.scheduled, asks)
      timings.set(key, timing)
      return timing
    }),
  )
}

function ticks(hours: number): number {
  return Math.round(hours * TICKS_PER_HOUR)
}
