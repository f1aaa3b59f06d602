/** What one measurement means. */
import type { Failure } from './failure.ts'
import type { Layer } from './measurement.ts'
import type { QuicStanding } from './quic.ts'

/** OONI's words. `insufficient` cannot be judged and is never drawn as ok. */
export const OUTCOMES = ['ok', 'anomaly', 'confirmed', 'down', 'insufficient'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** How access is interfered with: a closed list, stored and public. */
export const MECHANISMS = [
  'dns.nxdomain',
  'dns.bogus',
  'dns.loopback',
  'dns.empty',
  'dns.servfail',
  'dns.refused',
  'dns.timeout',
  'dns.injection',
  'tcp.refused',
  'tcp.reset',
  'tcp.timeout',
  'tcp.unreachable',
  'tls.sni-reset',
  'tls.sni-timeout',
  'tls.sni-eof',
  'tls.mitm',
  'tls.failed',
  'tls.alert',
  'tls.not-tls',
  'http.blockpage',
  'http.reset',
  'http.truncated',
  'http.cut',
  'http.timeout',
  'http.diff',
  'throttle',
  'quic.drop',
  'quic.sni',
  'shutdown.dns',
  'shutdown.https',
] as const
export type Mechanism = (typeof MECHANISMS)[number]

/** The layer a mechanism acts on: the word before its dot; throttling shows in what http carries. */
export function layerOf(mechanism: Mechanism): Layer {
  if (mechanism === 'throttle') return 'http'
  return mechanism.slice(0, mechanism.indexOf('.')) as Layer
}

export const AGREEMENTS = ['fails_here_only', 'fails_too', 'not_asked'] as const
/** What the control said of a measurement that failed here. */
export type Agreement = (typeof AGREEMENTS)[number]

export type OoniBlocking = 'dns' | 'tcp_ip' | 'http-failure' | 'http-diff' | false | null

/** The meaning of one measurement, with the rule that decided and why. */
export interface Verdict {
  /** could the endpoint be used from here? `unknown` moves nothing */
  readonly reached: 'yes' | 'no' | 'unknown'
  readonly outcome: Outcome
  /** where it failed; `null` when it did not */
  readonly layer: Layer | null
  readonly mechanism: Mechanism | null
  /** stored and public; what a rule means never changes, a new meaning is a new id */
  readonly rule: string
  /** one sentence for people */
  readonly because: string
  /** the failure that decided */
  readonly failure: Failure | null
  /** nats for interference (positive) against a fault (negative) that this measurement alone carries */
  readonly weight: number
  /** the evidence is that nothing came back: repeated within a minute it counts once */
  readonly silent: boolean
  /** OONI Web Connectivity v0.5 keys for the same facts */
  readonly blocking: OoniBlocking
  readonly accessible: boolean | null
  /** how HTTP/3 stood beside all that, where a measurement could bear on it; it has no say in the rest */
  readonly quic?: QuicStanding
}
