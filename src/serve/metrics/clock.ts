/**
 * clock: how far this machine's clock is off, by the Date header of sites that are well.
 *
 *     D ≤ their clock < D + 1 s     somewhere between our question and the end of the answer
 *
 * so one answer tells the skew to within half of what it took plus half a second. An answer that took long tells little and is
 * left out, as is one that a cache kept (Age). The median of the last few is not moved by one server whose clock is wrong.
 */
import type { HttpObservation, Measurement } from '../../model/measurement.ts'
import { MINUTE_MS } from '../../model/time.ts'
import type { LiveGauge } from './live.ts'

const REMEMBERED = 15
/** Fewer say nothing. */
const NEEDED = 3
const STALE_MS = 30 * MINUTE_MS
const SLOW_MS = 5_000

export function clockSkew() {
  let samples: { readonly at: number; readonly skewMs: number }[] = []

  const gauge: LiveGauge = {
    name: 'didbon_clock_skew_seconds',
    help: 'Clock of this machine minus that of international canaries and controls, accurate to about a second; absent when not known',
    labelNames: [],
    read(put, { now }) {
      const fresh = samples.filter(({ at }) => Math.abs(now - at) < STALE_MS)
      if (fresh.length >= NEEDED) put(median(fresh.map(({ skewMs }) => skewMs)) / 1000)
    },
  }

  return {
    gauge,

    /** @param measurement of an international canary that answered as it should, or of a control */
    heard({ startedAt, observations }: Measurement): void {
      for (const seen of observations) {
        if (seen.layer !== 'http' || seen.failure !== null) continue
        const skewMs = skewIn(seen, startedAt)
        if (skewMs === null) continue
        samples.push({ at: startedAt, skewMs })
        samples = samples.slice(-REMEMBERED)
        return
      }
    },
  }
}

function skewIn({ headers, startedMs, durationMs }: HttpObservation, startedAt: number): number | null {
  const header = (name: string) => headers.find(([key]) => key === name)?.[1]
  if (durationMs > SLOW_MS || Number(header('age') ?? 0) !== 0) return null
  const saidAt = Date.parse(header('date') ?? '')
  if (Number.isNaN(saidAt)) return null
  return startedAt + startedMs + durationMs / 2 - (saidAt + 500)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2
}
