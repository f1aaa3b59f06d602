/**
 * pace: how fast the story can be told on this machine. Where other programs want the processor, what is timed here says more about
 * them than about the lab's censors; so the lookout's rounds, timeouts and patience are stretched, and with them the story.
 *
 *   looks since the last check ─► too slow, or on a late thread? ─► everything takes two, five, ten times as long
 */
import type { MeasurementSummary } from '../model/history.ts'
import type { Span } from './scorecard.ts'

const STRETCHES = [1, 2, 5, 10] as const

/** Nine in ten fine measurements take no longer, at a stretch of 1: three in ten of that is waiting for a second answer of the resolver. */
const FINE_MS = 600
const SHARE_WITHIN = 0.9
/** More looks than this on a late thread, of all of them. */
const LATE_SHARE = 0.1

export interface Pace {
  /** how many times as long everything takes as on a machine with time to spare */
  readonly stretch: number
  /** what was timed in vain: the machine was too busy then */
  readonly voided: readonly Span[]
  /**
   * Looks back on what was measured since it last did.
   *
   * @returns true where the machine was too busy for the pace: that time is void, and everything takes longer from now on. False also
   *   where it cannot go any slower.
   */
  slowDown(): Promise<boolean>
  /** What was measured so far tells nothing of the machine: the first measurements of a process are slow ones. */
  warm(): void
}

interface PaceParts {
  readonly looks: (span: Span) => Promise<readonly MeasurementSummary[]>
  /** makes everything take so many times as long */
  readonly apply: (stretch: number) => Promise<void>
  readonly say: (line: string) => void
  readonly now: () => number
}

/** Starts at full pace. */
export function createPace({ looks: measurements, apply, say, now }: PaceParts): Pace {
  let stretch: number = STRETCHES[0]
  let since = now()
  let warmAt = since
  const voided: Span[] = []
  return {
    get stretch() {
      return stretch
    },
    voided,
    warm() {
      warmAt = now()
    },
    async slowDown() {
      const span = { since, until: now() }
      const why = busyness(await measurements({ ...span, since: Math.max(since, warmAt) }), stretch)
      since = span.until
      if (why === null) return false
      const slower = STRETCHES.find((each) => each > stretch)
      if (slower === undefined) {
        say(`This machine is too busy even so: ${why}.`)
        return false
      }
      stretch = slower
      voided.push(span)
      await apply(stretch)
      say(`This machine is busy: ${why}. From now on everything takes ${stretch} times as long.`)
      return true
    },
  }
}

/** In what way a machine was too busy to time these. `null`: it was not, as far as they tell. */
export function busyness(measurements: readonly MeasurementSummary[], stretch: number): string | null {
  const late = measurements.filter(({ unfit }) => unfit === 'late_thread').length
  if (late > measurements.length * LATE_SHARE)
    return `${late} of ${measurements.length} probes were timed too late to count`
  const fine = measurements
    .filter(({ plan, verdict }) => plan === 'heartbeat' && verdict?.outcome === 'ok')
    .map(({ startedAt, endedAt }) => endedAt - startedAt)
    .toSorted((a, b) => a - b)
  const most = fine[Math.ceil(SHARE_WITHIN * fine.length) - 1] ?? 0
  if (most <= FINE_MS * stretch) return null
  return `one fine probe in ten takes ${(most / 1000).toFixed(1)} s or longer`
}
