/**
 * The shape of didbon.yaml: every key, what it may hold, what it is when left out. Strict: a key that is not here is a mistake.
 * Rules that look at several keys at once are in vantage-checks.ts and checks.ts.
 */
import { z } from 'zod'
import { CONFIRM_AFTER_MS, SUSPECT_AFTER_MS } from '../model/look-again.ts'
import { correlateSchema, incidentsSchema } from './correlate-schema.ts'
import { detectSchema } from './detect-schema.ts'
import { diagnoseSchema } from './diagnose-schema.ts'
import { throughputSchema } from './throughput-schema.ts'
import {
  cron,
  host,
  name,
  oneOf,
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

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const COUNTRY = 'must be an ISO 3166-1 alpha-2 country code such as TJ (ZZ = not known)'

const timesSchema = section({
  heartbeat: cron().optional().describe('When endpoints are looked at up to TLS.'),
  full: cron().optional().describe('When endpoints are looked at in full, HTTP and redirects too.'),
  throughput: cron()
    .nullable()
    .optional()
    .describe('When their bytes are timed beside a neutral host’s; null = never.'),
  timezone: timezone().optional().describe('Time zone the expressions are read in.'),
})

const vantageSchema = section({
  id: name().describe('Stored with every measurement: choose once.'),
  role: oneOf(['probe', 'control'])
    .default('probe')
    .describe('control: a network that is trusted not to interfere.'),
  kind: oneOf(['direct', 'socks5', 'http-proxy']).default('direct').describe('How to get there.'),
  host: host().optional().describe('The proxy. Only for socks5 and http-proxy.'),
  port: whole(1, 65_535).optional().describe('The port of the proxy.'),
  username: text('must be text', 255)
    .optional()
    .describe('For the proxy; ${NAME} or ${file:/path} keeps it out of here.'),
  password: text('must be text', 255)
    .optional()
    .describe('For the proxy; ${NAME} or ${file:/path} keeps it out of here.'),
  country: z
    .string({ error: COUNTRY })
    .regex(/^[A-Z]{2}$/, { error: COUNTRY })
    .describe('ISO 3166-1 alpha-2; ZZ = not known.'),
  asn: whole(1, 4_294_967_295).nullable().default(null).describe('Autonomous system number of the network.'),
  isp: text().nullable().default(null).describe('Who runs the network.'),
  city: text().nullable().default(null).describe('Where it is.'),
  resolvers: z
    .array(resolver(), { error: 'must be a list of resolvers' })
    .min(1, { error: 'must name at least one resolver, or be left out' })
    .max(8, { error: 'must name at most 8 resolvers' })
    .optional()
    .describe(
      'Whom people on that network ask for names; answers of the first are connected to. Left out: system, or proxy behind a proxy.',
    ),
  trustedResolver: resolver()
    .nullable()
    .default('https://dns.quad9.net/dns-query#9.9.9.9')
    .describe('A resolver the network cannot easily lie about, asked for comparison. null: none.'),
  maxInFlight: whole(1, 1000).default(16).describe('Probes at once from here, at most.'),
  schedule: timesSchema
    .optional()
    .describe('Other times than `schedule` for this vantage; stronger than those of a service.'),
})

const scheduleSchema = section({
  heartbeat: cron().default('*/30 * * * * *').describe('When endpoints are looked at up to TLS.'),
  full: cron()
    .default('*/5 * * * *')
    .describe('When endpoints are looked at in full, HTTP and redirects too.'),
  throughput: cron()
    .nullable()
    .default('*/5 * * * *')
    .describe(
      'When the bytes of media are timed beside a neutral host’s, to notice throttling; null = never.',
    ),
  canary: cron().default('*/30 * * * * *').describe('When the canaries of every vantage are looked at.'),
  timezone: timezone().default('Asia/Dushanbe').describe('Time zone the expressions are read in.'),
  jitterMs: whole(0, HOUR)
    .default(5 * MINUTE)
    .describe('A round is spread over its period, but over no more than this; 0 = all at once.'),
  maxInFlight: whole(1, 10_000).default(32).describe('Probes at once from all vantages, at most.'),
  suspectAfterMs: whole(0, MINUTE)
    .default(SUSPECT_AFTER_MS)
    .describe(
      'A probe not done by now, nor in three times what the last fine one took, makes the pipeline look again early.',
    ),
  confirmAfterMs: z
    .array(whole(0, 10 * MINUTE), { error: 'must be a list of whole numbers' })
    .max(20, { error: 'must hold at most 20' })
    .default([...CONFIRM_AFTER_MS])
    .describe('When to look again after the first look that was not fine.'),
  heightened: cron()
    .default('*/10 * * * * *')
    .describe('When the services of a fresh trigger event are looked at up to TLS.'),
  heightenedHours: whole(0, 8760)
    .default(72)
    .describe('How long after a trigger event its services are on heightened watch; 0 = never.'),
  services: z
    .record(name(), timesSchema, { error: 'must be a mapping of service ids' })
    .default({})
    .describe('Other times for single services.'),
})

const probeSchema = section({
  workers: whole(0, 256)
    .default(0)
    .describe('Threads that probe; 0 = one less than there are cores, at least 1.'),
  dnsTimeoutMs: whole(100, MINUTE).default(4 * SECOND),
  tcpTimeoutMs: whole(100, MINUTE).default(10 * SECOND),
  tlsTimeoutMs: whole(100, MINUTE).default(10 * SECOND),
  httpTimeoutMs: whole(100, MINUTE).default(10 * SECOND),
  totalTimeoutMs: whole(100, 5 * MINUTE)
    .default(30 * SECOND)
    .describe('For one probe in all.'),
  lateReplyWindowMs: whole(0, 10 * SECOND)
    .default(500)
    .describe('How long to listen for a second answer to a DNS question.'),
  maxBodyBytes: whole(0, 64 * 1024 * 1024).default(512 * 1024),
  maxRedirects: whole(0, 30).default(10),
  addressesPerFamily: whole(1, 16)
    .default(2)
    .describe('Addresses of one answer that are connected to, per IP family.'),
  ipv6: yesNo().default(true),
  userAgent: text()
    .default(
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
    )
    .describe('A common browser: some sites turn others away.'),
  extraCaFiles: z
    .array(text('must be a path'), { error: 'must be a list of paths' })
    .default([])
    .describe(
      'PEM files with certificate authorities to trust besides the bundled ones, relative to this file.',
    ),
  maxLoopLagMs: whole(1, 10 * SECOND)
    .default(100)
    .describe('A measurement made on a thread later than this is discarded.'),
  quic: quicSchema.prefault({}).describe('HTTP/3, where a service offers it.'),
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
    .describe('Relative to the folder the daemon is started in.'),
  keepRawDays: whole(1, 36_500).default(90).describe('Measurements are kept this long; outages for ever.'),
  keepOkSampleEvery: whole(1, 1_000_000)
    .default(100)
    .describe('Of measurements that were fine, one in so many is kept in full.'),
  commitEveryMs: whole(1, MINUTE).default(SECOND).describe('How late a measurement may reach the disk.'),
})

const serveSchema = section({
  host: host()
    .default('127.0.0.1')
    .describe('Address to listen on. Anything but loopback shows the state to the network.'),
  port: whole(0, 65_535).default(8080).describe('0 = any free port.'),
  reads: oneOf(['open', 'token'])
    .default('open')
    .describe('Who may read the history: anybody, or bearers of a token.'),
  tokens: z
    .array(
      section({
        name: tokenName().describe('Whose it is; the audit log says token:<name>.'),
        sha256: sha256().describe('SHA-256 of the token, in hex.'),
      }),
      { error: 'must be a list of tokens' },
    )
    .max(100, { error: 'must hold at most 100 tokens' })
    .default([])
    .describe('Who may change events through the API, besides those `didbon token create` made.'),
})

const logSchema = section({
  level: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
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
    .describe('Where to look from. Left out: from this machine.'),
  schedule: scheduleSchema.prefault({}),
  probe: probeSchema.prefault({}),
  diagnose: diagnoseSchema.prefault({}),
  throughput: throughputSchema.prefault({}),
  detect: detectSchema.prefault({}),
  incidents: incidentsSchema.prefault({}),
  correlate: correlateSchema.prefault({}),
  record: recordSchema.prefault({}),
  store: storeSchema.prefault({}),
  serve: serveSchema.prefault({}),
  log: logSchema.prefault({}),
})

export type FileShape = z.infer<typeof fileSchema>
export type VantageShape = z.infer<typeof vantageSchema>
