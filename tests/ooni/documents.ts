/**
 * OONI measurements for tests, as JSON documents: say only what matters, the rest is a page that came.
 *
 * Addresses are public ones, since documentation ranges count as private to the judge.
 */
export const HOST = 'www.site.example'
export const URL_SECURE = `https://${HOST}/`
export const URL_PLAIN = `http://${HOST}/`
/** what the site's name leads to */
export const GOOD = '93.184.216.34'
/** another good address of the site */
export const GOOD_TOO = '93.184.216.99'
/** somebody else's, in another network */
export const FOREIGN_ADDRESS = '185.60.216.35'
export const V6 = '2a03:2880:f12f:83:face:b00c:0:25de'

export const BODY = `<html><title>Daily news from Khujand</title>${'x'.repeat(2000)}</html>`
export const BLOCK_BODY = '<html><title>Access restricted</title></html>'
export const HEADERS = { Server: 'nginx', 'X-Site-Id': '7', 'Content-Type': 'text/html' }

export interface QueryParts {
  readonly engine?: string | null
  readonly host?: string
  readonly failure?: string | null
  readonly addresses?: readonly (string | { readonly ip: string; readonly asn: number })[]
  readonly type?: string
  readonly depth?: number
  readonly transaction?: number
}

/** One lookup; by the system's resolver, of the site's name, and with its good address unless it failed. */
export function query(parts: QueryParts = {}) {
  const { engine = 'getaddrinfo', host = HOST, failure = null, type = 'ANY', depth = 0 } = parts
  const addresses = parts.addresses ?? (failure === null ? [GOOD] : [])
  return {
    engine,
    hostname: host,
    failure,
    query_type: type,
    answers: failure === null ? addresses.map(answer) : null,
    resolver_address: engine === 'getaddrinfo' ? '' : '8.8.8.8:53',
    t0: 0.01,
    t: 0.05,
    tags: engine === 'getaddrinfo' ? ['classic', `depth=${depth}`] : [`depth=${depth}`],
    transaction_id: parts.transaction ?? 10_001 + depth,
  }
}

function answer(given: string | { readonly ip: string; readonly asn: number }) {
  const { ip, asn } = typeof given === 'string' ? { ip: given, asn: undefined } : given
  const named = asn === undefined ? {} : { asn }
  return ip.includes(':')
    ? { answer_type: 'AAAA', ipv6: ip, ttl: null, ...named }
    : { answer_type: 'A', ipv4: ip, ttl: null, ...named }
}

export interface PageParts {
  readonly failure?: string | null
  readonly code?: number
  readonly body?: unknown
  readonly truncated?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly url?: string
}

export interface ConnectionParts {
  readonly ip?: string
  readonly port?: number
  readonly tcp?: string | null
  /** left out: no handshake was made */
  readonly tls?: string | null
  readonly serverName?: string
  /** left out: no page was asked for */
  readonly http?: PageParts
  readonly depth?: number
  readonly fetchBody?: boolean
  readonly classic?: boolean
  readonly transaction?: number
}

/** Over TLS to the site, up to the page. */
export function secure(parts: ConnectionParts = {}): ConnectionParts {
  return { port: 443, tls: null, http: {}, ...parts }
}

/** In cleartext to the site, up to the page. */
export function plain(parts: ConnectionParts = {}): ConnectionParts {
  return { port: 80, http: { url: URL_PLAIN, ...parts.http }, ...parts }
}

/** An answer that sends people on. */
export function sendsOn(location: string, url = URL_PLAIN): PageParts {
  return { code: 301, body: '', headers: { Location: location }, url }
}

export interface ControlParts {
  /** `null`: no such part in the control */
  readonly dns?: { readonly failure?: string | null; readonly addrs?: readonly string[] | null } | null
  readonly http?: {
    readonly failure?: string | null
    readonly code?: number
    readonly length?: number
    readonly title?: string
    readonly headers?: Readonly<Record<string, string>>
  } | null
  /** failure by `ip:port` */
  readonly tcp?: Readonly<Record<string, string | null>>
  readonly tls?: Readonly<Record<string, string | null>>
  readonly serverName?: string
  readonly networks?: Readonly<Record<string, number>>
}

/** A control that got the page at the good address. */
export function control(parts: ControlParts = {}) {
  const { dns = {}, http = {}, serverName = HOST } = parts
  const tcp = parts.tcp ?? { [`${GOOD}:443`]: null, [`${GOOD}:80`]: null }
  const tls = parts.tls ?? { [`${GOOD}:443`]: null }
  const failed = (http?.failure ?? null) !== null
  return {
    tcp_connect: mapped(tcp, (failure) => ({ status: failure === null, failure })),
    tls_handshake: mapped(tls, (failure) => ({ server_name: serverName, status: failure === null, failure })),
    ...(dns !== null && {
      dns: {
        failure: dns.failure ?? null,
        addrs: dns.addrs === undefined ? (dns.failure ? [] : [GOOD]) : dns.addrs,
      },
    }),
    ...(http !== null && {
      http_request: {
        failure: http.failure ?? null,
        status_code: failed ? -1 : (http.code ?? 200),
        body_length: failed ? -1 : (http.length ?? BODY.length),
        title: failed ? '' : (http.title ?? 'Daily news from Khujand'),
        headers: failed ? {} : (http.headers ?? HEADERS),
      },
    }),
    ip_info: mapped(parts.networks ?? {}, (asn) => ({ asn, flags: 1 })),
  }
}

function mapped<In, Out>(entries: Readonly<Record<string, In>>, to: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, to(value)]))
}

export interface DocumentParts {
  readonly input?: string | null
  readonly queries?: readonly ReturnType<typeof query>[]
  readonly connections?: readonly ConnectionParts[]
  /** `null`: the control could not be asked */
  readonly control?: ReturnType<typeof control> | null
  readonly testKeys?: Readonly<Record<string, unknown>>
}

/** A measurement by v0.5 with everything its reader could ask for. Its own conclusions are wrong on purpose: nobody may read them. */
export function document(parts: DocumentParts = {}) {
  const { input = URL_SECURE, queries = [query()], connections = [], control: seen = null } = parts
  const numbered = connections.map((connection, at) => ({
    ...connection,
    transaction: connection.transaction ?? 50_001 + at,
  }))
  return {
    ...base(input, '0.5.28'),
    test_keys: {
      agent: 'redirect',
      queries,
      tcp_connect: numbered.map(tcpConnect),
      tls_handshakes: numbered.flatMap(tlsHandshake),
      requests: numbered.flatMap(request).toReversed(),
      network_events: [],
      control: seen,
      control_failure: seen === null ? 'generic_timeout_error' : null,
      x_control_request: { http_request: input, tcp_connect: [] },
      blocking: 'http-diff',
      accessible: null,
      dns_consistency: 'reverse_match',
      body_length_match: true,
      title_match: true,
      status_code_match: true,
      headers_match: true,
      body_proportion: 1,
      ...parts.testKeys,
    },
  }
}

export function base(input: string | null, version: string) {
  return {
    annotations: { platform: 'linux', network_type: 'wifi' },
    data_format_version: '0.2.0',
    input,
    measurement_start_time: '2024-05-14 08:09:10',
    probe_asn: 'AS24722',
    probe_cc: 'TJ',
    probe_ip: '127.0.0.1',
    report_id: '20240514T080910Z_webconnectivity_TJ_24722_n1_0123456789abcdef',
    software_name: 'ooniprobe-android',
    software_version: '3.22.0',
    test_name: 'web_connectivity',
    test_runtime: 2.5,
    test_start_time: '2024-05-14 08:09:00',
    test_version: version,
  }
}

function tagsOf({ depth = 0, fetchBody = true, classic = true }: ConnectionParts): string[] {
  return [...(classic ? ['classic'] : []), `depth=${depth}`, `fetch_body=${fetchBody}`]
}

function tcpConnect(connectionParts: ConnectionParts) {
  const { ip = GOOD, port = 443, tcp = null } = connectionParts
  return {
    ip,
    port,
    status: { failure: tcp, success: tcp === null },
    t0: 0.1,
    t: 0.2,
    tags: tagsOf(connectionParts),
    transaction_id: connectionParts.transaction,
  }
}

function tlsHandshake(connectionParts: ConnectionParts) {
  if (connectionParts.tls === undefined) return []
  const { ip = GOOD, port = 443, serverName = HOST } = connectionParts
  return [
    {
      network: 'tcp',
      address: ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`,
      failure: connectionParts.tls,
      server_name: serverName,
      no_tls_verify: false,
      peer_certificates: [],
      tls_version: connectionParts.tls === null ? 'TLSv1.3' : '',
      negotiated_protocol: connectionParts.tls === null ? 'h2' : '',
      cipher_suite: '',
      t0: 0.2,
      t: 0.3,
      tags: tagsOf(connectionParts),
      transaction_id: connectionParts.transaction,
    },
  ]
}

function request(connectionParts: ConnectionParts) {
  if (connectionParts.http === undefined) return []
  const {
    failure = null,
    code = 200,
    body = BODY,
    truncated = false,
    headers = HEADERS,
    url = URL_SECURE,
  } = connectionParts.http
  const { ip = GOOD, port = 443 } = connectionParts
  return [
    {
      network: 'tcp',
      address: ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`,
      alpn: connectionParts.tls === null ? 'h2' : '',
      failure,
      request: { url, method: 'GET', headers: {}, headers_list: [], body: '', body_is_truncated: false },
      response: {
        code: failure === null ? code : 0,
        body: failure === null ? body : '',
        body_is_truncated: truncated,
        headers: failure === null ? headers : {},
        headers_list: failure === null ? Object.entries(headers) : [],
      },
      t0: 0.3,
      t: 0.9,
      tags: tagsOf(connectionParts),
      transaction_id: connectionParts.transaction,
    },
  ]
}
