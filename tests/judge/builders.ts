/**
 * Measurements for tests: say only what matters, the rest is a service that works.
 *
 * Addresses are public ones, since documentation ranges count as private to the judge.
 */
import type {
  CertificateFacts,
  DnsObservation,
  HttpObservation,
  Measurement,
  Observation,
  TcpObservation,
  TlsObservation,
} from '../../src/model/measurement.ts'
import type { DnsAnswer } from '../../src/model/dns.ts'

export const HOST = 'www.site.example'
/** what the site's name leads to */
export const ADDRESS = '93.184.216.34'
/** another good address of the site */
export const OTHER_ADDRESS = '93.184.216.99'
/** somebody else's */
export const FOREIGN_ADDRESS = '185.60.216.35'
export const V6_ADDRESS = '2a03:2880:f12f:83:face:b00c:0:25de'

/** Observations go in in order; anything else overrides fields of the measurement. */
export function aMeasurement(...parts: readonly (Observation | Partial<Measurement>)[]): Measurement {
  const observations = parts.filter((part): part is Observation => 'layer' in part)
  const overrides = parts.filter((part): part is Partial<Measurement> => !('layer' in part))
  const base: Measurement = {
    id: '0196b1a0-0000-7000-8000-000000000000',
    vantage: 'tj-babilon',
    endpoint: 'site/www',
    url: `https://${HOST}/`,
    plan: 'full',
    purpose: 'round',
    startedAt: 1_747_000_000_000,
    durationMs: 400,
    loopLagMs: 1,
    unfit: null,
    unfitDetail: null,
    observations,
    experiments: [],
    control: null,
  }
  return Object.assign(base, ...overrides) as Measurement
}

const step = { depth: 0, startedMs: 0, durationMs: 20, failure: null } as const

/** Addresses become A or AAAA records; the default is one good address by the vantage's own resolver over UDP. */
export function dns(
  overrides: Partial<Omit<DnsObservation, 'layer' | 'answers'>> & {
    readonly answers?: readonly string[]
  } = {},
): DnsObservation {
  const { answers, ...rest } = overrides
  const values = answers ?? (rest.failure === undefined || rest.failure === null ? [ADDRESS] : [])
  return {
    ...step,
    layer: 'dns',
    host: HOST,
    engine: 'udp',
    resolver: '85.9.128.1:53',
    role: 'vantage',
    queryType: 'A',
    late: [],
    ...rest,
    answers: values.map((value) => anAnswer(value)),
  }
}

/** What a trusted resolver over HTTPS said. */
export function trustedDns(...addresses: readonly string[]): DnsObservation {
  return dns({
    role: 'trusted',
    engine: 'doh',
    resolver: 'https://dns.example/dns-query',
    answers: addresses.length > 0 ? addresses : [ADDRESS],
  })
}

export function anAnswer(value: string, asn: number | null = null): DnsAnswer {
  return { type: value.includes(':') ? 'AAAA' : 'A', value, ttlS: 60, asn }
}

export function tcp(overrides: Partial<Omit<TcpObservation, 'layer'>> = {}): TcpObservation {
  return { ...step, layer: 'tcp', address: ADDRESS, port: 443, source: 'vantage', ...overrides }
}

/** Verified unless it failed. */
export function tls(overrides: Partial<Omit<TlsObservation, 'layer'>> = {}): TlsObservation {
  const failure = overrides.failure ?? null
  const isCertificate = failure?.startsWith('ssl_') === true
  return {
    ...step,
    layer: 'tls',
    address: ADDRESS,
    port: 443,
    source: 'vantage',
    serverName: HOST,
    alpn: failure === null ? 'h2' : null,
    version: failure === null ? 'TLSv1.3' : null,
    cipher: null,
    verified: failure === null ? true : isCertificate ? false : null,
    certificate: failure === null || isCertificate ? aCertificate() : null,
    chain: [],
    ...overrides,
  }
}

export function aCertificate(...names: readonly string[]): CertificateFacts {
  return {
    subject: 'CN=x',
    issuer: 'CN=y',
    names: names.length > 0 ? names : [HOST],
    sha256: 'ab'.repeat(32),
    notBeforeAt: 1_740_000_000_000,
    notAfterAt: 1_790_000_000_000,
  }
}

/** A page over verified TLS; `http:` URLs come in cleartext on port 80. */
export function http(overrides: Partial<Omit<HttpObservation, 'layer'>> = {}): HttpObservation {
  const isPlain = overrides.url?.startsWith('http:') === true
  const failed = (overrides.failure ?? null) !== null
  return {
    ...step,
    layer: 'http',
    address: ADDRESS,
    port: isPlain ? 80 : 443,
    source: 'vantage',
    url: `https://${HOST}/`,
    protocol: 'http/1.1',
    trusted: !isPlain,
    status: failed ? null : 200,
    headers: failed ? [] : [['x-site-version', '7']],
    bodyBytes: failed ? 0 : 40_000,
    bodyTruncated: false,
    bodySha256: null,
    title: failed ? null : 'Wonderful Site News',
    bodyHead: isPlain && !failed ? '<html>' : null,
    ...overrides,
  }
}

/** A redirect answer without a body. */
export function redirect(
  to: string,
  overrides: Partial<Omit<HttpObservation, 'layer'>> = {},
): HttpObservation {
  return http({ status: 302, headers: [['location', to]], bodyBytes: 0, title: null, ...overrides })
}

/** The same step at an address of the control's, which people there are never given. */
export const byControl = { address: OTHER_ADDRESS, source: 'control' } as const

/** Everything well: dns, tcp, tls and the page. */
export function aGoodMeasurement(...parts: readonly (Observation | Partial<Measurement>)[]): Measurement {
  return aMeasurement(dns(), tcp(), tls(), http(), ...parts)
}

/** The URL in cleartext, its page, and the connection it came over. */
export const PLAIN = { url: `http://${HOST}/` } as const
export function aPlainMeasurement(
  page: HttpObservation,
  ...parts: readonly (Observation | Partial<Measurement>)[]
): Measurement {
  return aMeasurement(PLAIN, dns(), tcp({ port: 80 }), page, ...parts)
}

/** A control that gets the page, seen from elsewhere. */
export function aControl(...parts: readonly (Observation | Partial<Measurement>)[]): Measurement {
  return aGoodMeasurement({ vantage: 'control-de', purpose: 'control' }, ...parts)
}

/** A control that does not. */
export function aFailedControl(...parts: readonly (Observation | Partial<Measurement>)[]): Measurement {
  return aMeasurement({ vantage: 'control-de', purpose: 'control' }, ...parts)
}

/** A control of the URL in cleartext. */
export function aPlainControl(page: HttpObservation = http(PLAIN)): Measurement {
  return aPlainMeasurement(page, { vantage: 'control-de', purpose: 'control' })
}
