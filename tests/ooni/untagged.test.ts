/**
 * Web Connectivity v0.4: no tags, no transactions, addresses checked first and the page fetched on its own. Judged by the same
 * rules, everything counts as people's own.
 */
import { describe, expect, test } from 'vitest'
import {
  BODY,
  GOOD,
  GOOD_TOO,
  HEADERS,
  HOST,
  FOREIGN_ADDRESS,
  URL_PLAIN,
  URL_SECURE,
  V6,
  base,
  control,
  query,
} from './documents.ts'
import { judged, keysOf } from './judged.ts'

interface Checked {
  readonly ip?: string
  readonly port?: number
  readonly tcp?: string | null
  /** left out: no handshake was made */
  readonly tls?: string | null
}

interface Asked {
  readonly url?: string
  readonly failure?: string | null
  readonly code?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

interface Parts {
  readonly input?: string
  readonly queries?: readonly object[]
  readonly checked?: readonly Checked[]
  /** oldest first, as they were made */
  readonly asked?: readonly Asked[]
  readonly control?: object | null
  readonly testKeys?: object
}

/** Early versions asked for A and AAAA by one name for the system's resolver. */
function lookup(parts: Parameters<typeof query>[0] = {}) {
  const { tags: _tags, transaction_id: _id, ...rest } = query({ engine: 'system', type: 'A', ...parts })
  return rest
}

function older(parts: Parts) {
  const {
    input = URL_SECURE,
    queries = [lookup()],
    checked = [],
    asked = [],
    control: seen = control(),
  } = parts
  return {
    ...base(input, '0.4.2'),
    test_keys: {
      queries,
      tcp_connect: checked.map(({ ip = GOOD, port = 443, tcp = null }) => ({
        ip,
        port,
        status: { blocked: tcp !== null, failure: tcp, success: tcp === null },
        t: 0.2,
      })),
      tls_handshakes: checked.flatMap(({ ip = GOOD, port = 443, tls }) =>
        tls === undefined
          ? []
          : [
              {
                address: ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`,
                failure: tls,
                server_name: HOST,
                no_tls_verify: false,
                tags: ['tcptls_experiment'],
                t: 0.3,
              },
            ],
      ),
      requests: asked
        .map(({ url = URL_SECURE, failure = null, code = 200, body = BODY, headers = HEADERS }) => ({
          failure,
          request: { url, method: 'GET', headers: {}, body: '' },
          response:
            failure === null
              ? { code, body, headers, body_is_truncated: false }
              : { code: 0, body: '', headers: {} },
        }))
        .toReversed(),
      // Where the control could not be asked, v0.4 leaves one behind that says nothing.
      control: seen ?? {
        tcp_connect: null,
        http_request: { body_length: 0, failure: null, title: '', headers: null, status_code: 0 },
        dns: { failure: null, addrs: null },
      },
      control_failure: seen === null ? 'generic_timeout_error' : null,
      blocking: 'http-diff',
      accessible: null,
      ...parts.testKeys,
    },
  }
}

const NXDOMAIN = [
  lookup({ failure: 'dns_nxdomain_error' }),
  lookup({ failure: 'dns_nxdomain_error', type: 'AAAA' }),
]

describe('blocking and accessible', () => {
  test.each<[string, Parts, string | false | null, boolean | null]>([
    ['a page over TLS', { checked: [{ tls: null }], asked: [{}] }, false, true],
    [
      'a page over TLS, and no control',
      { checked: [{ tls: null }], asked: [{}], control: null },
      false,
      true,
    ],
    ['a page over TLS, and no checks recorded', { asked: [{}], control: null }, false, true],
    [
      'a page over TLS after a redirect',
      {
        input: URL_PLAIN,
        checked: [{ port: 80 }],
        asked: [{ url: URL_PLAIN, code: 301 }, {}],
        control: null,
      },
      false,
      true,
    ],
    [
      'cleartext, the same page',
      { input: URL_PLAIN, checked: [{ port: 80 }], asked: [{ url: URL_PLAIN }] },
      false,
      true,
    ],
    [
      'cleartext, another page',
      {
        input: URL_PLAIN,
        checked: [{ port: 80 }],
        asked: [{ url: URL_PLAIN, body: '<title>Access restricted</title>', headers: {} }],
      },
      'http-diff',
      false,
    ],
    [
      'cleartext, and no control',
      { input: URL_PLAIN, checked: [{ port: 80 }], asked: [{ url: URL_PLAIN }], control: null },
      null,
      null,
    ],
    ['no name here', { queries: NXDOMAIN }, 'dns', false],
    [
      'no name here, and a request that says so too',
      { queries: NXDOMAIN, asked: [{ failure: 'dns_nxdomain_error' }] },
      'dns',
      false,
    ],
    [
      'no name for anybody',
      {
        queries: NXDOMAIN,
        control: control({ dns: { failure: 'dns_name_error' }, http: { failure: 'dns_lookup_error' } }),
      },
      false,
      false,
    ],
    ['no name here, and no control (deviation)', { queries: NXDOMAIN, control: null }, null, null],
    [
      'no AAAA is no failure',
      {
        queries: [lookup(), lookup({ type: 'AAAA', failure: 'dns_no_answer' })],
        checked: [{ tls: null }],
        asked: [{ failure: 'connection_reset' }],
      },
      'http-failure',
      false,
    ],
    [
      'no connection here',
      { checked: [{ tcp: 'generic_timeout_error' }], asked: [{ failure: 'generic_timeout_error' }] },
      'tcp_ip',
      false,
    ],
    [
      'no connection to a made up address',
      {
        queries: [lookup({ addresses: [FOREIGN_ADDRESS] })],
        checked: [{ ip: FOREIGN_ADDRESS, tcp: 'connection_refused' }],
        asked: [{ failure: 'connection_refused' }],
      },
      'dns',
      false,
    ],
    [
      'no connection for anybody',
      {
        checked: [{ tcp: 'connection_refused' }],
        asked: [{ failure: 'connection_refused' }],
        control: control({
          tcp: { [`${GOOD}:443`]: 'connection_refused_error' },
          http: { failure: 'connection_refused_error' },
        }),
      },
      false,
      false,
    ],
    [
      'no handshake here',
      { checked: [{ tls: 'connection_reset' }], asked: [{ failure: 'connection_reset' }] },
      'http-failure',
      false,
    ],
    [
      'no handshake for anybody',
      {
        checked: [{ tls: 'eof_error' }],
        asked: [{ failure: 'eof_error' }],
        control: control({ tls: { [`${GOOD}:443`]: 'eof_error' }, http: { failure: 'unknown_error' } }),
      },
      false,
      false,
    ],
    [
      'no answer here',
      { checked: [{ tls: null }], asked: [{ failure: 'eof_error' }] },
      'http-failure',
      false,
    ],
    [
      'no answer to anybody',
      {
        checked: [{ tls: null }],
        asked: [{ failure: 'eof_error' }],
        control: control({ http: { failure: 'unknown_error' } }),
      },
      false,
      false,
    ],
    [
      'no answer, and no control',
      { checked: [{ tls: null }], asked: [{ failure: 'eof_error' }], control: null },
      null,
      null,
    ],
    [
      'no connection after a redirect',
      {
        input: URL_PLAIN,
        checked: [{ port: 80 }],
        asked: [{ url: URL_PLAIN, code: 302 }, { failure: 'connection_refused' }],
      },
      'http-failure',
      false,
    ],
    [
      'a bad certificate after a redirect',
      {
        input: URL_PLAIN,
        checked: [{ port: 80 }],
        asked: [{ url: URL_PLAIN, code: 302 }, { failure: 'ssl_unknown_authority' }],
      },
      'http-failure',
      false,
    ],
    [
      'no name after a redirect',
      {
        input: URL_PLAIN,
        checked: [{ port: 80 }],
        asked: [
          { url: URL_PLAIN, code: 302 },
          { url: 'https://m.site.example/', failure: 'dns_nxdomain_error' },
        ],
      },
      'dns',
      false,
    ],
    [
      'no name after a redirect, as Android says it',
      {
        input: URL_PLAIN,
        checked: [{ port: 80 }],
        asked: [{ url: URL_PLAIN, code: 302 }, { failure: 'android_dns_cache_no_data' }],
        control: control({ http: { failure: 'unknown_error' } }),
      },
      'dns',
      false,
    ],
    [
      'a lookup that timed out, which the request only repeats',
      {
        queries: [lookup({ failure: 'generic_timeout_error' })],
        asked: [{ failure: 'generic_timeout_error' }],
        control: control({ dns: null }),
      },
      'dns',
      false,
    ],
    [
      'one address refused, the page by another',
      {
        queries: [lookup({ addresses: [GOOD, GOOD_TOO] })],
        checked: [{ ip: GOOD_TOO, tcp: 'connection_refused' }, { tls: null }],
        asked: [{}],
      },
      false,
      true,
    ],
    [
      'IPv6 without a way, IPv4 timed out',
      {
        queries: [lookup(), lookup({ type: 'AAAA', addresses: [V6] })],
        checked: [{ ip: V6, tcp: 'network_unreachable' }, { tcp: 'timed_out' }],
        asked: [{ failure: 'timed_out' }],
      },
      'tcp_ip',
      false,
    ],
    [
      'only loopback here',
      { queries: [lookup({ addresses: ['127.0.0.1'] })], asked: [{ failure: 'connection_refused' }] },
      'dns',
      false,
    ],
    [
      'a check of the other port decides nothing, whether it fails',
      {
        input: URL_PLAIN,
        checked: [
          { port: 80, tcp: 'generic_timeout_error' },
          { port: 443, tls: 'connection_reset' },
        ],
        asked: [{ url: URL_PLAIN, failure: 'generic_timeout_error' }],
      },
      'tcp_ip',
      false,
    ],
    ['nothing but a control', { queries: [] }, null, null],
  ])('%s', (_name, parts, blocking, accessible) => {
    expect(keysOf(older(parts))).toEqual({ blocking, accessible })
  })
})

describe('mechanisms', () => {
  test.each<[string, Parts, string | null]>([
    [
      'no connection',
      { checked: [{ tcp: 'generic_timeout_error' }], asked: [{ failure: 'generic_timeout_error' }] },
      'tcp.timeout',
    ],
    [
      'no handshake',
      { checked: [{ tls: 'connection_reset' }], asked: [{ failure: 'connection_reset' }] },
      'tls.sni-reset',
    ],
    ['no answer', { checked: [{ tls: null }], asked: [{ failure: 'connection_reset' }] }, 'http.reset'],
    ['no name', { queries: NXDOMAIN }, 'dns.nxdomain'],
  ])('%s', (_name, parts, mechanism) => {
    expect(judged(older(parts))).toMatchObject({ outcome: 'anomaly', mechanism })
  })
})

test('nor whether it works: a page nobody got was not reached', () => {
  const doc = older({
    input: URL_PLAIN,
    checked: [
      { port: 80, tcp: 'generic_timeout_error' },
      { port: 443, tls: null },
    ],
    asked: [{ url: URL_PLAIN, failure: 'generic_timeout_error' }],
  })
  expect(judged(doc)).toMatchObject({ blocking: 'tcp_ip', outcome: 'anomaly', mechanism: 'tcp.timeout' })
})

test('the engines of v0.4 are all the system’s resolver', () => {
  for (const engine of ['getaddrinfo', 'golang_net_resolver', 'system', 'go', 'unknown', null]) {
    const queries = [lookup({ engine, failure: 'dns_nxdomain_error' })]
    expect(keysOf(older({ queries }))).toEqual({ blocking: 'dns', accessible: false })
  }
})

test('a handshake that does not say where it was goes with the next connection that could have one', () => {
  const doc = older({
    checked: [{ port: 80 }, { port: 443, tls: 'connection_reset' }],
    asked: [{ failure: 'connection_reset' }],
  })
  const handshakes = doc.test_keys.tls_handshakes.map(({ address: _address, ...rest }) => rest)
  const told = { ...doc, test_keys: { ...doc.test_keys, tls_handshakes: handshakes } }
  expect(judged(told)).toMatchObject({ blocking: 'http-failure', mechanism: 'tls.sni-reset' })
})

test('records of before failures had names say only whether it worked', () => {
  const doc = older({ checked: [{}] })
  const tcp = [{ ip: GOOD, port: 443, status: { success: false, failure: true } }]
  expect(keysOf({ ...doc, test_keys: { ...doc.test_keys, tcp_connect: tcp } })).toEqual({
    blocking: 'tcp_ip',
    accessible: false,
  })
  const fine = [{ ip: GOOD, port: 443, status: { success: true, failure: false } }]
  expect(keysOf({ ...doc, test_keys: { ...doc.test_keys, tcp_connect: fine } })).toEqual({
    blocking: null,
    accessible: null,
  })
})
