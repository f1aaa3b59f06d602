/**
 * trials: a diagnosis in the simulated network. Each trial meets what stands in its way by its own chance: a filter on the name wherever
 * the name is sent, one on the address whatever name is sent there, a fault whoever it hits. judge/ says what they prove.
 *
 * Lost packets are left out, for a trial sends them again; so are pages, which no trial fetches over TLS.
 */
import type {
  DifferentialExperiment,
  DnsExperiment,
  SetupExperiment,
  TlsExperiment,
} from '../model/differential.ts'
import type { Failure } from '../model/failure.ts'
import type { Measurement } from '../model/measurement.ts'
import { SECOND_MS } from '../model/time.ts'
import { ADDRESS, FOREIGN_ADDRESS, HOST, measurementOf } from './facts.ts'
import { type Met, sightOf } from './line-faults.ts'
import { factsOf, type Sight } from './mechanisms.ts'
import type { Random } from './random.ts'
import type { Episode } from './world.ts'

/** What all trials together take. */
export const DIAGNOSIS_MS = 20 * SECOND_MS

/** Where a hello is sent. */
interface Server extends Pick<TlsExperiment, 'at' | 'address'> {
  readonly host: string
  /** of a neutral one, which is a canary too */
  readonly canary?: string
}

const NEUTRAL: readonly Server[] = [
  { at: 'neutral', host: 'neutral-1.example', address: '198.41.0.4', canary: 'canary/neutral-1' },
  { at: 'neutral', host: 'neutral-2.example', address: '199.7.83.42', canary: 'canary/neutral-2' },
]
const OWN: Server = { at: 'target', host: HOST, address: ADDRESS }
const GIVEN: Server = { at: 'given', host: HOST, address: FOREIGN_ADDRESS }
const CONTROL_ADDRESS = '192.5.6.30'

type Name = TlsExperiment['name']

/** What is diagnosed: an endpoint of a service, or a canary. */
export type Diagnosed = Pick<Met, 'service' | 'canary' | 'abroad'> & { readonly endpoint: string }

/** @param at ms since the start of the world */
export function diagnosisOf(
  about: Diagnosed,
  episodes: readonly Episode[],
  at: number,
  random: Random,
): Measurement {
  const standing = episodes.filter(({ from, to }) => from <= at && at < to)
  const meet = (met: Met, isName: boolean, isAddress: boolean): Sight | null => {
    for (const episode of standing) {
      const seen = sightThere(episode, { met, about, isName, isAddress }, random)
      if (seen !== null) return seen
    }
    return null
  }
  // Only this network is given that address, and it served well.
  const served = standing.some(
    (it) => it.kind === 'line-fault' && it.fault === 'edge dead' && it.service === about.service,
  )
    ? [FOREIGN_ADDRESS]
    : []
  const tls = (name: Name, server: Server, hello: TlsExperiment['hello'] = 'small'): TlsExperiment => {
    const isOwn = server.at !== 'neutral'
    const who = isOwn ? about : { service: null, canary: server.canary!, abroad: true }
    const seen = meet({ ...who, secure: true }, name === 'target', isOwn)
    const isThere = seen === null || !seen.startsWith('edge.') || server === GIVEN
    return tlsTrial(name, server, hello, isThere ? seen : null)
  }
  const ask = (who: DnsExperiment['who'], name: 'target' | 'control'): DnsExperiment => {
    const seen = who === 'own' ? meet({ ...about, secure: true }, name === 'target', false) : null
    const [edge = ADDRESS] = who === 'own' ? served : []
    return dnsTrial(who, name, seen, name === 'target' ? edge : CONTROL_ADDRESS)
  }
  const asked = [
    ...times(3, () => ask('own', 'target')),
    ...times(2, () => ask('own', 'control')),
    ...times(2, () => ask('public', 'target')),
    ask('trusted', 'target'),
  ]
  const given = asked.some(({ answers }) => answers[0]?.value === GIVEN.address) ? [GIVEN] : []
  const trials: DifferentialExperiment[] = [
    ...NEUTRAL.flatMap((server) => [
      ...times(2, () => tls('neutral', server)),
      ...times(2, () => tls('other', server)),
      tls('none', server),
    ]),
    ...times(2, () => tls('target', OWN)),
    tls('target', OWN, 'large'),
    ...times(2, () => tls('target', OWN, 'split')),
    tls('none', OWN),
    tls('neutral', OWN),
    tls('other', OWN),
    ...NEUTRAL.flatMap((server) => times(3, () => tls('target', server))),
    ...given.flatMap((server) => times(2, () => tls('target', server))),
    ...asked,
  ]
  return {
    ...measurementOf(null, false),
    plan: 'diagnose',
    observations: [],
    experiments: [
      setup(given.map(({ address }) => address)),
      ...trials.map((trial, i) => ({ ...trial, startedMs: (i + 1) * 10 })),
    ],
    ...(served.length > 0 && { served }),
  }
}

interface Sent {
  readonly met: Met
  readonly about: Diagnosed
  /** the name of what is diagnosed is sent */
  readonly isName: boolean
  /** to an address of its own */
  readonly isAddress: boolean
}

function sightThere(episode: Episode, { met, about, isName, isAddress }: Sent, random: Random): Sight | null {
  if (episode.kind === 'line-fault') return sightOf(episode, met, random)
  if (episode.kind === 'offline') return 'tcp.timeout'
  if (!('service' in episode) || episode.service !== about.service) return null
  if (episode.kind === 'fault' || episode.kind === 'down')
    return isAddress ? (episode.says ? 'tcp.unreachable' : 'tcp.timeout') : null
  if (episode.kind === 'flaky') return isAddress && random() < episode.share ? 'tls.sni-reset' : null
  if (episode.kind !== 'block') return null
  const isMeant = episode.endpoint === undefined || episode.endpoint === about.endpoint
  const isActedOn = episode.mechanism.startsWith('tcp.') ? isAddress : isName
  if (!isMeant || !isActedOn || (episode.share !== undefined && random() >= episode.share)) return null
  return episode.mechanism
}

function tlsTrial(
  name: Name,
  server: Server,
  hello: TlsExperiment['hello'],
  seen: Sight | null,
): TlsExperiment {
  const failed = seen === null || !/^(tcp|tls|edge)\./.test(seen) ? null : factsOf(seen)
  const isForged = failed?.failure === 'mitm'
  // Whoever stands at an address that a censor gives has no certificate for the name.
  const isForeign = server === GIVEN && failed === null
  const failure =
    isForged || isForeign ? 'ssl_unknown_authority' : ((failed?.failure ?? null) as Failure | null)
  const isAnswered = failure === null || isForged || isForeign
  return {
    kind: 'tls',
    startedMs: 0,
    durationMs: 20,
    failure,
    name,
    host: hostOf(name, server),
    at: server.at,
    address: server.address,
    port: 443,
    tcpMs: failed?.layer === 'tcp' ? null : 10,
    failedAt: failure === null ? null : failed?.layer === 'tcp' ? 'tcp' : 'after',
    answered: isAnswered,
    hello,
    helloBytes: hello === 'large' ? 1800 : 380,
    verified:
      failure === null && name === 'target' && server === OWN ? true : isForged || isForeign ? false : null,
    came: isAnswered ? 'handshake' : 'nothing',
    alert: null,
  }
}

function hostOf(name: Name, server: Server): string {
  if (name === 'target') return HOST
  if (name === 'none') return ''
  if (name === 'other') return 'unknown.example'
  return server.at === 'neutral' ? server.host : NEUTRAL[0]!.host
}

function dnsTrial(
  who: DnsExperiment['who'],
  name: 'target' | 'control',
  seen: Sight | null,
  truth: string,
): DnsExperiment {
  const failed = seen?.startsWith('dns.') === true ? factsOf(seen) : null
  const isLie = failed?.failure === 'stranger'
  const failure = isLie ? null : ((failed?.failure ?? null) as Failure | null)
  return {
    kind: 'dns',
    startedMs: 0,
    durationMs: 20,
    failure,
    name,
    host: name === 'control' ? 'control.example' : HOST,
    who,
    engine: who === 'trusted' ? 'doh' : 'udp',
    resolver: who,
    queryType: 'A',
    answers:
      failure === null ? [{ type: 'A', value: isLie ? FOREIGN_ADDRESS : truth, ttlS: 60, asn: null }] : [],
    late: [],
  }
}

function setup(given: readonly string[]): SetupExperiment {
  return {
    kind: 'setup',
    startedMs: 0,
    durationMs: DIAGNOSIS_MS,
    failure: null,
    seed: 1,
    hosts: [{ host: HOST, role: 'primary' }],
    focus: HOST,
    port: 443,
    neutral: NEUTRAL.map(({ host, address }) => ({ host, address })),
    addresses: [ADDRESS],
    given,
    leftOut: 0,
  }
}

function times<T>(n: number, make: () => T): T[] {
  return Array.from({ length: n }, make)
}
