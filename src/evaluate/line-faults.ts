/**
 * line-faults: what lines, resolvers, boxes and edges have that no censor made, and that looks like one. Each at least monthly a vantage.
 *
 * A fault hits whatever it hits alike, canaries too: which of them, and how it shows there, is all that is said here. What it means is
 * for judge/ to say.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.ts'
import type { Sight } from './mechanisms.ts'
import { between, every, exponential, pick, type Random } from './random.ts'

/** What is probed, as far as faults tell it apart. */
export interface Met {
  /** `null` = a canary */
  readonly service: string | null
  readonly canary?: string
  /** over TLS, on port 443 */
  readonly secure: boolean
  readonly abroad: boolean
}

/** A time during which a fault stands. */
export interface LineFault {
  readonly kind: 'line-fault'
  readonly fault: FaultName
  readonly seen: Sight
  /** of one service only; absent = of the line */
  readonly service?: string
  readonly canary?: string
  /** share of the probes that it hits */
  readonly share: number
  /** ms since the start of the world */
  readonly from: number
  readonly to: number
}

interface Kind {
  readonly seen: readonly Sight[]
  readonly hits: (met: Met, fault: LineFault) => boolean
  /** each probe is hit in one of these ways, by chance; else all are in the same */
  readonly mixed?: true
  /** whoever is reached through the same line has it too, whatever its port and names */
  readonly shared?: true
  /** share of the probes hit; absent = all */
  readonly share?: readonly [least: number, most: number]
  readonly of?: 'service' | 'canary'
}

const everything = () => true
const overTls = ({ secure }: Met): boolean => secure
const itsService = (met: Met, { service }: LineFault): boolean => met.service === service
const fromAbroad = ({ abroad }: Met): boolean => abroad

const KINDS = {
  'resolver dead': {
    seen: ['dns.timeout', 'dns.servfail', 'dns.nxdomain', 'dns.refused'],
    hits: everything,
  },
  'names abroad gone': { seen: ['dns.servfail', 'dns.timeout'], hits: fromAbroad },
  'large packets lost': { seen: ['tls.sni-timeout'], hits: overTls, shared: true },
  'large packets lost to one service': {
    seen: ['tls.sni-timeout'],
    hits: itsService,
    of: 'service',
  },
  'port 443 gone': { seen: ['tcp.timeout', 'tcp.refused', 'tls.sni-reset', 'tls.sni-eof'], hits: overTls },
  'HTTPS abroad gone': {
    seen: ['tls.sni-timeout', 'tcp.timeout'],
    hits: ({ secure, abroad }) => secure && abroad,
  },
  intercepted: { seen: ['tls.mitm'], hits: overTls },
  'edge dead': {
    seen: ['edge.refused', 'edge.timeout'],
    hits: itsService,
    of: 'service',
  },
  'sick box': {
    seen: ['tls.sni-reset', 'tcp.refused', 'tls.sni-eof'],
    hits: everything,
    share: [0.1, 0.5],
    shared: true,
  },
  'half lost to one service': {
    seen: ['tcp.timeout', 'tls.sni-timeout'],
    hits: itsService,
    of: 'service',
    share: [0.2, 0.5],
    mixed: true,
  },
  'one canary gone': {
    seen: ['tcp.timeout', 'tls.sni-reset'],
    hits: (met, { canary }) => met.canary === canary,
    of: 'canary',
  },
} as const satisfies Record<string, Kind>

export type FaultName = keyof typeof KINDS
export const FAULTS = Object.keys(KINDS) as FaultName[]

const EVERY_MS = 21 * DAY_MS

/** Faults of one vantage, each kind every three weeks: mostly minutes, some as short as 20 s, some of hours. */
export function lineFaults(
  random: Random,
  about: { readonly services: readonly string[]; readonly canaries: readonly string[] },
  spanMs: number,
): LineFault[] {
  return FAULTS.flatMap((fault) => {
    const kind: Kind = KINDS[fault]
    return every(random, EVERY_MS, spanMs, (from): LineFault => {
      const lastsMs = Math.min(6 * HOUR_MS, 20 * SECOND_MS + exponential(random, 25 * MINUTE_MS))
      return {
        kind: 'line-fault',
        fault,
        seen: pick(random, kind.seen),
        share: kind.share === undefined ? 1 : between(random, ...kind.share),
        ...(kind.of === 'service' && { service: pick(random, about.services) }),
        ...(kind.of === 'canary' && { canary: pick(random, about.canaries) }),
        from,
        to: from + lastsMs,
      }
    })
  })
}

/** What a probe meets of a fault, if anything: each probe of a share by its own chance. */
export function sightOf(fault: LineFault, met: Met, random: Random): Sight | null {
  const kind: Kind = KINDS[fault.fault]
  if (!kind.hits(met, fault) || (fault.share < 1 && random() >= fault.share)) return null
  return kind.mixed === true ? pick(random, kind.seen) : fault.seen
}

/** Whether a control that is reached over the line has the fault too. */
export function isShared({ fault }: LineFault): boolean {
  const kind: Kind = KINDS[fault]
  return kind.shared === true
}

/** A clock that is set, forward or back, by seconds to two hours. */
export interface ClockStep {
  /** ms since the start of the world */
  readonly at: number
  readonly byMs: number
}

/** Clock steps of the machine, about every month. */
export function clockSteps(random: Random, spanMs: number): ClockStep[] {
  return every(random, EVERY_MS, spanMs, (at): ClockStep => {
    const byMs = Math.round(2 * SECOND_MS * 3600 ** random())
    return { at, byMs: random() < 0.5 ? byMs : -byMs }
  })
}
