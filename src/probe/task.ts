/** What a prober is asked to do. Plain data: it crosses into worker threads. */
import type { Plan, Purpose } from '../model/measurement.ts'
import type { Vantage } from '../model/vantage.ts'
import type { Diagnosis } from './diagnose/diagnosis.ts'

/** How HTTP/3 is tried. */
export interface QuicSettings {
  /** for one handshake */
  readonly timeoutMs: number
  /** a name nobody blocks, asked for at the service's address */
  readonly neutralName: string
  /** who answers QUIC where datagrams pass at all; `null` = nobody is asked, and a drop cannot be told from a line without UDP */
  readonly reference: { readonly host: string; readonly address: string } | null
}

/** How long and how much; the same for every probe of a daemon. */
export interface ProbeSettings {
  readonly dnsTimeoutMs: number
  readonly tcpTimeoutMs: number
  readonly tlsTimeoutMs: number
  readonly httpTimeoutMs: number
  /** all steps and redirects together */
  readonly totalTimeoutMs: number
  /** how long to keep listening for a second, different answer over UDP */
  readonly lateReplyWindowMs: number
  /** after decoding */
  readonly maxBodyBytes: number
  readonly maxRedirects: number
  /** of those the vantage's resolver gave, how many of each family are connected to */
  readonly addressesPerFamily: number
  readonly ipv6: boolean
  readonly userAgent: string
  /** PEM, besides the bundled roots */
  readonly extraCa: readonly string[]
  /** false outside benches and tests */
  readonly connectToLoopback: boolean
  /** a measurement whose thread ran later than this is unfit */
  readonly maxLoopLagMs: number
  /** `null` = HTTP/3 is not tried */
  readonly quic: QuicSettings | null
}

export const DEFAULTS: ProbeSettings = {
  dnsTimeoutMs: 4_000,
  tcpTimeoutMs: 10_000,
  tlsTimeoutMs: 10_000,
  httpTimeoutMs: 10_000,
  totalTimeoutMs: 30_000,
  lateReplyWindowMs: 500,
  maxBodyBytes: 524_288,
  maxRedirects: 10,
  addressesPerFamily: 2,
  ipv6: true,
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  extraCa: [],
  connectToLoopback: false,
  maxLoopLagMs: 100,
  quic: {
    timeoutMs: 10_000,
    neutralName: 'example.org',
    reference: { host: 'cloudflare-dns.com', address: '1.1.1.1' },
  },
}

/** What plan `throughput` needs to know besides. */
export interface TransferSettings {
  /** what is fetched of the service */
  readonly url: string
  /** large files of somebody else, the first that serves enough is used */
  readonly neutral: readonly string[]
  /** how many bytes are asked for, and counted at most */
  readonly bytes: number
  /** for one transfer, from its first packet on; what has come by then is what it is rated by */
  readonly timeoutMs: number
}

/** One look at one endpoint from one vantage. */
export interface ProbeTask {
  readonly vantage: Vantage
  /** endpoint or canary id; the URL itself for a one-off probe */
  readonly endpoint: string
  readonly url: string
  readonly plan: Plan
  readonly purpose: Purpose
  /** addresses the control got for the same host */
  readonly extraAddresses: readonly string[]
  readonly settings: ProbeSettings
  /** for plan `diagnose` alone */
  readonly diagnosis?: Diagnosis
  /** plan `throughput` only */
  readonly transfer?: TransferSettings
}
