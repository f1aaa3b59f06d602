/** `blocking` and `accessible` of v0.5 measurements, rule by rule, numbered in the order OONI asks them. */
import { describe, expect, test } from 'vitest'
import {
  BLOCK_BODY,
  BODY,
  type ConnectionParts,
  type ControlParts,
  type DocumentParts,
  GOOD,
  GOOD_TOO,
  HOST,
  type PageParts,
  FOREIGN_ADDRESS,
  URL_PLAIN,
  V6,
  control,
  document,
  plain,
  query,
  secure,
  sendsOn,
} from './documents.ts'
import { keysOf } from './judged.ts'

type Blocking = 'dns' | 'tcp_ip' | 'http-failure' | 'http-diff' | false | null
type Case = [name: string, parts: DocumentParts, blocking: Blocking, accessible: boolean | null]

const NXDOMAIN = [query({ failure: 'dns_nxdomain_error' })]
const LIE = [query({ addresses: [FOREIGN_ADDRESS] })]
const atForeignAddress = (parts: ConnectionParts = {}) => secure({ ip: FOREIGN_ADDRESS, ...parts })
const FAILED_HTTP: ControlParts = { http: { failure: 'unknown_error' } }
const only = (parts: ControlParts): ControlParts => ({ dns: null, http: null, tcp: {}, tls: {}, ...parts })

const RULES: Case[] = [
  ['1: a page over TLS, and no control', { connections: [secure()] }, false, true],
  [
    '1: an error page over TLS',
    { connections: [secure({ http: { code: 503 } })], control: control() },
    false,
    true,
  ],
  [
    '1: a 404 over TLS, and the control failed',
    { connections: [secure({ http: { code: 404 } })], control: control(FAILED_HTTP) },
    false,
    true,
  ],
  [
    '1: a page over TLS beats DNS inconsistency',
    { queries: LIE, connections: [atForeignAddress()], control: control() },
    false,
    true,
  ],
  ['2: cleartext, and no control', { input: URL_PLAIN, connections: [plain()] }, null, null],
  [
    '2: cleartext, and a control that looked at DNS alone',
    { input: URL_PLAIN, connections: [plain()], control: control(only({ dns: {} })) },
    null,
    null,
  ],
  [
    '2: cleartext, no page by the control, and DNS inconsistent',
    {
      input: URL_PLAIN,
      queries: LIE,
      connections: [plain({ ip: FOREIGN_ADDRESS })],
      control: control(only({ dns: {} })),
    },
    'dns',
    false,
  ],
  [
    '3: the same page in cleartext',
    { input: URL_PLAIN, connections: [plain()], control: control() },
    false,
    true,
  ],
  [
    '3: the same page in cleartext beats DNS inconsistency',
    { input: URL_PLAIN, queries: LIE, connections: [plain({ ip: FOREIGN_ADDRESS })], control: control() },
    false,
    true,
  ],
  [
    '4: another page in cleartext',
    {
      input: URL_PLAIN,
      connections: [plain({ http: { url: URL_PLAIN, body: BLOCK_BODY, headers: {} } })],
      control: control(),
    },
    'http-diff',
    false,
  ],
  [
    '4: a control that failed has no page to compare',
    { input: URL_PLAIN, connections: [plain()], control: control(FAILED_HTTP) },
    'http-diff',
    false,
  ],
  [
    '4: another page, and DNS inconsistent',
    {
      input: URL_PLAIN,
      queries: LIE,
      connections: [plain({ ip: FOREIGN_ADDRESS, http: { url: URL_PLAIN, body: BLOCK_BODY, headers: {} } })],
      control: control(),
    },
    'dns',
    false,
  ],
  ['5: no answer, and no control', { connections: [secure({ http: { failure: 'eof_error' } })] }, null, null],
  [
    '5: no answer to anybody',
    { connections: [secure({ http: { failure: 'eof_error' } })], control: control(FAILED_HTTP) },
    false,
    false,
  ],
  [
    '5: no answer here',
    { connections: [secure({ http: { failure: 'eof_error' } })], control: control() },
    'http-failure',
    false,
  ],
  [
    '5: no answer to anybody, and DNS inconsistent',
    {
      queries: LIE,
      connections: [atForeignAddress({ http: { failure: 'eof_error' } })],
      control: control(FAILED_HTTP),
    },
    'dns',
    false,
  ],
  ['6: no handshake, and no control', { connections: [{ tls: 'connection_reset' }] }, null, null],
  [
    '6: no handshake, and only a page by the control',
    { connections: [{ tls: 'connection_reset' }], control: control(only({ http: {} })) },
    'http-failure',
    false,
  ],
  [
    '6: no handshake, and only a page that failed by the control',
    { connections: [{ tls: 'connection_reset' }], control: control(only(FAILED_HTTP)) },
    'http-failure',
    false,
  ],
  [
    '6: no handshake, and the control only connected',
    {
      connections: [{ tls: 'connection_reset' }],
      control: control(only({ tcp: { [`${GOOD}:443`]: null } })),
    },
    null,
    null,
  ],
  [
    '6: no handshake for anybody',
    {
      connections: [{ tls: 'eof_error' }],
      control: control({ ...FAILED_HTTP, tls: { [`${GOOD}:443`]: 'eof_error' } }),
    },
    false,
    false,
  ],
  [
    '6: no handshake here',
    { connections: [{ tls: 'generic_timeout_error' }], control: control() },
    'http-failure',
    false,
  ],
  [
    '6: a handshake by the control for another name says nothing',
    {
      connections: [{ tls: 'eof_error' }],
      control: control({
        ...FAILED_HTTP,
        serverName: 'other.example',
        tls: { [`${GOOD}:443`]: 'eof_error' },
      }),
    },
    'http-failure',
    false,
  ],
  ['7: no connection, and no control', { connections: [{ tcp: 'connection_refused' }] }, null, null],
  [
    '7: no connection, and only a page by the control',
    { connections: [{ tcp: 'connection_refused' }], control: control(only({ http: {} })) },
    'http-failure',
    false,
  ],
  [
    '7: no connection for anybody',
    {
      connections: [{ tcp: 'connection_refused' }],
      control: control({ ...FAILED_HTTP, tcp: { [`${GOOD}:443`]: 'connection_refused_error' } }),
    },
    false,
    false,
  ],
  [
    '7: no connection here',
    { connections: [{ tcp: 'generic_timeout_error' }], control: control() },
    'tcp_ip',
    false,
  ],
  [
    '7: no connection to an address that was made up',
    { queries: LIE, connections: [{ ip: FOREIGN_ADDRESS, tcp: 'connection_refused' }], control: control() },
    'dns',
    false,
  ],
  [
    '7: no connection for anybody to an address that was made up',
    {
      queries: LIE,
      connections: [{ ip: FOREIGN_ADDRESS, tcp: 'connection_refused' }],
      control: control({ tcp: { [`${FOREIGN_ADDRESS}:443`]: 'connect_error' } }),
    },
    'dns',
    false,
  ],
  [
    '7: no connection to a made up address, and the control looked at DNS alone',
    {
      queries: LIE,
      connections: [{ ip: FOREIGN_ADDRESS, tcp: 'connection_refused' }],
      control: control(only({ dns: {} })),
    },
    'dns',
    false,
  ],
  ['8: no name, and no control (deviation: OONI says accessible)', { queries: NXDOMAIN }, null, null],
  [
    '8: no name, and only a page by the control',
    { queries: NXDOMAIN, control: control(only({ http: {} })) },
    'dns',
    false,
  ],
  [
    '8: no name for anybody',
    {
      queries: NXDOMAIN,
      control: control({ dns: { failure: 'dns_name_error' }, http: { failure: 'dns_lookup_error' } }),
    },
    false,
    false,
  ],
  [
    '8: no answer here, no address for the control',
    {
      queries: [query({ failure: 'dns_no_answer' })],
      control: control({ dns: { addrs: [] }, http: { failure: 'dns_lookup_error' } }),
    },
    false,
    false,
  ],
  [
    '8: no address for the control, written as null',
    {
      queries: [query({ failure: 'dns_no_answer' })],
      control: control({ dns: { addrs: null }, http: { failure: 'dns_lookup_error' } }),
    },
    false,
    false,
  ],
  [
    '8: the name does not exist here, and has no address for the control',
    { queries: NXDOMAIN, control: control({ dns: { addrs: [] } }) },
    'dns',
    false,
  ],
  ['8: no name here', { queries: NXDOMAIN, control: control() }, 'dns', false],
  [
    '8: no name here, by a phone that does not say why',
    { queries: [query({ failure: 'android_dns_cache_no_data' })], control: control() },
    'dns',
    false,
  ],
  [
    '8: no name for anybody, by a phone that does not say why',
    {
      queries: [query({ failure: 'android_dns_cache_no_data' })],
      control: control({ dns: { failure: 'dns_name_error' } }),
    },
    false,
    false,
  ],
  [
    '9: only loopback here',
    { queries: [query({ addresses: ['127.0.0.1'] })], control: control() },
    'dns',
    false,
  ],
  [
    '9: only the unspecified address here',
    { queries: [query({ addresses: ['0.0.0.0'] })], control: control() },
    'dns',
    false,
  ],
  [
    '9: only loopback for both',
    { queries: [query({ addresses: ['127.0.0.1'] })], control: control({ dns: { addrs: ['127.0.0.1'] } }) },
    false,
    false,
  ],
  [
    '9: loopback beside a real address is not only loopback',
    { queries: [query({ addresses: ['127.0.0.1', GOOD] })], control: control() },
    null,
    null,
  ],
  ['nothing was seen to fail, and no page came', { connections: [{}], control: control() }, null, null],
]

const REDIRECTS: Case[] = [
  [
    'the deeper hop decides: a page over TLS after a redirect',
    {
      input: URL_PLAIN,
      connections: [
        plain({ http: sendsOn('https://m.site.example/') }),
        secure({ depth: 1, ip: GOOD_TOO, classic: false }),
      ],
      queries: [query(), query({ depth: 1, host: 'm.site.example', addresses: [GOOD_TOO] })],
    },
    false,
    true,
  ],
  [
    'no connection after a redirect is http-failure, never tcp_ip',
    {
      input: URL_PLAIN,
      connections: [
        plain({ http: sendsOn('https://www.site.example/') }),
        { depth: 1, tcp: 'connection_refused' },
      ],
      control: control(),
    },
    'http-failure',
    false,
  ],
  [
    'no handshake after a redirect, and no control',
    {
      input: URL_PLAIN,
      connections: [
        plain({ http: sendsOn('https://www.site.example/') }),
        { depth: 1, tls: 'connection_reset' },
      ],
    },
    null,
    null,
  ],
  [
    'no handshake after a redirect',
    {
      input: URL_PLAIN,
      connections: [
        plain({ http: sendsOn('https://www.site.example/') }),
        { depth: 1, tls: 'connection_reset' },
      ],
      control: control(),
    },
    'http-failure',
    false,
  ],
  [
    'no name after a redirect to another one',
    {
      input: URL_PLAIN,
      queries: [query(), query({ depth: 1, host: 'm.site.example', failure: 'dns_nxdomain_error' })],
      connections: [plain({ http: sendsOn('https://m.site.example/') })],
      control: control(),
    },
    'dns',
    false,
  ],
  [
    'no name after a redirect, and no control (deviation)',
    {
      input: URL_PLAIN,
      queries: [query(), query({ depth: 1, host: 'm.site.example', failure: 'dns_nxdomain_error' })],
      connections: [plain({ http: sendsOn('https://m.site.example/') })],
    },
    null,
    null,
  ],
  [
    'a redirect that leads nowhere says nothing',
    {
      input: URL_PLAIN,
      connections: [plain({ http: sendsOn('https://m.site.example/') })],
      control: control(),
    },
    null,
    null,
  ],
  [
    'too many redirects, which the control gets through',
    {
      input: URL_PLAIN,
      connections: [
        plain({ http: sendsOn(URL_PLAIN) }),
        plain({
          depth: 1,
          http: { url: URL_PLAIN, failure: 'unknown_failure: stopped after too many redirects' },
        }),
      ],
      control: control(),
    },
    'http-failure',
    false,
  ],
]

const CLASSIC: Case[] = [
  [
    'an address of the public resolver does not count',
    {
      queries: [
        query({ failure: 'dns_nxdomain_error' }),
        query({ engine: 'udp', type: 'A', transaction: 20_001 }),
      ],
      connections: [secure({ classic: false })],
      control: control(),
    },
    'dns',
    false,
  ],
  [
    'an address only the control gave does not count',
    { queries: NXDOMAIN, connections: [secure({ classic: false })], control: control() },
    'dns',
    false,
  ],
  [
    'an address nobody is known to have given counts',
    {
      input: `https://${GOOD_TOO}/`,
      queries: [],
      connections: [{ ip: GOOD_TOO, classic: false, tcp: 'connection_refused' }],
      control: control({ tcp: { [`${GOOD_TOO}:443`]: null } }),
    },
    'tcp_ip',
    false,
  ],
  [
    'a connection that only checks the address does not count',
    {
      input: URL_PLAIN,
      connections: [plain(), { port: 443, tls: 'connection_reset', fetchBody: false }],
      control: control(),
    },
    false,
    true,
  ],
  [
    'nor one that works where the page could not be fetched',
    {
      input: URL_PLAIN,
      connections: [
        { port: 80, tcp: 'generic_timeout_error' },
        { port: 443, tls: null, fetchBody: false },
      ],
      control: control(),
    },
    'tcp_ip',
    false,
  ],
  [
    'without the tag, whoever the resolver was decides',
    { connections: [{ tcp: 'connection_refused', classic: false }], control: control() },
    'tcp_ip',
    false,
  ],
  [
    'trouble of the DoH server is not the site’s',
    {
      queries: [
        query(),
        query({ engine: 'doh', failure: 'connection_reset', type: 'A', transaction: 30_001 }),
      ],
      connections: [{ tcp: 'connection_refused' }],
      control: control(),
    },
    'tcp_ip',
    false,
  ],
  [
    'the public resolver’s trouble is not people’s',
    {
      queries: [
        query(),
        query({ engine: 'udp', failure: 'dns_nxdomain_error', type: 'A', transaction: 20_001 }),
      ],
      connections: [{ tcp: 'connection_refused' }],
      control: control(),
    },
    'tcp_ip',
    false,
  ],
  [
    'IPv6 without a way is the probe’s',
    {
      queries: [query({ addresses: [V6] })],
      connections: [{ ip: V6, tcp: 'network_unreachable' }],
      control: control({ dns: { addrs: [V6] } }),
    },
    null,
    null,
  ],
  [
    'IPv6 refused is a failure',
    {
      queries: [query({ addresses: [V6] })],
      connections: [{ ip: V6, tcp: 'connection_refused' }],
      control: control({ dns: { addrs: [V6] }, tcp: { [`[${V6}]:443`]: null } }),
    },
    'tcp_ip',
    false,
  ],
  [
    'success before failure, over several addresses',
    {
      queries: [query({ addresses: [GOOD, GOOD_TOO] })],
      connections: [{ ip: GOOD_TOO, tls: 'connection_reset' }, secure()],
      control: control(),
    },
    false,
    true,
  ],
  [
    'the deepest layer decides, over several addresses',
    {
      queries: [query({ addresses: [GOOD, GOOD_TOO] })],
      connections: [{ ip: GOOD_TOO, tcp: 'connection_refused' }, { tls: 'eof_error' }],
      control: control(),
    },
    'http-failure',
    false,
  ],
  [
    'among equals the later transaction decides',
    {
      queries: [query({ addresses: [GOOD, GOOD_TOO] })],
      connections: [
        { ip: GOOD, tcp: 'connection_refused', transaction: 50_001 },
        { ip: GOOD_TOO, tcp: 'connection_refused', transaction: 50_002 },
      ],
      control: control({
        dns: { addrs: [GOOD, GOOD_TOO] },
        tcp: { [`${GOOD}:443`]: null, [`${GOOD_TOO}:443`]: 'connection_refused_error' },
      }),
    },
    false,
    false,
  ],
  [
    'and so it does when written the other way round',
    {
      queries: [query({ addresses: [GOOD, GOOD_TOO] })],
      connections: [
        { ip: GOOD, tcp: 'connection_refused', transaction: 50_002 },
        { ip: GOOD_TOO, tcp: 'connection_refused', transaction: 50_001 },
      ],
      control: control({
        dns: { addrs: [GOOD, GOOD_TOO] },
        tcp: { [`${GOOD}:443`]: null, [`${GOOD_TOO}:443`]: 'connection_refused_error' },
      }),
    },
    'tcp_ip',
    false,
  ],
  [
    'the failure first in the alphabet decides',
    {
      queries: [query({ addresses: [GOOD, GOOD_TOO] })],
      connections: [
        { ip: GOOD, tcp: 'generic_timeout_error', transaction: 50_002 },
        { ip: GOOD_TOO, tcp: 'connection_refused', transaction: 50_001 },
      ],
      control: control({
        dns: { addrs: [GOOD, GOOD_TOO] },
        tcp: { [`${GOOD}:443`]: null, [`${GOOD_TOO}:443`]: 'connection_refused_error' },
      }),
    },
    false,
    false,
  ],
]

describe('OONI’s rules, in their order', () => {
  test.each(RULES)('%s', (_name, parts, blocking, accessible) => {
    expect(keysOf(document(parts))).toEqual({ blocking, accessible })
  })
})

describe('redirects', () => {
  test.each(REDIRECTS)('%s', (_name, parts, blocking, accessible) => {
    expect(keysOf(document(parts))).toEqual({ blocking, accessible })
  })
})

describe('what counts as people’s own', () => {
  test.each(CLASSIC)('%s', (_name, parts, blocking, accessible) => {
    expect(keysOf(document(parts))).toEqual({ blocking, accessible })
  })
})

/** A handshake that fails shows it: blocked by name when consistent, `dns` when not, null when nobody knows. */
describe('DNS consistency', () => {
  const reset = (ip = GOOD) => [{ ip, tls: 'connection_reset' }]
  const CONSISTENCY: Case[] = [
    [
      'one shared address is enough',
      {
        queries: [query({ addresses: [FOREIGN_ADDRESS, GOOD] })],
        connections: reset(FOREIGN_ADDRESS),
        control: control(),
      },
      'http-failure',
      false,
    ],
    [
      'no shared address',
      { queries: LIE, connections: reset(FOREIGN_ADDRESS), control: control() },
      'dns',
      false,
    ],
    [
      'a shared network, said by the answer',
      {
        queries: [query({ addresses: [{ ip: FOREIGN_ADDRESS, asn: 15_133 }] })],
        connections: reset(FOREIGN_ADDRESS),
        control: control({ networks: { [GOOD]: 15_133 } }),
      },
      'http-failure',
      false,
    ],
    [
      'a shared network, said by the control',
      {
        queries: LIE,
        connections: reset(FOREIGN_ADDRESS),
        control: control({ networks: { [GOOD]: 15_133, [FOREIGN_ADDRESS]: 15_133 } }),
      },
      'http-failure',
      false,
    ],
    [
      'a shared network, said of the control’s address by another resolver’s answer',
      {
        queries: [
          query({ addresses: [{ ip: FOREIGN_ADDRESS, asn: 15_133 }] }),
          query({ engine: 'udp', addresses: [{ ip: GOOD, asn: 15_133 }], transaction: 20_001 }),
        ],
        connections: reset(FOREIGN_ADDRESS),
        control: control(),
      },
      'http-failure',
      false,
    ],
    [
      'a shared network, said of an address spelled out',
      {
        queries: [query({ addresses: [{ ip: FOREIGN_ADDRESS, asn: 15_133 }] })],
        connections: reset(FOREIGN_ADDRESS),
        control: control({
          dns: { addrs: [V6] },
          networks: { '2A03:2880:F12F:0083:FACE:B00C:0000:25DE': 15_133 },
        }),
      },
      'http-failure',
      false,
    ],
    [
      'unknown networks never match',
      {
        queries: [query({ addresses: [{ ip: FOREIGN_ADDRESS, asn: 0 }] })],
        connections: reset(FOREIGN_ADDRESS),
        control: control({ networks: { [GOOD]: 0, [FOREIGN_ADDRESS]: 0 } }),
      },
      'dns',
      false,
    ],
    [
      'other networks',
      {
        queries: LIE,
        connections: reset(FOREIGN_ADDRESS),
        control: control({ networks: { [GOOD]: 15_133, [FOREIGN_ADDRESS]: 32_934 } }),
      },
      'dns',
      false,
    ],
    [
      'an answer where the control has no address',
      { connections: reset(), control: control({ dns: { addrs: [] } }) },
      'dns',
      false,
    ],
    [
      'an answer where the control failed',
      { connections: reset(), control: control({ dns: { failure: 'dns_name_error' } }) },
      'dns',
      false,
    ],
    [
      'no control of DNS',
      { queries: LIE, connections: reset(FOREIGN_ADDRESS), control: control({ dns: null }) },
      'http-failure',
      false,
    ],
    [
      'a handshake that is fine mends nothing',
      {
        queries: LIE,
        connections: [
          { ip: FOREIGN_ADDRESS, port: 443, tls: null, fetchBody: false },
          { ip: FOREIGN_ADDRESS, port: 80, tcp: 'connection_refused' },
        ],
        control: control(),
        input: URL_PLAIN,
      },
      'dns',
      false,
    ],
    [
      'a private address says nothing by itself',
      {
        queries: [query({ addresses: ['10.10.34.34'] })],
        connections: reset('10.10.34.34'),
        control: control({ dns: { addrs: ['10.10.34.34'] } }),
      },
      'http-failure',
      false,
    ],
    [
      'only the first hop is compared',
      {
        input: URL_PLAIN,
        queries: [query(), query({ depth: 1, addresses: [FOREIGN_ADDRESS] })],
        connections: [
          plain({ http: sendsOn('https://www.site.example/') }),
          { depth: 1, ip: FOREIGN_ADDRESS, tls: 'eof_error' },
        ],
        control: control(),
      },
      'http-failure',
      false,
    ],
    [
      'an empty answer is none',
      { queries: [query({ addresses: [] })], connections: reset(), control: control() },
      'http-failure',
      false,
    ],
    [
      'IPv6 spelled otherwise is the same',
      {
        queries: [query({ addresses: ['2a03:2880:f12f:83:face:b00c:0:25de'] })],
        connections: reset('2a03:2880:f12f:0083:face:b00c:0000:25de'),
        control: control({ dns: { addrs: ['2A03:2880:F12F:83:FACE:B00C:0:25DE'] } }),
      },
      'http-failure',
      false,
    ],
    [
      'addresses in the URL are never compared',
      {
        input: `https://${GOOD}/`,
        queries: [query({ host: GOOD })],
        connections: reset(),
        control: control({ dns: { addrs: [] }, serverName: HOST }),
      },
      'http-failure',
      false,
    ],
  ]
  test.each(CONSISTENCY)('%s', (_name, parts, blocking, accessible) => {
    expect(keysOf(document(parts))).toEqual({ blocking, accessible })
  })
})

describe('pages compared', () => {
  const page = (here: PageParts, there: NonNullable<ControlParts['http']>) =>
    document({
      input: URL_PLAIN,
      connections: [plain({ http: { url: URL_PLAIN, ...here } })],
      control: control({ http: there }),
    })
  const alike: Record<string, string> = {}
  test.each([
    [
      'sizes alike',
      { body: 'x'.repeat(71), headers: alike },
      { length: 100, title: 'Something else', headers: {} },
      true,
    ],
    [
      'sizes at exactly seven tenths',
      { body: 'x'.repeat(70), headers: alike },
      { length: 100, title: 'Something else', headers: {} },
      false,
    ],
    [
      'a body that was cut is not compared',
      { body: 'x'.repeat(100), truncated: true, headers: alike },
      { length: 100, title: 'Something else', headers: {} },
      false,
    ],
    [
      'an empty body is not compared',
      { body: '', headers: alike },
      { length: 100, title: 'Something else', headers: {} },
      false,
    ],
    [
      'a control that does not know the size',
      { body: 'x'.repeat(100), headers: alike },
      { length: -1, title: 'Something else', headers: {} },
      false,
    ],
    [
      'size is in bytes',
      { body: 'ш'.repeat(36), headers: alike },
      { length: 100, title: 'Something else', headers: {} },
      true,
    ],
    [
      'a body that is not text',
      { body: { format: 'base64', data: Buffer.alloc(90, 0xff).toString('base64') }, headers: alike },
      { length: 100, title: 'Something else', headers: {} },
      true,
    ],
    [
      'a body that was left out',
      { body: null, headers: alike },
      { length: 100, title: 'Something else', headers: {} },
      false,
    ],
    [
      'an uncommon header in both',
      { body: 'x', headers: { 'x-site-ID': '1' } },
      { title: 'Something else', headers: { 'X-Site-Id': '9' } },
      true,
    ],
    [
      'only common headers in both',
      { body: 'x', headers: { Server: 'a', ETag: 'b', 'CF-Ray': 'c' } },
      { title: 'Something else', headers: { Server: 'a', ETag: 'b', 'CF-Ray': 'c' } },
      false,
    ],
    [
      'content-length counts as uncommon',
      { body: 'x', headers: { 'Content-Length': '1' } },
      { title: 'Something else', headers: { 'Content-Length': '9' } },
      true,
    ],
    [
      'title words in another order',
      { body: '<title>Khujand news daily from</title>', headers: alike },
      { title: 'Daily NEWS from Khujand', headers: {} },
      true,
    ],
    [
      'short words do not count',
      { body: '<title>On the web: Khujand</title>', headers: alike },
      { title: 'At Khujand', headers: {} },
      true,
    ],
    [
      'five bytes are three Cyrillic letters',
      { body: '<title>рӯз</title>', headers: alike },
      { title: 'шаб', headers: {} },
      false,
    ],
    ['no title on either side', { body: 'x', headers: alike }, { title: '', headers: {} }, true],
    [
      'a title with attributes is none',
      { body: '<title id="a">Daily Khujand</title>', headers: alike },
      { title: 'Daily Khujand', headers: {} },
      false,
    ],
    [
      'a title over 512 characters is none',
      { body: `<title>${'word '.repeat(103)}</title>`, headers: alike },
      { title: '', headers: {} },
      true,
    ],
    ['another status', { code: 403 }, {}, false],
    ['the same error for both', { code: 404 }, { code: 404 }, true],
    ['another status, and an error for the control', { code: 403 }, { code: 503 }, false],
  ] as const)('%s', (_name, here, there, isSame) => {
    expect(keysOf(page(here, there))).toEqual(
      isSame ? { blocking: false, accessible: true } : { blocking: 'http-diff', accessible: false },
    )
  })

  test('headers are read from the list where there is no map', () => {
    const full = page({ body: 'x' }, { title: 'Something else' })
    const request = full.test_keys.requests[0]!
    const listed = {
      ...full,
      test_keys: {
        ...full.test_keys,
        requests: [{ ...request, response: { ...request.response, headers: null } }],
      },
    }
    expect(keysOf(listed)).toEqual({ blocking: false, accessible: true })
  })

  test('what the measurer concluded is not read', () => {
    const other = page({ body: BLOCK_BODY, headers: {} }, {})
    const theirs = {
      blocking: false,
      accessible: true,
      title_match: true,
      body_length_match: true,
      body_proportion: 1,
    }
    expect(keysOf({ ...other, test_keys: { ...other.test_keys, ...theirs } })).toEqual(keysOf(other))
    expect(BODY.length).toBeGreaterThan(1000)
  })
})
