/**
 * throughput: years of timed bytes over simulated lines (lines.ts), every measurement folded by detect/ itself, as the schedule would
 * bring them: every five minutes, and again soon while in doubt.
 */
import { newDetector } from '../../src/detect/detector.ts'
import { foldMeasurement } from '../../src/detect/fold.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { type LineShape, type LineEpisode, openLine } from './lines.ts'
import type { Outage } from '../../src/model/outage.ts'
import { between, exponential, pick, seeded, type Random } from '../../src/evaluate/random.ts'
import { createJudge } from '../../src/evaluate/facts.ts'
import { WEEK } from '../../src/evaluate/world.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/model/time.ts'

/** What a measurement is judged to mean whose vantage is not known to be well: nothing. */
const CANNOT_SAY = createJudge()(
  { failed: { layer: 'tcp', failure: 'connection_reset' }, http: false, control: null },
  'unknown',
)

const ROUND_MS = 5 * MINUTE_MS
const AGAIN_MS = 10 * SECOND_MS
const START = Date.UTC(2015, 4, 1)
/** 128 kbit/s */
export const THROTTLED = 16_000
const BYTES = 131_072
const TIMEOUT_MS = 20 * SECOND_MS

export interface ThroughputScenario {
  readonly shape: LineShape
  readonly spanMs: number
  /** a spell of throttling once in this time, of a few hours; `null` = none at all */
  readonly throttledEveryMs: number | null
  readonly seed: number
}

export interface ThroughputResult {
  readonly looks: number
  /** called throttled while nobody throttled */
  readonly falsely: readonly Outage[]
  readonly episodes: readonly FoundSpell[]
}

export interface FoundSpell {
  /** while it began, what it is compared with was slow too, or gone */
  readonly masked: boolean
  /** ms from the switch until it was known; `null` = never */
  readonly foundMs: number | null
  /** ms from its end until that was known */
  readonly overMs: number | null
}

const WATCH: Watch = {
  services: [{ id: 'youtube', endpoints: [{ id: 'youtube/video', role: 'media' }] }],
  vantages: [{ id: 'here', country: 'TJ' }],
  canaries: [],
  roundMs: 30_000,
}

/** Sites and edges with slow days, a path that is slow for hours, a neutral host that is slow or gone: each about once a week. */
function troubles(random: Random, spanMs: number): LineEpisode[] {
  const every = (kind: LineEpisode['kind'], meanMs: number, shortest: number, longest: number) => {
    const made: LineEpisode[] = []
    for (let from = exponential(random, meanMs); from < spanMs; from += exponential(random, meanMs)) {
      const to = from + between(random, shortest, longest)
      made.push({ kind, from: START + from, to: START + to, bytesPerSecond: between(random, 4_000, 60_000) })
    }
    return made
  }
  return [
    ...every('slow-site', WEEK, HOUR_MS, DAY_MS),
    ...every('slow-path', WEEK, 5 * MINUTE_MS, 6 * HOUR_MS),
    ...every('slow-neutral', WEEK, HOUR_MS, DAY_MS),
    ...every('no-neutral', WEEK, HOUR_MS, 12 * HOUR_MS),
  ]
}

/** Spells of two to eight hours that begin between six in the morning and four; the first after a week, when it is known what is usual. */
function throttling(random: Random, spanMs: number, everyMs: number | null): LineEpisode[] {
  const made: LineEpisode[] = []
  if (everyMs === null) return made
  for (let from = WEEK; from + everyMs < spanMs; from += everyMs) {
    const day = Math.floor((from + between(random, 0, everyMs / 2)) / DAY_MS) * DAY_MS
    const begins = START + day + between(random, HOUR_MS, 11 * HOUR_MS)
    const ends = begins + between(random, 2 * HOUR_MS, 8 * HOUR_MS)
    made.push({ kind: 'throttled', from: begins, to: ends, bytesPerSecond: THROTTLED })
  }
  return made
}

export function simulateThroughput({
  shape,
  spanMs,
  throttledEveryMs,
  seed,
}: ThroughputScenario): ThroughputResult {
  const random = seeded(seed)
  const episodes = throttling(random, spanMs, throttledEveryMs)
  const ills = troubles(random, spanMs)
  const line = openLine(shape, [...ills, ...episodes], random)
  const masks = ills.filter(({ kind }) => kind !== 'slow-path')
  const detector = newDetector()
  const falsely: Outage[] = []
  const found = new Map<LineEpisode, number>()
  const over = new Map<LineEpisode, number>()
  let measurements = 0
  /** @returns when to look again, or `null` */
  function measureOnce(at: number): number | null {
    const rates = line.time(at)
    measurements += 1
    const { target, neutral } = rates
    const takes = [target, neutral].map((s) =>
      s === null ? 0 : Math.min(TIMEOUT_MS, (BYTES / s.bytesPerSecond) * SECOND_MS),
    )
    const endedAt = Math.ceil(at + SECOND_MS + takes[0]! + takes[1]!)
    const { changes, suspicious } = foldMeasurement(
      detector,
      {
        id: `m${measurements}`,
        service: 'youtube',
        endpoint: 'youtube/video',
        role: 'media',
        vantage: 'here',
        startedAt: at,
        endedAt,
        sawHttp: false,
        plan: 'throughput',
        verdict: CANNOT_SAY,
        rates,
      },
      WATCH,
      DEFAULTS,
    )
    for (const { kind, outage } of changes) {
      const episode = episodes.find(({ from, to }) => from <= endedAt && endedAt < to + ROUND_MS)
      if (kind !== 'closed') {
        if (episode === undefined) falsely.push(outage)
        else if (!found.has(episode)) found.set(episode, endedAt - episode.from)
      } else {
        const last = episodes.findLast(({ to }) => to <= endedAt)
        if (last !== undefined && found.has(last) && !over.has(last)) over.set(last, endedAt - last.to)
      }
    }
    const again = suspicious[0]?.slow?.again
    return again === undefined ? null : endedAt + AGAIN_MS * 2 ** again
  }
  let pending: number | null = null
  const phase = between(random, 0, ROUND_MS)
  for (let at = Math.floor(START + phase); at < START + spanMs; at += ROUND_MS) {
    while (pending !== null && pending < at) pending = measureOnce(pending)
    pending = measureOnce(at) ?? pending
  }
  return {
    looks: measurements,
    falsely,
    episodes: episodes.map((episode) => ({
      masked: masks.some(({ from, to }) => from < episode.from + 15 * MINUTE_MS && episode.from < to),
      foundMs: found.get(episode) ?? null,
      overMs: over.get(episode) ?? null,
    })),
  }
}

/** Ten lines, from a poor one to a good one; a control for half of them, and hosts with too few bytes for a third. */
export function tenLines(
  spanMs: number,
  throttledEveryMs: number | null,
  seed: number,
): ThroughputScenario[] {
  const random = seeded(seed)
  return Array.from({ length: 10 }, (_, i) => ({
    spanMs,
    throttledEveryMs,
    seed: seed * 100 + i,
    shape: {
      capacity: pick(random, [150_000, 400_000, 1_000_000, 4_000_000]),
      eveningShare: pick(random, [0.08, 0.2, 0.5]),
      pathEveningShare: i % 3 === 0 ? 0.04 : 1,
      ownBytes: i % 3 !== 1,
      namesAllowed: true,
      hasControl: i % 2 === 0,
    },
  }))
}
