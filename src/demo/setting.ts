/**
 * setting: the configuration the demo runs on: the lab's networks as vantages, the hosts of 2015, and time fifteen times as fast.
 *
 * Timeouts are shortened less than everything else, so that a small machine under load is not taken for a censor; where that is not
 * enough, all of it takes `stretch` times as long.
 */
import type { Config } from '../config/config.ts'
import { DEFAULTS as CORRELATE } from '../correlate/settings.ts'
import { INCIDENT_DEFAULTS } from '../incident/group.ts'
import { DEFAULTS, scaleTime } from '../detect/settings.ts'
import type { NetworkFacts } from '../lab/network.ts'
import type { Facts } from '../lab/process.ts'
import type { EndpointRole, Service } from '../model/service.ts'
import type { Vantage } from '../model/vantage.ts'

/** How much faster than the default schedule the demo runs. */
export const SPEED = 15
export const HEARTBEAT_MS = 2_000
/** Ten minutes at that speed would be 40 s; a demo cannot wait so long between its acts. */
export const REOPEN_MS = 2_000

/** What takes hours in the world takes seconds here: from video to block, and from one network to the next. */
const HOUR_S = 3_600

/** The networks that take part, of those the lab has. */
export const NETWORKS = ['babilon', 'tt-mobile', 'tcell', 'outside']

const SERVICES: readonly Service[] = [
  service('facebook', 'Facebook', {
    www: ['https://www.facebook.com/', 'primary'],
    static: ['https://static.xx.fbcdn.net/', 'asset'],
  }),
  service('youtube', 'YouTube', {
    www: ['https://www.youtube.com/', 'primary'],
    thumbnails: ['https://i.ytimg.com/', 'asset'],
  }),
  service('odnoklassniki', 'Odnoklassniki', { www: ['https://ok.ru/', 'primary'] }),
  service('asia-plus', 'Asia-Plus', { www: ['http://news.tj/', 'primary'] }),
]

/**
 * @param base the configuration that comes with didbon; its canaries and limits are used, and where it listens
 * @param storePath of a database of the demo's own
 * @param stretch how many times as long everything takes
 */
export function demoConfig(base: Config, lab: Facts, storePath: string, stretch = 1): Config {
  const faster = (ms: number) => (ms * stretch) / SPEED
  return {
    ...base,
    services: SERVICES,
    vantages: lab.networks.map((network) => vantageIn(network, lab)),
    schedule: {
      ...base.schedule,
      heartbeat: every(2 * stretch),
      heightened: every(2 * stretch),
      full: every(Math.min(60, 20 * stretch)),
      throughput: null,
      canary: every(4 * stretch),
      maxInFlight: 64,
      suspectAfterMs: 400 * stretch,
      confirmAfterMs: base.schedule.confirmAfterMs.map(faster),
      services: {},
      vantages: {},
    },
    probe: {
      ...base.probe,
      dnsTimeoutMs: 600 * stretch,
      tcpTimeoutMs: 1_000 * stretch,
      tlsTimeoutMs: 1_000 * stretch,
      httpTimeoutMs: 1_000 * stretch,
      totalTimeoutMs: 4_000 * stretch,
      lateReplyWindowMs: 200 * stretch,
      maxLoopLagMs: 250 * stretch,
      quic: base.probe.quic === null ? null : { ...base.probe.quic, timeoutMs: 1_500 * stretch },
      extraCa: [lab.ca],
    },
    // Not during the story: what it shows is what the measurements alone can tell. A demo that is kept turns them on.
    diagnose: {
      ...base.diagnose,
      enabled: false,
      everyMs: HOUR_S * 1_000,
      leastGapMs: 20_000,
      totalTimeoutMs: 30_000,
      trialTimeoutMs: 1_000,
    },
    detect: { ...scaleTime(DEFAULTS, stretch / SPEED), reopenMs: REOPEN_MS * stretch },
    incidents: {
      withinMs: (INCIDENT_DEFAULTS.withinMs / HOUR_S) * stretch,
      spanMs: (INCIDENT_DEFAULTS.spanMs / HOUR_S) * stretch,
    },
    correlate: {
      medianLagHours: CORRELATE.medianLagHours / HOUR_S,
      timesWithinHours: CORRELATE.timesWithinHours / HOUR_S,
      horizonHours: CORRELATE.horizonHours / HOUR_S,
    },
    store: { ...base.store, path: storePath, commitEveryMs: 200 },
  }
}

/** A time of node-cron that comes every so many seconds, of which there are at most 60. */
function every(seconds: number): string {
  return seconds < 60 ? `*/${seconds} * * * * *` : '0 * * * * *'
}

function vantageIn(network: NetworkFacts, { trustedResolver }: Facts): Vantage {
  const { id, role, country, asn, isp, city, socksHost: host, socksPort: port, username, password } = network
  return {
    id,
    role,
    country,
    asn,
    isp,
    city,
    route: { kind: 'socks5', host, port, username, password },
    resolvers: [{ kind: 'udp', ...network.ispResolver }],
    trustedResolver: { kind: 'doh', ...trustedResolver },
    maxInFlight: 32,
  }
}

function service(
  id: string,
  name: string,
  endpoints: Record<string, readonly [url: string, role: EndpointRole]>,
): Service {
  return {
    id,
    name,
    endpoints: Object.entries(endpoints).map(([key, [url, role]]) => ({
      id: `${id}/${key}`,
      service: id,
      url,
      role,
      validFromAt: null,
      validUntilAt: null,
    })),
  }
}
