/**
 * lines: how fast bytes come over a simulated line, as plan `throughput` would find it, without sockets: years of it in seconds.
 *
 *     line (evenings, drifting) ─┬─ path to the service ─ its site, or one edge of it ─┬─► rates of one measurement
 *                                └─ path to the neutral host ──────────────────────────┘
 *
 * Logs of speeds drift: what is slow now is likely slow in a minute, and no longer in an hour. What a filter throttles by name it throttles
 * wherever that name is said. The shapes are assumed, from what is written of lines and content networks; no line of any country was measured.
 */
import type { Rates, Speed } from '../../src/model/rates.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/model/time.ts'

/** Something that is the matter for a while; ms on the clock of the measurements. */
export interface LineEpisode {
  readonly from: number
  readonly to: number
  readonly kind:
    /** the name is policed to `bytesPerSecond` */
    | 'throttled'
    /** the site is slow for everyone */
    | 'slow-site'
    /** the way to it, or the edge of it that this network is sent to, is slow */
    | 'slow-path'
    /** so is the way to the neutral host */
    | 'slow-neutral'
    /** the neutral host does not answer */
    | 'no-neutral'
  readonly bytesPerSecond: number
}

/** What is fixed about a line and what is timed over it. */
export interface LineShape {
  /** at night, bytes per second */
  readonly capacity: number
  /** of that, what is left on an average evening */
  readonly eveningShare: number
  /** of the way to the service alone, what is left on an average evening; 1 = it is no busier than others */
  readonly pathEveningShare: number
  /** the service itself serves enough bytes to be timed */
  readonly ownBytes: boolean
  /** servers let others' names be said to them, so that a slow name can be told from a slow server */
  readonly namesAllowed: boolean
  readonly hasControl: boolean
}

/** Dushanbe */
const ZONE_MS = 5 * HOUR_MS
/** How fast a server far away gives one connection its bytes. */
const SITE = 2_500_000
const NEUTRAL = 1_800_000
const CONTROL_LINE = 12_000_000
/** How wide the log of a speed is, from measurement to measurement and drifting, and how long it remembers. */
const MEASUREMENT_WIDTH = 0.3
const DRIFT_WIDTH = 0.45
const DRIFT_MS = 15 * MINUTE_MS
/** Evenings differ from each other. */
const EVENING_WIDTH = 0.5
const HANDSHAKE_MS = 180
/** as in probe/: from here on it looks closer */
const SUSPICIOUS_RATIO = 0.35

/** A line that is timed again and again, at times that only grow. */
export interface Line {
  /** What one measurement comes to; `controlled`: with the control's beside it. */
  time(at: number): Rates
}

export function openLine(shape: LineShape, episodes: readonly LineEpisode[], random: () => number): Line {
  const drift = { line: 0, service: 0, neutral: 0 }
  let driftedAt: number | null = null
  let evening = { day: -1, line: 0, path: 0 }

  function move(at: number): void {
    const keep = driftedAt === null ? 0 : Math.exp(-(at - driftedAt) / DRIFT_MS)
    driftedAt = at
    for (const key of ['line', 'service', 'neutral'] as const)
      drift[key] = drift[key] * keep + DRIFT_WIDTH * Math.sqrt(1 - keep * keep) * normal(random)
    const day = Math.floor((at + ZONE_MS) / DAY_MS)
    if (day !== evening.day)
      evening = { day, line: EVENING_WIDTH * normal(random), path: EVENING_WIDTH * normal(random) }
  }

  function spellsAt(at: number): ReadonlyMap<LineEpisode['kind'], number> {
    return new Map(
      episodes.filter(({ from, to }) => from <= at && at < to).map((s) => [s.kind, s.bytesPerSecond]),
    )
  }

  /** One transfer: the narrowest place on the way decides. */
  function transfer(at: number, to: 'service' | 'neutral', named: boolean): number {
    const now = spellsAt(at)
    const busy = busyness(at)
    const share = Math.exp(busy * (Math.log(shape.eveningShare) + evening.line))
    const line = shape.capacity * Math.min(1, share) * Math.exp(drift.line)
    const pathShare = Math.exp(
      busy * (Math.log(shape.pathEveningShare) + (shape.pathEveningShare < 1 ? evening.path : 0)),
    )
    const path =
      to === 'service'
        ? Math.min(SITE * pathShare, now.get('slow-site') ?? Infinity, now.get('slow-path') ?? Infinity)
        : Math.min(NEUTRAL, now.get('slow-neutral') ?? Infinity)
    const policed = named ? (now.get('throttled') ?? Infinity) : Infinity
    const noise = Math.exp(MEASUREMENT_WIDTH * normal(random))
    // A policer is exact: what it lets through does not drift.
    return Math.max(
      50,
      Math.min(policed * (0.95 + 0.1 * random()), line * noise, path * Math.exp(drift[to]) * noise),
    )
  }

  return {
    time(at) {
      move(at)
      const now = spellsAt(at)
      const neutral = now.has('no-neutral') ? null : transfer(at, 'neutral', false)
      const atNeutral = () => transfer(at, 'neutral', true)
      const own = shape.ownBytes ? transfer(at, 'service', true) : null
      const mayName = shape.namesAllowed && neutral !== null
      const standIn = own === null && mayName ? atNeutral() : null
      const target = own ?? standIn
      if (target === null)
        return { target: null, neutral: speed(neutral), control: null, controlNeutral: null, byName: null }
      const isFar = neutral !== null && target < SUSPICIOUS_RATIO * neutral
      const byName =
        standIn !== null
          ? standIn / neutral!
          : isFar && mayName
            ? Math.sqrt((atNeutral() / neutral) * (target / transfer(at, 'service', false)))
            : null
      const slow = neutral === null || isFar
      const control = slow && shape.hasControl ? controlSpeeds(now, own !== null) : null
      return {
        target: speed(target),
        neutral: speed(neutral),
        control: speed(control?.target ?? null),
        controlNeutral: speed(control?.neutral ?? null),
        byName,
      }
    },
  }

  function controlSpeeds(now: ReadonlyMap<LineEpisode['kind'], number>, own: boolean) {
    const width = () => Math.exp(MEASUREMENT_WIDTH * normal(random))
    const site = Math.min(SITE, now.get('slow-site') ?? Infinity)
    return {
      target: Math.min(CONTROL_LINE, own ? site : NEUTRAL) * width(),
      neutral: now.has('no-neutral') ? null : NEUTRAL * width(),
    }
  }
}

/** 0 at night to 1 around nine in the evening. */
function busyness(at: number): number {
  const hour = ((at + ZONE_MS) % DAY_MS) / HOUR_MS
  return Math.max(0, 1 - Math.abs(hour - 21) / 4)
}

function speed(bytesPerSecond: number | null): Speed | null {
  return bytesPerSecond === null
    ? null
    : { bytesPerSecond: Math.round(bytesPerSecond), handshakeMs: HANDSHAKE_MS }
}

/** Box and Muller's. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
