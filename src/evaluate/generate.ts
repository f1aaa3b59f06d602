/**
 * generate: seeded worlds with everything in them that looks like a block, and blocks of every kind.
 *
 * A lossy line with bursts (Gilbert-Elliott) and an evening peak; resolvers that stall, paths that break or lose 40 %, vantages that
 * go offline; sites under maintenance, content networks that fail, fronts that cut a share of all handshakes. And censors: by every
 * mechanism, for ten minutes to a day, on all measurements or on 30, 50 or 70 % of them, on some addresses, on one asset host, on one
 * network or on all at once.
 */
import type { Watch } from '../detect/settings.ts'
import type { EndpointRole } from '../model/service.ts'
import { DIAGNOSE_TIMES } from '../model/diagnosis-times.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.ts'
import type { Truth } from './alarms.ts'
import type { DiagnoseTimes } from '../watch/types.ts'
import { type ClockStep, clockSteps, lineFaults } from './line-faults.ts'
import { between, every, exponential, pick, type Random, seeded } from './random.ts'
import { ANSWERING, HTTP, faults, SILENT, type Episode, START, WEAK, WEEK } from './world.ts'

export interface WorldOptions {
  readonly seed: number
  /** vantage-years, over all vantages */
  readonly years: number
  readonly vantages: number
  readonly heartbeatS: number
  /** share of packets lost when nothing is the matter */
  readonly loss: number
  /** whether lines, resolvers, edges, clocks and controls have faults of their own too, see line-faults.ts */
  readonly faults: boolean
}

export const WORLD_DEFAULTS: WorldOptions = {
  seed: 1,
  years: 1,
  vantages: 5,
  heartbeatS: 30,
  loss: 0.01,
  faults: false,
}

export interface World {
  readonly watch: Watch
  readonly episodes: readonly (readonly Episode[])[]
  readonly spanMs: number
  readonly loss: number
  readonly load: (hour: number) => number
  readonly truth: readonly Truth[]
  readonly controlSharesFromMs?: number
  readonly clockSteps?: readonly ClockStep[]
  readonly diagnose?: DiagnoseTimes
}

/** Draws a world. The same options give the same one. */
export function generateWorld({
  seed,
  years,
  vantages,
  heartbeatS,
  loss,
  faults: isFaulty,
}: WorldOptions): World {
  const random = seeded(seed)
  const watch = watchOf(vantages, heartbeatS * SECOND_MS, isFaulty ? CANARIES : PLAIN_CANARIES)
  const spanMs = Math.round((years * 365 * DAY_MS) / vantages)
  const services = watch.services.map(({ id }) => id)
  const sites = services.flatMap((service) => siteTroubles(random, service, spanMs))
  const blocks = blocksOf(random, watch, spanMs)
  // Drawn apart: the rest of the world stays as it is without them.
  const more = seeded(seed + FAULT_SEED)
  const canaries = watch.canaries.map(({ id }) => id)
  const episodes = watch.vantages.map((_, i) => [
    ...faults(random, services, spanMs, 1),
    ...bursts(random, spanMs),
    ...sites,
    ...blocks[i]!,
    ...(isFaulty ? lineFaults(more, { services, canaries }, spanMs) : []),
  ])
  return {
    watch,
    episodes,
    spanMs,
    loss,
    load,
    ...(isFaulty && {
      // A control that shares the line, for half of the time.
      controlSharesFromMs: spanMs / 2,
      clockSteps: clockSteps(more, spanMs),
      diagnose: DIAGNOSE_TIMES,
    }),
    truth: watch.vantages.flatMap(({ id }, i) => episodes[i]!.map((episode) => truthOf(episode, id, watch))),
  }
}

const FAULT_SEED = 1_000_003

/** Four services; three have a second host they cannot do without or an asset host. */
function watchOf(vantages: number, roundMs: number, canaries: Watch['canaries']): Watch {
  const service = (id: string, ...roles: EndpointRole[]) => ({
    id,
    endpoints: roles.map((role, i) => ({ id: `${id}/${i}`, role })),
  })
  return {
    services: [
      service('facebook', 'primary', 'primary', 'asset'),
      service('youtube', 'primary', 'primary', 'media'),
      service('odnoklassniki', 'primary', 'primary'),
      service('asia-plus', 'primary', 'asset'),
    ],
    vantages: Array.from({ length: vantages }, (_, i) => ({ id: `isp-${i + 1}`, country: 'TJ' })),
    canaries,
    roundMs,
  }
}

type Canaries = Watch['canaries']

function canaries(group: 'international' | 'domestic', ids: readonly string[], how: object = {}): Canaries {
  return ids.map((id) => ({ id: `canary/${id}`, group, ...how }))
}

const PLAIN_CANARIES: Canaries = [
  ...canaries('international', ['world-1', 'world-2', 'world-3']),
  ...canaries('domestic', ['home-1', 'home-2']),
]

/** As they ship: over HTTPS and in cleartext abroad, over HTTPS at home, and the neutral hosts. */
const CANARIES: Canaries = [
  ...canaries('international', ['world-1', 'world-2', 'world-3'], { secure: true }),
  ...canaries('international', ['clear-1', 'clear-2', 'clear-3'], { secure: false }),
  ...canaries('domestic', ['home-1', 'home-2'], { secure: true }),
  ...canaries('international', ['neutral-1', 'neutral-2'], { secure: true, optional: true }),
]

/** Packets lost at an hour of the day (UTC; Dushanbe is five hours on), as a multiple: three times as many at nine in the evening. */
function load(hour: number): number {
  const local = (hour + 5) % 24
  return 1 + 2 * Math.max(0, Math.cos(((local - 21) / 12) * Math.PI)) ** 2
}

/** The bad state of the line: about every 20 minutes, for about five seconds. */
function bursts(random: Random, spanMs: number): Episode[] {
  return every(random, 20 * MINUTE_MS, spanMs, (from): Episode => ({
    kind: 'burst',
    loss: between(random, 0.2, 0.5),
    from,
    to: from + exponential(random, 5 * SECOND_MS),
  }))
}

/** What befalls a site itself, and so everybody: maintenance by night, a content network that fails, a front under load. */
function siteTroubles(random: Random, service: string, spanMs: number): Episode[] {
  return [
    ...every(random, 2 * WEEK, spanMs, (from): Episode => {
      const night = Math.floor(from / DAY_MS) * DAY_MS + 21 * HOUR_MS
      return {
        kind: 'down',
        service,
        says: random() < 0.7,
        from: night,
        to: night + between(random, 20, 90) * MINUTE_MS,
      }
    }),
    ...every(random, WEEK, spanMs, (from): Episode => {
      return {
        kind: 'down',
        service,
        says: random() < 0.3,
        from,
        to: from + exponential(random, 4 * MINUTE_MS),
      }
    }),
    ...every(random, 8 * WEEK, spanMs, (from): Episode => {
      const share = between(random, 0.005, 0.02)
      return { kind: 'flaky', service, share, from, to: from + between(random, HOUR_MS, 3 * HOUR_MS) }
    }),
  ]
}

const WHOLE = [...ANSWERING, ...SILENT, ...HTTP, ...WEAK]

/** A block of each service every ten days or so, by turns on one network and on all. */
function blocksOf(random: Random, { services, vantages }: Watch, spanMs: number): Episode[][] {
  const blocks = vantages.map((): Episode[] => [])
  for (const { id: service, endpoints } of services) {
    const assets = endpoints.filter(({ role }) => role === 'asset')
    for (const mine of blocks) {
      // Never before the second day: what a path is like has to be learned once.
      for (let at = 2 * DAY_MS; at < spanMs - 3 * DAY_MS; at += 10 * DAY_MS) {
        const from = at + between(random, 0, 7 * DAY_MS)
        const drawnAt = random()
        const mechanism = pick(random, drawnAt < 0.45 ? WHOLE : [...ANSWERING, ...SILENT])
        if (drawnAt < 0.45) {
          const to = from + 10 * MINUTE_MS * 144 ** random()
          mine.push({ kind: 'block', service, mechanism, together: false, from, to })
        } else if (drawnAt < 0.9 || assets.length === 0) {
          const share = pick(random, [0.3, 0.5, 0.7])
          const to = from + between(random, HOUR_MS, 12 * HOUR_MS)
          mine.push({ kind: 'block', service, mechanism, together: false, share, from, to })
        } else {
          const endpoint = pick(random, assets).id
          mine.push({
            kind: 'block',
            service,
            endpoint,
            mechanism,
            together: false,
            from,
            to: from + 6 * HOUR_MS,
          })
        }
      }
    }
    // Once a quarter every network at once, each by its own means.
    for (let at = 30 * DAY_MS; at < spanMs - 3 * DAY_MS; at += 90 * DAY_MS) {
      const from = at + 8 * DAY_MS + between(random, 0, DAY_MS)
      for (const mine of blocks) {
        const mechanism = pick(random, WHOLE)
        mine.push({ kind: 'block', service, mechanism, together: true, from, to: from + 6 * HOUR_MS })
      }
    }
  }
  return blocks.map((mine) => mine.filter(({ to }) => to < spanMs - HOUR_MS))
}

function truthOf(episode: Episode, vantage: string, { services }: Watch): Truth {
  const at = { vantage, fromAt: START + Math.floor(episode.from), untilAt: START + Math.ceil(episode.to) }
  const service = 'service' in episode ? episode.service : null
  const base = { ...at, service, mechanism: null, share: 1, partial: false }
  if (episode.kind === 'block') {
    const endpoint = services
      .find(({ id }) => id === episode.service)!
      .endpoints.find(({ id }) => id === episode.endpoint)
    const partial = endpoint !== undefined && endpoint.role !== 'primary'
    return { ...base, kind: 'block', mechanism: episode.mechanism, share: episode.share ?? 1, partial }
  }
  if (episode.kind === 'line-fault') {
    const { fault } = episode
    const isTrouble = fault === 'sick box' || fault === 'one canary gone'
    return { ...base, kind: isTrouble ? 'trouble' : 'gone', fault }
  }
  const isGone = episode.kind === 'offline' || episode.kind === 'fault' || episode.kind === 'down'
  return { ...base, kind: isGone ? 'gone' : 'trouble' }
}
