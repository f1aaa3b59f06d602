/**
 * world: what befalls the simulated networks, drawn before the clock starts.
 *
 * A spell is a stretch of time in which something is the matter at one vantage: the whole of it, its resolver, or the way to
 * one service. Truth for the score as well as weather for the looks.
 */
import type { Mechanism } from '../model/verdict.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.ts'
import { between, exponential, pick, type Random } from './random.ts'

export const WEEK = 7 * DAY_MS

/** The simulated clock starts here: 2015-05-01, a Friday. Unix ms */
export const START = Date.UTC(2015, 4, 1)

export type Spell = { readonly from: number; readonly to: number } & (
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
      /** share of the looks it hits: censors leak, or know only some of the addresses; absent = all */
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
/** Mechanisms only a look that goes up to HTTP can see. */
export const HTTP: readonly Mechanism[] = ['http.blockpage', 'http.reset']
/** Answers a fault gives as well. */
export const WEAK: readonly Mechanism[] = ['dns.servfail', 'tcp.unreachable']

/** The ills of an uncensored network, each at its own rate. @param often how many times as often as in an ordinary week */
export function ills(random: Random, services: readonly string[], spanMs: number, often: number): Spell[] {
  const week = WEEK / often
  return [
    ...every(random, week, spanMs, (from): Spell => ({ kind: 'offline', from, to: from + HOUR_MS })),
    ...every(random, week / 2, spanMs, (from): Spell => {
      return { kind: 'stall', from, to: from + between(random, 30 * SECOND_MS, 5 * MINUTE_MS) }
    }),
    ...every(random, week, spanMs, (from): Spell => {
      return {
        kind: 'lossy',
        service: services[0]!,
        loss: 0.4,
        from,
        to: from + between(random, 2 * HOUR_MS, 6 * HOUR_MS),
      }
    }),
    ...every(random, week, spanMs, (from): Spell => {
      const to = from + exponential(random, MINUTE_MS)
      return { kind: 'fault', service: pick(random, services), says: random() < 0.25, from, to }
    }),
  ]
}

/** Made at moments that follow an exponential law, up to a span. */
export function every<T>(random: Random, meanMs: number, spanMs: number, make: (from: number) => T): T[] {
  const made: T[] = []
  for (let from = exponential(random, meanMs); from < spanMs; from += exponential(random, meanMs))
    made.push(make(from))
  return made
}

/** The spells of one vantage by time. Asked with times that only grow, but for a minute. */
export interface Weather {
  /** Spells that touch the dozen seconds after `at`, which is what a look mostly takes at the longest. */
  readonly near: (at: number) => readonly Spell[]
}

const REACH_MS = 40 * SECOND_MS
const LOOK_MS = 12 * SECOND_MS
const CALM: readonly Spell[] = []

export function weatherOf(spells: readonly Spell[]): Weather {
  const sorted = [...spells].sort((a, b) => a.from - b.from)
  let next = 0
  let active: Spell[] = []
  let recheckAt = 0
  return {
    near(at) {
      if (at >= recheckAt) {
        while (next < sorted.length && sorted[next]!.from <= at + 2 * REACH_MS) active.push(sorted[next++]!)
        active = active.filter(({ to }) => to > at - REACH_MS)
        recheckAt = at + REACH_MS
      }
      if (active.length === 0) return CALM
      return active.some(({ from, to }) => from < at + LOOK_MS && to > at) ? active : CALM
    },
  }
}
