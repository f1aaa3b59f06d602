/**
 * The shape of didbon.yaml: every key, what it may hold, what it is when left out. Strict: a key that is not here is a mistake.
 * Rules that look at several keys at once are in vantage-checks.ts and checks.ts.
 */
import { z } from 'zod'
import { CONFIRM_AFTER_MS, SUSPECT_AFTER_MS } from '../model/confirmation.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.ts'
import { PROBE_DEFAULTS } from '../model/probe-settings.ts'
import { correlateSchema, incidentsSchema } from './correlate-schema.ts'
import { detectSchema } from './detect-schema.ts'
import { diagnoseSchema } from './diagnose-schema.ts'
import { throughputSchema } from './throughput-schema.ts'
import {
  cron,
  host,
  name,
  oneOf,
  reservedPrefix,
  section,
  sha256,
  text,
  timezone,
  tokenName,
  whole,
  yesNo,
} from './fields.ts'
import { quicSchema } from './quic-schema.ts'
import { resolver } from './resolver.ts'

const COUNTRY = 'must be an ISO 3166-1 alpha-2 country code such as TJ (ZZ = not known)'

const timesSchema = section({
  heartbeat: cron().optional().describe('When endpoints are probed up to TLS.'),
  full: cron().optional().describe('When endpoints are probed in full, HTTP and redirects too.'),
  throughput: cron()
    .nullable()
    .optional()
    .describe('When the bytes of media are timed beside a neutral host’s; null = never.'),
  timezone: timezone().optional().describe('Time zone of the cron expressions.'),
})

const credential = () =>
  text('must be text', 255)
    .optional()
    .describe('For the proxy; `${NAME}` or `${file:/path}` keeps it out of this file.')

const vantageSchema = section({
  id: name().describe('Name of the vantage. Stored with every measurement: choose it once.'),
  role: oneOf(['probe', 'control'])
    .default('probe')
    .describe('probe: a network that is watched. control: a network that is trusted not to interfere.'),
  kind: oneOf(['direct', 'socks5', 'http-proxy'])
    .default('direct')
    .describe('How it is reached: from this machine, or through a SOCKS5 or HTTP CONNECT proxy.'),
  host: host().optional().describe('Host of the proxy. Only for socks5 and http-proxy.'),
  port: whole(1, 65_535).optional().describe('Port of the proxy. Only for socks5 and http-proxy.'),
  username: credential(),
  password: credential(),
  country: z
    .string({ error: COUNTRY })
    .regex(/^[A-Z]{2}$/, { error: COUNTRY })
    .describe(
      'Country of the network, ISO 3166-1 alpha-2; ZZ = not known. Incidents are made of outages in one country.',
    ),
  asn: whole(1, 4_294_967_295)
    .nullable()
    .default(null)
    .describe('Autonomous system number of the network, such as 24722.'),
  isp: text().nullable().default(null).describe('Provider that runs the network, such as Babilon-T.'),
  city: text().nullable().default(null).describe('City of the vantage.'),
  resolvers: z
    .array(resolver(), { error: 'must be a list of resolvers' })
    .min(1, { error: 'must name at least one resolver, or be left out' })
    .max(8, { error: 'must name at most 8 resolvers' })
    .optional()
    .describe(
      'Resolvers that people on that network use; the answers of the first are connected to, the others are compared. `system`, `proxy` (the proxy resolves), `udp://<address>:<port>`, `tcp://<address>:<port>`, or `https://<host>/<path>#<address>`. Left out: system, or proxy behind a proxy.',
    ),
  trustedResolver: resolver()
    .nullable()
    .default('https://dns.quad9.net/dns-query#9.9.9.9')
    .describe('Resolver the network cannot easily forge, asked for comparison. null: none.'),
  maxInFlight: whole(1, 1000).default(16).describe('Most probes in flight from this vantage.'),
  schedule: timesSchema
    .optional()
    .describe('Other times than `schedule` for this vantage; they win over those of a service.'),
})

const scheduleSchema = section({
  heartbeat: cron().default('*/30 * * * * *').describe('When endpoints are probed up to TLS.'),
  full: cron().default('*/5 * * * *').describe('When endpoints are probed in full, HTTP and redirects too.'),
  throughput: cron()
    .nullable()
    .default('*/5 * * * *')
    .describe(
      'When the bytes of media are timed beside a neutral host’s, so that throttling shows. Costs two transfers of `throughput.bytes` each time; null = never.',
    ),
  canary: cron().default('*/30 * * * * *').describe('When the canaries of every vantage are probed.'),
  timezone: timezone().default('Asia/Dushanbe').describe('Time zone of the cron expressions.'),
  jitterMs: whole(0, HOUR_MS)
    .default(5 * MINUTE_MS)
    .describe('A round is spread over its period, but over no more than this; 0 = all at once.'),
  maxInFlight: whole(1, 10_000).default(32).describe('Most probes in flight from all vantages.'),
  suspectAfterMs: whole(0, MINUTE_MS)
    .default(SUSPECT_AFTER_MS)
    .describe(
      'A probe that takes longer than this, and three times as long as the last fine one, brings confirmation probes before it times out.',
    ),
  confirmAfterMs: z
    .array(whole(0, 10 * MINUTE_MS), { error: 'must be a list of whole numbers' })
    .max(20, { error: 'must hold at most 20' })
    .default([...CONFIRM_AFTER_MS])
    .describe('Delays of the confirmation probes after the first failure.'),
  heightened: cron()
    .default('*/10 * * * * *')
    .describe('When the services of a recent trigger event are probed up to TLS.'),
  heightenedHours: whole(0, 8760)
    .default(72)
    .describe('How long after a trigger event its services are on heightened watch; 0 = never.'),
  services: z
    .record(name(), timesSchema, { error: 'must be a mapping of service ids' })
    .default({})
    .describe('Other times for single services, by service id.'),
})

const budget = (key: `${'dns' | 'tcp' | 'tls' | 'http' | 'total'}TimeoutMs`, most: number) =>
  whole(100, most).default(PROBE_DEFAULTS[key])

const probeSchema = section({
  workers: whole(0, 256)
    .default(0)
    .describe('Worker threads that probe; 0 = one less than there are cores, at least 1.'),
  dnsTimeoutMs: budget('dnsTimeoutMs', MINUTE_MS).describe('Budget of the DNS step.'),
  tcpTimeoutMs: budget('tcpTimeoutMs', MINUTE_MS).describe('Budget of one TCP connect.'),
  tlsTimeoutMs: budget('tlsTimeoutMs', MINUTE_MS).describe('Budget of one TLS handshake.'),
  httpTimeoutMs: budget('httpTimeoutMs', MINUTE_MS).describe(
    'Budget of one HTTP request, its body included.',
  ),
  totalTimeoutMs: budget('totalTimeoutMs', 5 * MINUTE_MS).describe('Budget of one probe in all.'),
  lateReplyWindowMs: whole(0, 10 * SECOND_MS)
    .default(PROBE_DEFAULTS.lateReplyWindowMs)
    .describe('How long to listen for a second, injected answer to a DNS question.'),
  maxBodyBytes: whole(0, 64 * 1024 * 1024)
    .default(PROBE_DEFAULTS.maxBodyBytes)
    .describe('A body is read up to this and then cut.'),
  maxRedirects: whole(0, 30)
    .default(PROBE_DEFAULTS.maxRedirects)
    .describe('Redirects that are followed; each climbs the ladder anew.'),
  addressesPerFamily: whole(1, 16)
    .default(PROBE_DEFAULTS.addressesPerFamily)
    .describe('Addresses of one answer that are connected to, per IP family.'),
  ipv6: yesNo().default(PROBE_DEFAULTS.ipv6).describe('Whether IPv6 addresses are connected to.'),
  userAgent: text()
    .default(PROBE_DEFAULTS.userAgent)
    .describe('The User-Agent header. That of a common browser, since some sites refuse others.'),
  extraCaFiles: z
    .array(text('must be a path'), { error: 'must be a list of paths' })
    .default([])
    .describe(
      'PEM files with certificate authorities to trust besides the bundled ones, relative to this file.',
    ),
  maxLoopLagMs: whole(1, 10 * SECOND_MS)
    .default(PROBE_DEFAULTS.maxLoopLagMs)
    .describe(
      'A measurement from a thread that ran later than this, and than a twentieth of its own length, is discarded.',
    ),
  quic: quicSchema.prefault({}).describe('HTTP/3, tried by full probes where a service offers it.'),
})

const recordSchema = section({
  events: text('must be a path')
    .nullable()
    .default(null)
    .describe('Documented events, relative to this file. null: those that come with didbon.'),
  reports: text('must be a path')
    .nullable()
    .default(null)
    .describe('Outages documented by others, relative to this file. null: those that come with didbon.'),
})

const storeSchema = section({
  path: text('must be a path')
    .default('data/didbon.db')
    .describe('The SQLite database, relative to the folder the daemon is started in.'),
  keepRawDays: whole(1, 36_500)
    .default(90)
    .describe('Days that raw measurements are kept. Outages are kept for ever.'),
  keepOkSampleEvery: whole(1, 1_000_000)
    .default(100)
    .describe('Of measurements that were ok, one in so many is kept in full.'),
  commitEveryMs: whole(1, MINUTE_MS)
    .default(SECOND_MS)
    .describe('How long a measurement may wait for its commit.'),
})

const serveSchema = section({
  host: host()
    .default('127.0.0.1')
    .describe('Address to listen on. Anything but loopback shows the state to the network.'),
  port: whole(0, 65_535).default(8080).describe('Port to listen on; 0 = any free port.'),
  reads: oneOf(['open', 'token'])
    .default('open')
    .describe('Who may read the history: anybody, or bearers of a token.'),
  tokens: z
    .array(
      section({
        name: tokenName().describe('Name of its holder; the audit log says `token:<name>`.'),
        sha256: sha256().describe('SHA-256 of the token, in hex.'),
      }),
      { error: 'must be a list of tokens' },
    )
    .max(100, { error: 'must hold at most 100 tokens' })
    .default([])
    .describe('Who may change events through the API, besides the tokens that `didbon token create` made.'),
})

const logSchema = section({
  level: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The least level that is logged.'),
})

/** didbon.yaml as a whole. `prefault` so that a section left out is its defaults. */
export const fileSchema = section({
  services: text('must be a path')
    .default('services.yaml')
    .describe('The services and canaries, relative to this file.'),
  vantages: z
    .array(vantageSchema.optional(), { error: 'must be a list of vantages' })
    .min(1, { error: 'must name at least one vantage, or be left out' })
    .max(1000, { error: 'must name at most 1000 vantages' })
    .prefault([{ id: 'here', country: 'ZZ' }])
    .describe('The networks to probe from. Left out: this machine.'),
  schedule: scheduleSchema
    .prefault({})
    .describe('When to probe. Cron expressions of five fields, or six with seconds first.'),
  publicPrefixes: z
    .array(reservedPrefix(), { error: 'must be a list of prefixes such as 198.51.100.0/24' })
    .max(100, { error: 'must hold at most 100 prefixes' })
    .default([])
    .describe(
      'Reserved ranges of addresses, such as those for documentation, that count as public here: for a lab whose sites are at such addresses. Stored with every measurement. Never set it on a real network, where an answer in such a range is a lie.',
    ),
  probe: probeSchema.prefault({}).describe('How a probe is made.'),
  diagnose: diagnoseSchema
    .prefault({})
    .describe('Trials that find out how a block works: when an outage opens or changes, and while it lasts.'),
  throughput: throughputSchema.prefault({}).describe('How bytes are timed, so that throttling shows.'),
  detect: detectSchema
    .prefault({})
    .describe('Numbers that detection decides by. Only what is to differ from the defaults.'),
  incidents: incidentsSchema
    .prefault({})
    .describe('How near the onsets of outages must be to make one incident.'),
  correlate: correlateSchema
    .prefault({})
    .describe(
      'How incidents are ranked by the trigger events before them. Only what is to differ from the defaults.',
    ),
  record: recordSchema.prefault({}).describe('The documented events and reports.'),
  store: storeSchema.prefault({}).describe('The database.'),
  serve: serveSchema.prefault({}).describe('Metrics and the API.'),
  log: logSchema.prefault({}).describe('Log lines, on stderr.'),
})

export type FileShape = z.infer<typeof fileSchema>
export type VantageShape = z.infer<typeof vantageSchema>
