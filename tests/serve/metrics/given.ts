/** Metrics for tests: two services seen from one network, a control, and nothing wrong; say only what differs. */
import type { Measurement, Observation } from '../../../src/model/measurement.ts'
import type { Outage, ServiceStatus } from '../../../src/model/outage.ts'
import type { Endpoint, EndpointRole } from '../../../src/model/service.ts'
import { createMetrics } from '../../../src/serve/metrics.ts'
import type { MetricSources } from '../../../src/serve/metrics/live.ts'
import type { Exposition } from '../../../src/serve/metrics/exposition.ts'
import * as judged from '../../judge/builders.ts'

export const NOW = Date.UTC(2026, 0, 1)

export function endpoint(id: string, role: EndpointRole = 'primary'): Endpoint {
  const service = id.split('/')[0]!
  return { id, service, url: `https://${service}.example/`, role, validFromAt: null, validUntilAt: null }
}

export const FACEBOOK = { id: 'facebook', endpoints: [endpoint('facebook/www')] }
export const YOUTUBE = { id: 'youtube', endpoints: [endpoint('youtube/www')] }

export const BABILON = {
  id: 'babilon',
  role: 'probe',
  country: 'TJ',
  asn: 24_722,
  isp: 'Babilon-T',
  route: { kind: 'direct' },
  health: 'online',
  blockedCanaries: [],
} as const satisfies ReturnType<MetricSources['vantages']>[number]

export const FRANKFURT = {
  id: 'frankfurt',
  role: 'control',
  country: 'DE',
  asn: null,
  isp: null,
  route: { kind: 'socks5', host: '192.0.2.1', port: 1080, username: null, password: null },
  health: 'online',
  blockedCanaries: [],
} as const satisfies ReturnType<MetricSources['vantages']>[number]

export const STORE = {
  bytes: 1,
  walBytes: 2,
  freeBytes: 3,
  queued: 4,
  dropped: 5,
  lastCommitMs: 6,
  failing: false,
}

/** What a daemon would pass in; `now` and all others are asked at each scrape. */
export function sources(over: Partial<MetricSources> = {}): MetricSources {
  return {
    now: () => NOW,
    status: () => [],
    services: () => [FACEBOOK, YOUTUBE],
    vantages: () => [BABILON, FRANKFURT],
    heightened: () => new Map(),
    outages: () => [],
    incidents: () => [],
    titles: () => new Map(),
    speeds: () => [],
    load: () => ({ inFlight: 0, waiting: 0 }),
    store: () => STORE,
    cpuPressure: () => 0.25,
    ...over,
  }
}

/** Metrics that watch what their sources name, and what they say of it. */
export async function givenMetrics(over: Partial<MetricSources> = {}) {
  const from = sources(over)
  const metrics = createMetrics(from, { version: '0.0.1', node: 'v24' })
  await metrics.watch({ services: [FACEBOOK, YOUTUBE], vantages: from.vantages() })
  return { metrics, lines: (about: string, format?: Exposition) => linesOf(metrics, about, format) }
}

/** The series whose name begins so, without comments, in the order they are written. */
async function linesOf(
  metrics: ReturnType<typeof createMetrics>,
  about: string,
  format: Exposition = 'text',
): Promise<string[]> {
  const text = await metrics.expose(format)
  return text.split('\n').filter((line) => line.startsWith(about))
}

export function aStatus(over: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    service: 'facebook',
    vantage: 'babilon',
    state: 'ok',
    partial: false,
    blockedOver: null,
    sinceAt: 0,
    mechanism: null,
    because: '',
    outageId: null,
    lastMeasurementAt: null,
    quic: { standing: 'insufficient', because: '' },
    ...over,
  }
}

export function anOutage(over: Partial<Outage> = {}): Outage {
  return {
    id: 'facebook.babilon.20260101T000000Z',
    service: 'facebook',
    vantage: 'babilon',
    cause: 'blocked',
    mechanism: 'tls.sni-reset',
    onsetAfterAt: NOW - 30_000,
    onsetBeforeAt: NOW,
    openedAt: NOW + 5_000,
    endAfterAt: null,
    endBeforeAt: null,
    closedAt: null,
    causes: [],
    reopened: 0,
    evidence: [],
    ...over,
  }
}

/** One fit look at facebook from babilon; observations and overrides as for the judge's. */
export function aMeasurement(...parts: readonly (Observation | Partial<Measurement>)[]): Measurement {
  const here = { vantage: 'babilon', endpoint: 'facebook/www', plan: 'heartbeat', startedAt: NOW } as const
  return judged.aMeasurement(here, ...parts)
}
