/**
 * state-series: what held over a period, as a row of cells of equal length.
 *
 * The gravest thing that held anywhere in a cell fills it: a short outage is never lost. Where nobody could tell is never fine.
 */
import type { StateInterval } from '../model/history.ts'
import type { State } from '../model/outage.ts'

/** `partly`: fine whenever it was measured, but not measured all of the time. `null`: nothing is recorded. */
export type Cell = State | 'partly' | null

/** Closed below, open above; Unix ms. */
export interface Period {
  readonly fromAt: number
  readonly untilAt: number
}

/** The gravest first. */
export const OUTAGES = ['blocked', 'shutdown', 'throttled', 'unreachable', 'down', 'offline'] as const

/**
 * @param now where intervals that still hold end
 * @returns as many cells as asked for
 */
export function cellsOf(
  intervals: readonly StateInterval[],
  { fromAt, untilAt }: Period,
  cells: number,
  now: number,
): Cell[] {
  const lengthMs = (untilAt - fromAt) / cells
  return Array.from({ length: cells }, (_, i) => {
    const cell = { fromAt: fromAt + i * lengthMs, untilAt: fromAt + (i + 1) * lengthMs }
    return fill(spent(intervals, cell, now), Math.min(cell.untilAt, now) - cell.fromAt)
  })
}

function fill(times: ReadonlyMap<State, number>, lengthMs: number): Cell {
  const gravest = OUTAGES.find((state) => times.has(state))
  if (gravest !== undefined) return gravest
  const okMs = times.get('ok') ?? 0
  // a hundredth is what rounding to whole milliseconds and measurements under way may leave open
  if (okMs > 0) return okMs >= lengthMs * 0.99 ? 'ok' : 'partly'
  return times.has('insufficient') ? 'insufficient' : null
}

/** How long each state held within a period, in ms; what overlaps within one state counts once. States that did not hold are missing. */
export function spent(
  intervals: readonly StateInterval[],
  { fromAt, untilAt }: Period,
  now: number,
): Map<State, number> {
  const times = new Map<State, number>()
  for (const [state, ofState] of Map.groupBy(intervals, ({ state }) => state)) {
    const ms = lengthOf(
      ofState.map((interval) => ({
        fromAt: Math.max(interval.fromAt, fromAt),
        untilAt: Math.min(interval.untilAt ?? now, untilAt),
      })),
    )
    if (ms > 0) times.set(state, ms)
  }
  return times
}

/** The length of what periods cover together, in ms. Those that end before they begin cover nothing. */
export function lengthOf(periods: readonly Period[]): number {
  let ms = 0
  let reached = -Infinity
  for (const { fromAt, untilAt } of [...periods].sort((a, b) => a.fromAt - b.fromAt)) {
    ms += Math.max(0, untilAt - Math.max(fromAt, reached))
    reached = Math.max(reached, untilAt)
  }
  return ms
}
