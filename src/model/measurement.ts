/**
 * The record of one probe: what each network step saw, with timings. Facts only; meaning is added by judge/.
 *
 * Times inside are ms from the probe's start, taken from a monotonic clock. `depth` counts redirects: 0 is the URL asked for.
 */
import type { ControlFacts } from './control.ts'
import type { DnsAnswer, LateDnsReply, ReplyDetails } from './dns.ts'
import type { Experiment } from './experiment.ts'
import type { Failure } from './failure.ts'

export type Layer = 'dns' | 'tcp' | 'tls' | 'http' | 'quic'

/**
 * `heartbeat`: dns, tcp, tls. `full`: all of it, redirects too. `diagnose`: how a block works, by experiment. `throughput`: how fast
 * bytes come, beside a neutral host's.
 */
export const PLANS = ['heartbeat', 'full', 'diagnose', 'throughput'] as const
export type Plan = (typeof PLANS)[number]

interface Step {
  readonly depth: number
  /** ms after the probe began */
  readonly startedMs: number
  readonly durationMs: number
  readonly failure: Failure | null
}

export interface DnsObservation extends Step, ReplyDetails {
  readonly layer: 'dns'
  readonly host: string
  readonly engine: 'system' | 'proxy' | 'udp' | 'tcp' | 'doh'
  /** `ip:port` or URL of who was asked; empty for the system's own */
  readonly resolver: string
  /**
   * `vantage`: what users of the network get. `trusted`: asked for comparison only. `public`: a public resolver asked in the clear from
   * there, which is neither what people get nor safe from lies (imports bring it)
   */
  readonly role: 'vantage' | 'trusted' | 'public'
  /** `ANY` when the proxy resolves: for which families it asks is not known */
  readonly queryType: 'A' | 'AAAA' | 'ANY'
  readonly answers: readonly DnsAnswer[]
  readonly late: readonly LateDnsReply[]
  /**
   * Beside a trusted lookup: the UDP port at which the host's HTTPS record offers HTTP/3, `null` = it offers none. Left out: not
   * asked, or not answered, which is evidence of nothing.
   */
  readonly http3Port?: number | null
}

/**
 * Where the address came from: the vantage's resolver, the control, a trusted resolver, or the URL itself. `check`: the vantage's
 * resolver, but connected to only to see whether the address is good, on a port the URL does not use (imports bring it).
 */
export type AddressSource = 'vantage' | 'control' | 'trusted' | 'literal' | 'check'

/** A step over a connection, or the opening of one. */
interface ConnectionStep extends Step {
  /** literal IP, or the host name when the proxy resolves */
  readonly address: string
  readonly port: number
  readonly source: AddressSource
}

export interface TcpObservation extends ConnectionStep {
  readonly layer: 'tcp'
}

export interface CertificateFacts {
  readonly subject: string
  readonly issuer: string
  /** DNS names and IPs it is for, at most 100 */
  readonly names: readonly string[]
  readonly sha256: string
  readonly notBeforeAt: number
  readonly notAfterAt: number
}

export interface TlsObservation extends ConnectionStep {
  readonly layer: 'tls'
  readonly serverName: string
  readonly alpn: string | null
  readonly version: string | null
  readonly cipher: string | null
  /**
   * Whether the chain and the name check out. Recorded, not enforced: the handshake goes through either way, so
   * `failure` holds `ssl_*` when this does not, and http/ still looks at what is served. `null`: never got that far.
   */
  readonly verified: boolean | null
  readonly certificate: CertificateFacts | null
  /** base64 DER, leaf first; kept only when verification or the handshake failed */
  readonly chain: readonly string[]
  /** what came in place of a handshake: a fatal alert, by its number, or bytes that are not TLS; absent: neither, or not kept */
  readonly refused?: number | 'not-tls'
}

export interface HttpObservation extends ConnectionStep {
  readonly layer: 'http'
  readonly url: string
  readonly protocol: 'http/1.1' | 'h2' | null
  /** the bytes came over a verified TLS connection */
  readonly trusted: boolean
  readonly status: number | null
  /** lower-cased names, in order */
  readonly headers: readonly (readonly [string, string])[]
  /** bytes received after decoding, up to the cut */
  readonly bodyBytes: number
  readonly bodyTruncated: boolean
  readonly bodySha256: string | null
  readonly title: string | null
  /** first 64 KiB as text, only when `trusted` is false: what block-page fingerprints are matched against */
  readonly bodyHead: string | null
  /**
   * of one that failed: what was received could not be used, while the connection stood; absent = silence, a reset, a FIN, bytes that TLS refuses,
   * or not known
   */
  readonly endedBy?: 'peer'
  /** of one that failed: bytes the line brought once the page was asked for, encrypted where it is; absent = not known */
  readonly receivedBytes?: number
  /** of one that timed out: nothing at all came in the last third of the time */
  readonly stalled?: true
}

/**
 * A QUIC handshake beside TCP, made where HTTP/3 is offered. It never counts for whether the service was reached.
 *
 * `failure` holds `ssl_*` when the server answered and the handshake then failed.
 */
export interface QuicObservation extends ConnectionStep {
  readonly layer: 'quic'
  readonly serverName: string
  /**
   * `target`: the service's own name. `neutral`: somebody else's, to the same address. `reference`: a host that is known to speak
   * QUIC, to learn whether datagrams pass at all
   */
  readonly name: 'target' | 'neutral' | 'reference'
  readonly alpn: string | null
  /** of QUIC; `null` when no handshake was completed */
  readonly version: '1' | null
  /** datagrams that came back */
  readonly received: number
}

export type Observation = DnsObservation | TcpObservation | TlsObservation | HttpObservation | QuicObservation

/** Why a measurement must not be judged, or `null`. The fault is ours or the vantage's, not the service's. */
export type Unfit =
  /** the thread that held the stopwatch ran late */
  | 'late_thread'
  /** out of descriptors, buffers or ports, or a step threw */
  | 'our_error'
  /** the way out of the vantage itself failed: proxy refused us, was gone, or denied the credentials */
  | 'vantage_unreachable'
  /** stopped before it was finished */
  | 'interrupted'

/** Why it was made; `import`: by somebody else. */
export const PURPOSES = ['round', 'confirm', 'control', 'canary', 'manual', 'import'] as const
export type Purpose = (typeof PURPOSES)[number]

export interface Measurement {
  /** UUID version 7: sorts by time */
  readonly id: string
  readonly vantage: string
  /** endpoint or canary id; the URL itself for a one-off probe */
  readonly endpoint: string
  readonly url: string
  readonly plan: Plan
  readonly purpose: Purpose
  /** Unix ms, UTC */
  readonly startedAt: number
  readonly durationMs: number
  /** how late timers ran on the thread that measured, at worst */
  readonly loopLagMs: number
  readonly unfit: Unfit | null
  /** what made it unfit, for the log; `null` when fit */
  readonly unfitDetail: string | null
  readonly observations: readonly Observation[]
  /** trials of plans `diagnose` and `throughput`, in the order they were made; empty for other plans */
  readonly experiments: readonly Experiment[]
  /** what the measurer's own control saw at that time, where one came along (imports); `null` = our controls are asked */
  readonly control: ControlFacts | null
  /** CIDR ranges that counted as public where it was made, whatever the registries say; absent = none */
  readonly publicPrefixes?: readonly string[]
  /** of one that was not fine: addresses at which a certificate for the host checked out here in earlier ones; absent = none known */
  readonly served?: readonly string[]
  /** after how many bytes the pages of the probes before stopped, the last one first, where none came whole between; absent = none did */
  readonly cuts?: readonly number[]
}
