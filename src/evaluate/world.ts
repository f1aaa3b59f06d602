/**
 * world: what befalls the simulated networks, drawn before the clock starts.
 *
 * A spell is a stretch of time in which something is the matter at one vantage: the whole of it, its resolver, or the way to
 * one service. Truth for the score as well as weather for the measurements.
 */
import type { Mechanism } from '../model/verdict.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.ts'
import type { LineFault } from './line-faults.ts'
import { between, every, exponential, pick, type Random } from './random.ts'

export const WEEK = 7 * DAY_MS

/** The simulated clock starts here: 2015-05-01, a Friday. Unix ms */
export const START = Date.UTC(2015, 4, 1)

export type Episode = LineFault | OtherEpisode

type OtherEpisode = { readonly from: number; readonly to: number } & (
  | { readonly kind: 'offline' }
  /** the vantage's resolver answers SERVFAIL or not at all */
  | { readonly kind: 'stall' }
  /** the whole line loses packets for a moment: the bad state of a Gilbert-Elliott line */
  | { readonly kind: 'burst'; readonly loss: number }
  /** the way to one service loses packets */
  | { readonly kind: 'lossy'; readonly service: string; readonly loss: number }
  /** the way to one service is gone: silence, or a router that says so */
  | { readonly kind: 'fault'; readonly service: string; readonly says: boolean }
  /** the site is gone for everybody: maintenance, or its content network */
  | { readonly kind: 'down'; readonly service: string; readonly says: boolean }
  /** the site's own front cuts this share of handshakes, wherever they come from */
  | { readonly kind: 'flaky'; readonly service: string; readonly share: number }
  | {
      readonly kind: 'block'
      readonly service: string
      /** one endpoint of it only; absent = all */
      readonly endpoint?: string
      readonly mechanism: Mechanism
      readonly together: boolean
      /** share of the measurements it hits: censors leak, or know only some of the addresses; absent = all */
      readonly share?: number
    }
)

/** Mechanisms that answer on a heartbeat. */
export const ANSWERING: readonly Mechanism[] = [
  'dns.nxdomain',
  'dns.bogus',
  'dns.refused',
  'tcp.reset',
  'tcp.refused',
  'tls.sni-reset',
  'tls.sni-eof',
  'tls.mitm',
]
/** Mechanisms that say nothing. */
export const SILENT: readonly Mechanism[] = ['dns.timeout', 'tcp.timeout', 'tls.sni-timeout']
/** Mechanisms only a measurement that goes up to HTTP can see. */
export const HTTP: readonly Mechanism[] = ['http.blockpage', 'http.reset']
/** Answers a fault gives as well. */
export const WEAK: readonly Mechanism[] = ['dns.servfail', 'tcp.unreachable']

/** The ills of an uncensored network, each at its own rate. @param often how many times as often as in an ordinary week */
export function faults(
  random: Random,
  services: readonly string[],
  spanMs: number,
  often: number,
): Episode[] {
  const week = WEEK / often
  return [
    ...every(random, week, spanMs, (from): Episode => ({ kind: 'offline', from, to: from + HOUR_MS })),
    ...every(random, week / 2, spanMs, (from): Episode => {
      return { kind: 'stall', from, to: from + between(random, 30 * SECOND_MS, 5 * MINUTE_MS) }
    }),
    ...every(random, week, spanMs, (from): Episode => {
      return {
        kind: 'lossy',
        service: services[0]!,
        loss: 0.4,
        from,
        to: from + between(random, 2 * HOUR_MS, 6 * HOUR_MS),
      }
    }),
    ...every(random, week, spanMs, (from): Episode => {
      const to = from + exponential(random, MINUTE_MS)
      return { kind: 'fault', service: pick(random, services), says: random() < 0.25, from, to }
    }),
  ]
}

/** The spells of one vantage by time. Asked with times that only grow, but for a minute. */
export interface LineState {
  /** Spells that touch the dozen seconds after `at`, which is what a measurement mostly takes at the longest. */
  readonly near: (at: number) => readonly Episode[]
}

const REACH_MS = 40 * SECOND_MS
const MEASUREMENT_MS = 12 * SECOND_MS
const CALM: readonly Episode[] = []

export function lineStateOf(episodes: readonly Episode[]): LineState {
  const sorted = [...episodes].sort((a, b) => a.from - b.from)
  let next = 0
  let active: Episode[] = []
  let recheckAt = 0
  return {
    near(at) {
      if (at >= recheckAt) {
        while (next < sorted.length && sorted[next]!.from <= at + 2 * REACH_MS) active.push(sorted[next++]!)
        active = active.filter(({ to }) => to > at - REACH_MS)
        recheckAt = at + REACH_MS
      }
      if (active.length === 0) return CALM
      return active.some(({ from, to }) => from < at + MEASUREMENT_MS && to > at) ? active : CALM
    },
  }
}
