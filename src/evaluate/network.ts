/**
 * network: one simulated measurement, step by step, packet by packet.
 *
 * Each try of a step goes through if nothing stands in its way at that moment and no packet of it is lost. UDP asks again
 * after 1 and 2 s, SYNs again after 1, 3 and 7 s, segments after 0.2 s doubling: a measurement times out only when all tries fail.
 */
import type { Mechanism } from '../model/verdict.ts'
import { HOUR_MS } from '../model/time.ts'
import type { Random } from './random.ts'
import { type Met, sightOf } from './line-faults.ts'
import type { Sight } from './mechanisms.ts'
import type { Episode } from './world.ts'

/** How a measurement came out: `null` = fine; else the mechanism a judge would name. */
export interface Outcome {
  readonly seen: Sight | null
  readonly durationMs: number
}

const DNS_TRIES = [0, 1000, 2000]
const DNS_TIMEOUT = 4000
const SYN_TRIES = [0, 1000, 3000, 7000]
const SEGMENT_TRIES = [0, 200, 600, 1400, 3000, 6200]
const TIMEOUT = 10_000
/** segments a handshake takes, both ways */
const SEGMENTS = 5
const LATENCY = 60

const AT_DNS = new Set<Mechanism | null>(['dns.nxdomain', 'dns.bogus', 'dns.refused', 'dns.servfail'])
const AT_TCP = new Set<Mechanism | null>(['tcp.reset', 'tcp.refused', 'tcp.unreachable'])
const AT_TLS = new Set<Mechanism | null>(['tls.sni-reset', 'tls.sni-eof', 'tls.mitm'])
const AT_HTTP = new Set<Mechanism | null>(['http.blockpage', 'http.reset'])

const SILENT_MS: Partial<Record<Sight, number>> = {
  'dns.timeout': DNS_TIMEOUT,
  'tcp.timeout': TIMEOUT,
  'edge.timeout': TIMEOUT,
  'tls.sni-timeout': TIMEOUT,
}

const FINE: Outcome = { seen: null, durationMs: 3 * LATENCY }

/** Probes one endpoint of a service, or a canary when `service` is null. @param met what faults tell apart; absent = a service's host */
export type SimulatedProbe = (
  service: string | null,
  at: number,
  http: boolean,
  episodes: readonly Episode[],
  about?: { readonly endpoint?: string; readonly met?: Met },
) => Outcome

/** A network that loses this share of packets. @param load how many times as many at an hour of the day, 0 to 23 */
export function createNetwork(
  loss: number,
  random: Random,
  load: (hour: number) => number = () => 1,
): SimulatedProbe {
  const losses = Array.from({ length: 24 }, (_, hour) => loss * load(hour))
  const odds = losses.map(calmOdds)
  return (service, at, http, episodes, { endpoint, met: target } = {}) => {
    const hour = Math.floor(at / HOUR_MS) % 24
    if (episodes.length > 0) {
      const met = target ?? { service, secure: true, abroad: true }
      for (const episode of episodes) {
        if (episode.kind !== 'line-fault' || episode.from > at || at >= episode.to) continue
        const seen = sightOf(episode, met, random)
        if (seen !== null) return { seen, durationMs: SILENT_MS[seen] ?? 2 * LATENCY }
      }
      const inTheWay = episodes.filter((episode) => isMet(episode, service, endpoint, random))
      return stepByStep({ at, http, random, ...obstaclesOf(inTheWay, losses[hour]!) })
    }
    const calm = odds[hour]!
    const drawn = random()
    if (drawn >= calm.total) return FINE
    if (drawn < calm.dns) return { seen: 'dns.timeout', durationMs: DNS_TIMEOUT }
    if (drawn < calm.dns + calm.tcp) return { seen: 'tcp.timeout', durationMs: TIMEOUT + LATENCY }
    if (drawn < calm.dns + calm.tcp + calm.tls)
      return { seen: 'tls.sni-timeout', durationMs: TIMEOUT + 2 * LATENCY }
    return { seen: null, durationMs: 3000 + 3 * LATENCY }
  }
}

/** The same law as `stepByStep` where nothing is the matter, in one draw: how often each step fails, or takes over 3 s. */
function calmOdds(loss: number): { dns: number; tcp: number; tls: number; total: number } {
  const trip = 1 - (1 - loss) ** 2
  const anySegment = (tries: number): number => 1 - (1 - loss ** tries) ** SEGMENTS
  const dns = trip ** DNS_TRIES.length
  const tcp = (1 - dns) * trip ** SYN_TRIES.length
  const tls = (1 - dns) * (1 - trip ** SYN_TRIES.length) * anySegment(SEGMENT_TRIES.length)
  const slow = trip ** 2 - trip ** SYN_TRIES.length + anySegment(4) - anySegment(SEGMENT_TRIES.length)
  return { dns, tcp, tls, total: dns + tcp + tls + slow }
}

/** A censor that leaks decides by connection, so a measurement is hit or spared as a whole. */
function isMet(
  episode: Episode,
  service: string | null,
  endpoint: string | undefined,
  random: Random,
): boolean {
  if (episode.kind === 'line-fault') return false
  if ('service' in episode && episode.service !== service) return false
  if (episode.kind !== 'block') return true
  if (episode.endpoint !== undefined && episode.endpoint !== endpoint) return false
  return episode.share === undefined || random() < episode.share
}

/** What stands in the way of one measurement, by the moment. */
function obstaclesOf(met: readonly Episode[], loss: number) {
  const find = <K extends Episode['kind']>(kind: K, when: number) =>
    met.find((s): s is Extract<Episode, { kind: K }> => s.kind === kind && s.from <= when && when < s.to)
  const burstAt = (when: number): number => Math.max(loss, find('burst', when)?.loss ?? 0)
  return {
    find,
    burstAt,
    lossAt: (when: number): number => Math.max(burstAt(when), find('lossy', when)?.loss ?? 0),
    blockedBy: (when: number): Mechanism | null => find('block', when)?.mechanism ?? null,
    isUp: (when: number, ...kinds: Episode['kind'][]): boolean =>
      find('offline', when) === undefined && kinds.every((kind) => find(kind, when) === undefined),
  }
}

interface PlainMeasurement extends ReturnType<typeof obstaclesOf> {
  readonly at: number
  readonly http: boolean
  readonly random: Random
}

function stepByStep(measurement: PlainMeasurement): Outcome {
  const { at, random, find, burstAt, blockedBy, isUp } = measurement
  const named = tries(
    DNS_TRIES,
    at,
    (when) => isUp(when, 'stall') && blockedBy(when) !== 'dns.timeout' && random() < (1 - burstAt(when)) ** 2,
  )
  if (named === null) {
    const says = find('stall', at) !== undefined && random() < 0.5
    return says
      ? { seen: 'dns.servfail', durationMs: 2000 }
      : { seen: 'dns.timeout', durationMs: DNS_TIMEOUT }
  }
  const lie = blockedBy(named)
  if (AT_DNS.has(lie)) return { seen: lie, durationMs: named - at }
  const down = find('down', named)
  if (down === undefined) return connect(measurement, named)
  return down.says
    ? { seen: 'tcp.refused', durationMs: named - at + LATENCY }
    : { seen: 'tcp.timeout', durationMs: named - at + TIMEOUT }
}

function connect(measurement: PlainMeasurement, named: number): Outcome {
  const { at, random, find, lossAt, blockedBy, isUp } = measurement
  const connected = tries(
    SYN_TRIES,
    named,
    (when) => isUp(when, 'fault') && blockedBy(when) !== 'tcp.timeout' && random() < (1 - lossAt(when)) ** 2,
  )
  if (find('fault', named)?.says === true)
    return { seen: 'tcp.unreachable', durationMs: named - at + LATENCY }
  if (connected === null) return { seen: 'tcp.timeout', durationMs: named - at + TIMEOUT }
  const cut = blockedBy(connected)
  return AT_TCP.has(cut) ? { seen: cut, durationMs: connected - at } : shakeHands(measurement, connected)
}

function shakeHands(
  { at, http, random, find, lossAt, blockedBy, isUp }: PlainMeasurement,
  connected: number,
): Outcome {
  let shaken = connected
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const through = tries(
      SEGMENT_TRIES,
      connected,
      (when) => isUp(when, 'fault') && blockedBy(when) !== 'tls.sni-timeout' && random() < 1 - lossAt(when),
    )
    if (through === null) return { seen: 'tls.sni-timeout', durationMs: connected - at + TIMEOUT }
    shaken = Math.max(shaken, through)
  }
  const flaky = find('flaky', shaken)
  if (flaky !== undefined && random() < flaky.share) return { seen: 'tls.sni-reset', durationMs: shaken - at }
  const tampered = blockedBy(shaken)
  if (AT_TLS.has(tampered)) return { seen: tampered, durationMs: shaken - at }
  const seen = http && AT_HTTP.has(tampered) ? tampered : null
  return { seen, durationMs: shaken - at + (http ? LATENCY : 0) }
}

/** Share of probes that a site itself fails at a moment, whoever asks. */
export function siteFailsAt(episodes: readonly Episode[], service: string, at: number): number {
  let share = 0
  for (const episode of episodes) {
    if (episode.from > at || at >= episode.to) continue
    if (episode.kind === 'down' && episode.service === service) return 1
    if (episode.kind === 'flaky' && episode.service === service) share = Math.max(share, episode.share)
  }
  return share
}

/** When the first try that goes through is answered. */
function tries(
  offsets: readonly number[],
  from: number,
  goesThrough: (when: number) => boolean,
): number | null {
  for (const offset of offsets) if (goesThrough(from + offset)) return from + offset + LATENCY
  return null
}
