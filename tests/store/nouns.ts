/** nouns: what goes into a store. Builders show only what matters. */
import type {
  DnsObservation,
  HttpObservation,
  Measurement,
  TcpObservation,
} from '../../src/model/measurement.ts'
import type { Outage, OutageChange } from '../../src/model/outage.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import type { Saved } from '../../src/store/store.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR
/** 2025-10-09 08:00 UTC, a full hour */
export const T0 = 1_759_996_800_000

/** UUID version 7 with a counter where chance would be, so that tests can name ids. */
export function anId(n: number, at: number = T0): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`
}

export function dns(over: Partial<DnsObservation> = {}): DnsObservation {
  return {
    layer: 'dns',
    depth: 0,
    startedMs: 0,
    durationMs: 12.4,
    failure: null,
    host: 'www.example.org',
    engine: 'udp',
    resolver: '192.0.2.53:53',
    role: 'vantage',
    queryType: 'A',
    answers: [{ type: 'A', value: '192.0.2.80', ttlS: 60, asn: null }],
    late: [],
    ...over,
  }
}

export function tcp(over: Partial<TcpObservation> = {}): TcpObservation {
  return {
    layer: 'tcp',
    depth: 0,
    startedMs: 13,
    durationMs: 80.6,
    failure: null,
    address: '192.0.2.80',
    port: 443,
    source: 'vantage',
    ...over,
  }
}

export function http(over: Partial<HttpObservation> = {}): HttpObservation {
  return {
    layer: 'http',
    depth: 0,
    startedMs: 200,
    durationMs: 310,
    failure: null,
    address: '192.0.2.80',
    port: 443,
    source: 'vantage',
    url: 'https://www.example.org/',
    protocol: 'http/1.1',
    trusted: true,
    status: 200,
    headers: [['server', 'x']],
    bodyBytes: 5120,
    bodyTruncated: false,
    bodySha256: 'ab'.repeat(32),
    title: 'Пример',
    bodyHead: null,
    ...over,
  }
}

export function aMeasurement(n: number, over: Partial<Measurement> = {}): Measurement {
  const startedAt = over.startedAt ?? T0 + n
  return {
    id: anId(n, startedAt),
    vantage: 'babilon',
    endpoint: 'facebook/www',
    url: 'https://www.facebook.com/',
    plan: 'heartbeat',
    purpose: 'round',
    durationMs: 250.25,
    loopLagMs: 1.5,
    unfit: null,
    unfitDetail: null,
    observations: [dns(), tcp()],
    experiments: [],
    control: null,
    ...over,
    startedAt,
  }
}

export const FINE: Verdict = {
  reached: 'yes',
  outcome: 'ok',
  layer: null,
  mechanism: null,
  rule: 'all_fine',
  because: 'Every step succeeded.',
  failure: null,
  weight: -0.5,
  silent: false,
  blocking: false,
  accessible: true,
}

export const RESET: Verdict = {
  reached: 'no',
  outcome: 'anomaly',
  layer: 'tls',
  mechanism: 'tls.sni-reset',
  rule: 'tls_reset_not_in_control',
  because: 'A reset during the handshake that the control never sees is how SNI filters act.',
  failure: 'connection_reset',
  weight: 2.25,
  silent: false,
  blocking: 'http-failure',
  accessible: false,
}

/** One step of the pipeline; fine unless told otherwise. */
export function saved(measurement: Measurement | null, over: Partial<Saved> = {}): Saved {
  return { measurement, verdict: measurement === null ? null : FINE, changes: [], detector: null, ...over }
}

export function anOutage(over: Partial<Outage> = {}): Outage {
  return {
    id: 'facebook.babilon.2025-10-09T08:00:00Z',
    service: 'facebook',
    vantage: 'babilon',
    cause: 'unreachable',
    mechanism: null,
    onsetAfterAt: T0 - 20_000,
    onsetBeforeAt: T0,
    openedAt: T0 + 5_000,
    endAfterAt: null,
    endBeforeAt: null,
    closedAt: null,
    causes: [
      { at: T0 + 5_000, cause: 'unreachable', mechanism: null, reason: 'Four looks in a row failed.' },
    ],
    reopened: 0,
    evidence: [],
    ...over,
  }
}

export function opened(outage: Outage): OutageChange {
  return { kind: 'opened', at: outage.openedAt, outage }
}
