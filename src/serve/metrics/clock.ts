/** clock: how far this machine's clock is off, by sites that are well. The median of the last few is not moved by one server whose clock is wrong. */
import { skewIn } from '../../model/clock-skew.ts'
import type { Measurement } from '../../model/measurement.ts'
import { median } from '../../model/statistics.ts'
import { MINUTE_MS } from '../../model/time.ts'
import type { LiveGauge } from './live.ts'

const REMEMBERED = 15
/** Fewer say nothing. */
const NEEDED = 3
const STALE_MS = 30 * MINUTE_MS

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
    observe({ startedAt, observations }: Measurement): void {
      for (const seen of observations) {
        if (seen.layer !== 'http') continue
        const skewMs = skewIn(seen, startedAt)
        if (skewMs === null) continue
        samples.push({ at: startedAt, skewMs })
        samples = samples.slice(-REMEMBERED)
        return
      }
    },
  }
}
