/** Made-up records whose truth is known: events, blocks, and which block which event caused. Same seed, same world. */
import type { ReportedIncident } from '../../src/model/incident.ts'
import type { TriggerEvent } from '../../src/model/event.ts'
import { anEvent, anIncident } from './builders.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const FROM = Date.UTC(2015, 0, 1)
const UNTIL = Date.UTC(2020, 0, 1)

export interface World {
  readonly events: readonly TriggerEvent[]
  readonly incidents: readonly ReportedIncident[]
  /** incident id -> the event that caused it; the others have no cause */
  readonly causes: ReadonlyMap<string, string>
  readonly record: { readonly fromAt: number; readonly untilAt: number }
}

/** What lags are drawn from. */
export interface TrueLag {
  readonly medianHours: number
  readonly sigma: number
  readonly shareBefore: number
  readonly shareBeforeScheduled: number
}

/** Five years with `share` of the blocks caused by events. */
export function makeWorld(seed: number, share: number, lag: TrueLag): World {
  const random = mulberry32(seed)
  const between = (low: number, high: number) => low + random() * (high - low)
  const moment = () => between(FROM, UNTIL)
  const events = Array.from({ length: Math.floor(between(8, 50)) }, (_, i) => {
    const scheduled = random() < 0.1
    return {
      at: moment(),
      event: (at: number) => anEvent({ id: `e${i}`, scheduled, at: blur(at, random) }),
      scheduled,
    }
  })
  const causes = new Map<string, string>()
  const incidents = Array.from({ length: Math.floor(between(20, 60)) }, (_, i) => {
    const id = `i${i}`
    let at = moment()
    if (random() < share) {
      const k = Math.floor(random() * events.length)
      const { at: eventAt, scheduled } = events[k]!
      const sign = random() < (scheduled ? lag.shareBeforeScheduled : lag.shareBefore) ? -1 : 1
      at = eventAt + sign * HOUR * lag.medianHours * Math.exp(lag.sigma * normal(random))
      causes.set(id, `e${k}`)
    }
    return anIncident({ id, onset: blur(at, random) })
  })
  return {
    events: events.map(({ at, event }) => event(at)),
    incidents,
    causes,
    record: { fromAt: FROM - DAY, untilAt: UNTIL + DAY },
  }
}

/** A window that holds a moment somewhere, as wide as sources make it: known to the minute, a part of a day, a day, a few days. */
function blur(at: number, random: () => number): { earliestAt: number; latestAt: number } {
  const width = [60_000, 6 * HOUR, DAY, DAY, 3 * DAY][Math.floor(random() * 5)]!
  const earliestAt = Math.round(at - random() * width)
  return { earliestAt, latestAt: earliestAt + width }
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** A small seeded generator, uniform on [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
