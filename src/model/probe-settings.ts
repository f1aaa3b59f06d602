/** How a probe is made: its budgets and limits, and what they are unless configured otherwise. */
import { SECOND_MS } from './time.ts'

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
  /** CIDR ranges that count as public whatever the registries say, for labs */
  readonly publicPrefixes: readonly string[]
  /** false outside benches and tests */
  readonly connectToLoopback: boolean
  /** a measurement whose thread ran later than this is unfit */
  readonly maxLoopLagMs: number
  /** `null` = HTTP/3 is not tried */
  readonly quic: QuicSettings | null
}

/** What holds unless configured otherwise. */
export const PROBE_DEFAULTS = {
  dnsTimeoutMs: 4 * SECOND_MS,
  tcpTimeoutMs: 10 * SECOND_MS,
  tlsTimeoutMs: 10 * SECOND_MS,
  httpTimeoutMs: 10 * SECOND_MS,
  totalTimeoutMs: 30 * SECOND_MS,
  lateReplyWindowMs: 500,
  maxBodyBytes: 512 * 1024,
  maxRedirects: 20,
  addressesPerFamily: 2,
  ipv6: true,
  // Chrome's stable release of December 2026; it tells no more than its major number
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/157.0.0.0 Safari/537.36',
  extraCa: [],
  publicPrefixes: [],
  connectToLoopback: false,
  maxLoopLagMs: 100,
  quic: {
    timeoutMs: 10 * SECOND_MS,
    neutralName: 'example.org',
    reference: { host: 'cloudflare-dns.com', address: '1.1.1.1' },
  },
} as const satisfies ProbeSettings
