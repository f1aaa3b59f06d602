/**
 * The trials of plan `diagnose`: each differs from another in one thing (the name, the address, the family, how the hello is
 * cut, who is asked), so that what fails tells its cause. Facts only; judge/ says what they mean.
 */
import type { Failure } from './failure.ts'
import type { DnsAnswer, LateDnsReply, ReplyDetails } from './dns.ts'
import type { EndpointRole } from './service.ts'

/** What every trial has. */
export interface Trial {
  /** ms after the measurement began */
  readonly startedMs: number
  readonly durationMs: number
  readonly failure: Failure | null
}

/**
 * Whose name is sent. `target`: one of the service's own. `neutral`: the one the neutral server is there for. `other`: one that
 * nobody blocks and that the neutral server knows as little as the target's. `none`: no name at all.
 */
export type TrialName = 'target' | 'neutral' | 'other' | 'none'

/**
 * Whose address it is sent to. `given`: what the vantage's resolver says, where nobody else says so. `named`: the name itself, which
 * the vantage's proxy resolves.
 */
export type TrialAddress = 'target' | 'neutral' | 'given' | 'named'

/**
 * `small`: a ClientHello that fits one segment, as browsers sent until lately. `large`: with a post-quantum key share, two
 * segments by its size. `split`: a small one sent in two segments, cut in the middle of the name.
 */
export type Hello = 'small' | 'large' | 'split'

/**
 * What came back of a ClientHello, by its first bytes: a handshake (as far as it went), a fatal TLS alert (a close_notify too), a page
 * in cleartext, other bytes that are not TLS. How it ended is in `failure`.
 */
export type HelloAnswer = 'handshake' | 'alert' | 'http' | 'not-tls' | 'nothing'

/** What was settled before the first trial. */
export interface SetupExperiment extends Trial {
  readonly kind: 'setup'
  /** of the order of the trials */
  readonly seed: number
  readonly hosts: readonly { readonly host: string; readonly role: EndpointRole }[]
  /** the host the matrix was run for: the first that failed, or the endpoint's own */
  readonly focus: string
  readonly port: number
  /** servers to compare with, as far as they were found: at most two */
  readonly neutral: readonly { readonly host: string; readonly address: string }[]
  /** addresses of the focus that others vouch for: a trusted resolver, the control */
  readonly addresses: readonly string[]
  /** what the vantage's own resolvers gave and nobody else did */
  readonly given: readonly string[]
  /** trials left out because time or number ran out */
  readonly leftOut: number
}

interface Connected extends Trial {
  readonly name: TrialName
  /** the name as it was sent; empty for none */
  readonly host: string
  readonly at: TrialAddress
  /** literal IP, or a name where the proxy resolves it */
  readonly address: string
  readonly port: number
  /** `null`: no connection came about */
  readonly tcpMs: number | null
  /** what failed was the connection itself, before anything was sent over it */
  readonly failedAt: 'tcp' | 'after' | null
  /** bytes came back over the connection: whoever is at the other end, or sits in its place, answered */
  readonly answered: boolean
}

/** One TLS handshake. */
export interface TlsExperiment extends Connected {
  readonly kind: 'tls'
  readonly hello: Hello
  readonly helloBytes: number
  /** the chain and the name check out; `null`: no certificate came */
  readonly verified: boolean | null
  /** absent in records of before it was kept */
  readonly came?: HelloAnswer
  /** the number of the alert that came in place of a handshake; `null`: none did */
  readonly alert?: number | null
}

/** One GET in cleartext. */
export interface HttpExperiment extends Connected {
  readonly kind: 'http'
  readonly status: number | null
  readonly location: string | null
  readonly bodySha256: string | null
  readonly title: string | null
  /** the beginning of the page, as text; kept of what stands at a `given` address */
  readonly bodyHead?: string
}

/** One question to one resolver. */
export interface DnsExperiment extends Trial, ReplyDetails {
  readonly kind: 'dns'
  /** `mixed-case`: the target's, in letters of random case. `control`: one that nobody blocks. `elsewhere`: of another service */
  readonly name: 'target' | 'mixed-case' | 'control' | 'elsewhere'
  readonly host: string
  /** `own`: the vantage's. `public`: one far away, over the same path. `trusted`: over HTTPS. `nobody`: at this address none runs */
  readonly who: 'own' | 'public' | 'trusted' | 'nobody'
  readonly engine: 'system' | 'proxy' | 'udp' | 'tcp' | 'doh'
  readonly resolver: string
  readonly queryType: 'A' | 'AAAA' | 'HTTPS'
  /** addresses and aliases only; that there are HTTPS records shows in `failure` being `null` */
  readonly answers: readonly DnsAnswer[]
  readonly late: readonly LateDnsReply[]
}

/** A harmless handshake with a neutral server to which a name that is met with failure was sent just before. */
export interface ResidualExperiment extends Trial {
  readonly kind: 'residual'
  readonly address: string
  readonly port: number
  /** since the trigger ended */
  readonly afterMs: number
  readonly answered: boolean
}

export type DifferentialExperiment =
  | SetupExperiment
  | TlsExperiment
  | HttpExperiment
  | DnsExperiment
  | ResidualExperiment
