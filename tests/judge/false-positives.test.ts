/** What must not be called blocking: what OONI takes care of, and what measuring from Tajikistan adds. */
import { describe, expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import type { Measurement, Observation } from '../../src/model/measurement.ts'
import {
  aCertificate,
  aControl,
  aFailedControl,
  aGoodMeasurement,
  aMeasurement,
  anAnswer,
  aPlainControl,
  aPlainMeasurement,
  byControl,
  dns,
  http,
  OTHER_ADDRESS,
  PLAIN,
  redirect,
  FOREIGN_ADDRESS,
  tcp,
  tls,
  trustedDns,
  V6_ADDRESS,
} from './builders.ts'

const v6 = { address: V6_ADDRESS } as const
const aaaa = dns({ queryType: 'AAAA', answers: [V6_ADDRESS] })
const good = [tcp(), tls(), http()]
const localEdge = { address: FOREIGN_ADDRESS } as const

const REACHED: [string, Measurement, Measurement[]?][] = [
  [
    '2: another address by a content network, page well',
    aMeasurement(
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp(localEdge),
      tls(localEdge),
      http(localEdge),
    ),
  ],
  [
    '3: a private address where the certificate is valid (a cache inside the network)',
    aMeasurement(
      dns({ answers: ['10.2.3.4'] }),
      trustedDns(),
      tcp({ address: '10.2.3.4' }),
      tls({ address: '10.2.3.4' }),
      http({ address: '10.2.3.4' }),
    ),
  ],
  [
    '4: any page over valid TLS, however different',
    aMeasurement(dns(), tcp(), tls(), http({ title: 'Sign in', bodyBytes: 90 })),
  ],
  [
    'a content network by place: another address, another certificate, another page',
    aMeasurement(
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp(localEdge),
      tls({
        ...localEdge,
        certificate: { ...aCertificate('*.site.example'), issuer: 'CN=z', sha256: 'cd'.repeat(32) },
      }),
      http({ ...localEdge, title: 'Сайт новостей', bodyBytes: 900, headers: [['server', 'edge']] }),
    ),
  ],
  [
    '6: IPv6 without a route',
    aMeasurement(dns(), aaaa, tcp({ ...v6, failure: 'network_unreachable' }), ...good),
  ],
  ['6: IPv6 silent', aMeasurement(dns(), aaaa, tcp({ ...v6, failure: 'generic_timeout_error' }), ...good)],
  [
    '6: IPv6 reset after the hello',
    aMeasurement(dns(), aaaa, tcp(v6), tls({ ...v6, failure: 'connection_reset' }), ...good),
  ],
  [
    '7: DoH failed',
    aMeasurement(dns({ engine: 'doh', role: 'trusted', failure: 'connection_reset' }), dns(), ...good),
  ],
  ['7: no AAAA', aMeasurement(dns(), dns({ queryType: 'AAAA', failure: 'dns_no_answer' }), ...good)],
  [
    'AAAA lookup failed, A well',
    aMeasurement(dns(), dns({ queryType: 'AAAA', failure: 'dns_servfail_error' }), ...good),
  ],
  [
    "one resolver of the vantage fails, the other's address works",
    aMeasurement(dns({ engine: 'system', failure: 'dns_temporary_failure' }), dns(), ...good),
  ],
  [
    'the same answer twice',
    aMeasurement(
      dns({ late: [{ afterMs: 3, failure: null, answers: [anAnswer('93.184.216.34')] }] }),
      ...good,
    ),
  ],
  [
    '8: body cut at the limit, same title',
    aPlainMeasurement(http({ ...PLAIN, bodyBytes: 524_288, bodyTruncated: true })),
    [aPlainControl(http({ ...PLAIN, bodyBytes: 9_000_000 }))],
  ],
  [
    '11: title words in another order',
    aPlainMeasurement(http({ ...PLAIN, bodyBytes: 900, headers: [], title: 'News Wonderful' })),
    [aPlainControl(http({ ...PLAIN, title: 'wonderful - News' }))],
  ],
  [
    '11: body within 70 %',
    aPlainMeasurement(http({ ...PLAIN, bodyBytes: 30_000, headers: [], title: 'Other words entirely' })),
    [aPlainControl()],
  ],
  [
    'sent from google.com to google.tj',
    aPlainMeasurement(
      redirect('https://www.google.tj/', { url: 'http://google.com/' }),
      { url: 'http://google.com/' },
      dns({ depth: 1, host: 'www.google.tj' }),
      tcp({ depth: 1 }),
      tls({ depth: 1, serverName: 'www.google.tj' }),
      http({ depth: 1, url: 'https://www.google.tj/' }),
    ),
    [],
  ],
  [
    'sent to another site, as the control is',
    aPlainMeasurement(
      redirect('https://asiaplustj.info/', PLAIN),
      tcp({ depth: 1 }),
      tls({ depth: 1 }),
      http({ depth: 1, url: 'https://asiaplustj.info/' }),
    ),
    [
      aPlainMeasurement(
        redirect('https://asiaplustj.info/', PLAIN),
        tcp({ depth: 1 }),
        tls({ depth: 1 }),
        http({ depth: 1, url: 'https://asiaplustj.info/' }),
      ),
    ],
  ],
  [
    'sent to another site over verified TLS',
    aMeasurement(
      dns(),
      tcp(),
      tls(),
      redirect('https://other.example2/'),
      tcp({ depth: 1 }),
      tls({ depth: 1 }),
      http({ depth: 1, url: 'https://other.example2/' }),
    ),
    [],
  ],
]

test.each(REACHED)('%s -> reached', (_name, measurement, controls) => {
  expect(judge(measurement, controls ?? [aControl()], 'online')).toMatchObject({
    reached: 'yes',
    outcome: 'ok',
  })
})

const both = (measurement: Measurement, control: Measurement = measurement): [Measurement, Measurement[]] => [
  measurement,
  [{ ...control, vantage: 'control-de', purpose: 'control' }],
]
const NOT_BLOCKED: [string, Measurement, Measurement[]][] = [
  [
    '1+5: every layer that fails for both: dns',
    ...both(aMeasurement(dns({ failure: 'dns_servfail_error' }))),
  ],
  ['1+5: tcp', ...both(aMeasurement(dns(), tcp({ failure: 'generic_timeout_error' })))],
  ['1+5: tls', ...both(aMeasurement(dns(), tcp(), tls({ failure: 'eof_error' })))],
  ['1+5: http', ...both(aMeasurement(dns(), tcp(), tls(), http({ failure: 'eof_error' })))],
  [
    '5: SYN unanswered here, handshake fails there',
    ...both(
      aMeasurement(dns(), tcp({ failure: 'generic_timeout_error' })),
      aMeasurement(dns(), tcp(), tls({ failure: 'eof_error' })),
    ),
  ],
  [
    '5: private address for everybody',
    ...both(
      aMeasurement(
        dns({ answers: ['10.0.0.1'] }),
        tcp({ address: '10.0.0.1', failure: 'generic_timeout_error' }),
      ),
    ),
  ],
  [
    '5: loopback for everybody',
    ...both(aMeasurement(dns({ answers: ['127.0.0.1'] })), aFailedControl(dns({ answers: ['127.0.0.1'] }))),
  ],
  [
    '5: self-signed for everybody',
    ...both(
      aMeasurement(
        dns(),
        tcp(),
        tls({ failure: 'ssl_unknown_authority', certificate: aCertificate('localhost') }),
      ),
    ),
  ],
  [
    '6: only IPv6, no route',
    aMeasurement(aaaa, tcp({ ...v6, failure: 'network_unreachable' })),
    [aControl()],
  ],
  [
    '6: only IPv6, silent',
    aMeasurement(aaaa, tcp({ ...v6, failure: 'generic_timeout_error' })),
    [aControl()],
  ],
  [
    '6: a host without IPv4: A answered with none, AAAA unreachable',
    aMeasurement(dns({ failure: 'dns_no_answer' }), aaaa, tcp({ ...v6, failure: 'host_unreachable' })),
    [aMeasurement({ purpose: 'control' }, aaaa, tcp(v6), tls(v6), http(v6))],
  ],
  [
    'redirect in cleartext whose target is not known to be foreign (OONI control without hosts)',
    aPlainMeasurement(redirect('https://elsewhere.example2/', PLAIN)),
    [],
  ],
]

test.each(NOT_BLOCKED)('%s -> neither anomaly nor confirmed', (_name, measurement, controls) => {
  expect(['down', 'insufficient']).toContain(judge(measurement, controls, 'online').outcome)
})

describe('a content network that answers by place is not a liar', () => {
  const elsewhere = [tcp(byControl), tls(byControl)]
  test('local edge reset after the hello, proved good by the control -> tls.sni-reset', () => {
    const measurement = aMeasurement(
      dns({ answers: [FOREIGN_ADDRESS] }),
      tcp(localEdge),
      tls({ ...localEdge, failure: 'connection_reset' }),
      ...elsewhere,
    )
    const control = aControl(tcp(localEdge), tls(localEdge))
    expect(judge(measurement, [control], 'online').mechanism).toBe('tls.sni-reset')
  })

  test('local edge reset, control never tried it, resolvers all differ -> tls.sni-reset', () => {
    const measurement = aMeasurement(
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns('157.240.1.1'),
      tcp(localEdge),
      tls({ ...localEdge, failure: 'connection_reset' }),
    )
    expect(judge(measurement, [aControl()], 'online').mechanism).toBe('tls.sni-reset')
  })

  test('man in the middle at every address, also those of others -> tls.mitm', () => {
    const bad = { failure: 'ssl_unknown_authority', certificate: aCertificate('x.example') } as const
    const measurement = aMeasurement(
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp(localEdge),
      tls({ ...localEdge, ...bad }),
      tcp({ source: 'trusted' }),
      tls({ source: 'trusted', ...bad }),
    )
    expect(judge(measurement, [aControl()], 'online').mechanism).toBe('tls.mitm')
  })
})

describe('injection needs two answers that contradict each other', () => {
  const silent = tcp({ failure: 'generic_timeout_error' })
  const late = (
    answers: string[],
    failure: 'dns_servfail_error' | 'dns_reply_with_wrong_query_id' | 'dns_nxdomain_error' | null = null,
  ) => dns({ late: [{ afterMs: 5, failure, answers: answers.map((a) => anAnswer(a)) }] })
  test.each([
    ['another address', late([FOREIGN_ADDRESS]), true],
    ['NXDOMAIN after an address', late([], 'dns_nxdomain_error'), true],
    [
      'an address after NXDOMAIN',
      { ...late([OTHER_ADDRESS]), failure: 'dns_nxdomain_error' as const, answers: [] },
      true,
    ],
    ['the same answer', late(['93.184.216.34', OTHER_ADDRESS]), false],
    ['noise', late([], 'dns_reply_with_wrong_query_id'), false],
    [
      'two failures',
      { ...late([], 'dns_servfail_error'), failure: 'dns_nxdomain_error' as const, answers: [] },
      false,
    ],
  ])('%s -> injected: %s', (_name, lookup, injected) => {
    expect(judge(aMeasurement(lookup, silent), [aControl()], 'online').mechanism === 'dns.injection').toBe(
      injected,
    )
  })
})

test('with several controls a layer works when it works for any fit one', () => {
  const measurement = aMeasurement(dns(), tcp({ failure: 'connection_reset' }))
  const broken = aFailedControl(dns(), tcp({ failure: 'generic_timeout_error' }))
  expect(judge(measurement, [broken, aControl()], 'online').outcome).toBe('anomaly')
  expect(judge(measurement, [broken, aControl({ unfit: 'late_thread' })], 'online').outcome).toBe('down')
  expect(judge(measurement, [broken, broken], 'online').outcome).toBe('down')
})

test('the page over an address people there are never given does not count as reached', () => {
  const measurement = aMeasurement(
    dns({ answers: ['127.0.0.1'] }),
    tcp(byControl),
    tls(byControl),
    http(byControl),
  )
  expect(judge(measurement, [aControl()], 'online')).toMatchObject({
    reached: 'no',
    mechanism: 'dns.loopback',
  })
})

test('a reached endpoint stays ok whatever control and canaries say', () => {
  for (const health of ['online', 'offline', 'shutdown', 'unknown'] as const) {
    expect(
      judge(aGoodMeasurement(), [aFailedControl(dns({ failure: 'dns_nxdomain_error' }))], health).outcome,
    ).toBe('ok')
  }
})

describe('a hop counts only when people there are led to it', () => {
  const hop1 = [dns({ depth: 1 }), tcp({ depth: 1 }), tls({ depth: 1 }), http({ depth: 1 })]
  test('redirect fetched from an address of the control -> the lie at the first hop decides', () => {
    const byOthers = [tcp(byControl), tls(byControl), redirect('https://www.site.example/', byControl)]
    const measurement = aMeasurement(dns({ failure: 'dns_nxdomain_error' }), ...byOthers, ...hop1)
    expect(judge(measurement, [aControl()], 'online')).toMatchObject({
      reached: 'no',
      mechanism: 'dns.nxdomain',
    })
  })

  test('redirect by a man in the middle -> the certificate decides', () => {
    const middle = [
      tcp(),
      tls({ failure: 'ssl_unknown_authority' }),
      redirect('https://www.site.example/', { trusted: false }),
    ]
    const measurement = aMeasurement(dns(), ...middle, ...hop1)
    expect(judge(measurement, [aControl()], 'online')).toMatchObject({ reached: 'no', mechanism: 'tls.mitm' })
  })

  test('redirect over verified TLS -> the next hop decides', () => {
    const measurement = aMeasurement(
      dns(),
      tcp(),
      tls(),
      redirect('https://www.site.example/a'),
      dns({ depth: 1 }),
      tcp({ depth: 1, failure: 'connection_reset' }),
    )
    expect(judge(measurement, [aControl()], 'online')).toMatchObject({
      reached: 'no',
      mechanism: 'tcp.reset',
    })
  })
})

test('a block page in place that OONI misses, because both pages carry a content-length', () => {
  const headers = [
    ['content-length', '1'],
    ['connection', 'close'],
  ] as const
  const page = http({ ...PLAIN, title: 'Access restricted', bodyBytes: 300, headers })
  const verdict = judge(aPlainMeasurement(page), [aPlainControl(http({ ...PLAIN, headers }))], 'online')
  expect(verdict).toMatchObject({
    outcome: 'anomaly',
    mechanism: 'http.blockpage',
    blocking: false,
    accessible: true,
  })
})

describe("a stranger's page in cleartext of about the same size", () => {
  const parked = http({
    ...PLAIN,
    address: FOREIGN_ADDRESS,
    title: 'Parked domain',
    bodyBytes: 41_000,
    headers: [],
  })
  const lookup = dns({ answers: [FOREIGN_ADDRESS] })
  const measureOnce = (...others: Observation[]) =>
    aMeasurement(PLAIN, lookup, ...others, tcp({ address: FOREIGN_ADDRESS, port: 80 }), parked)
  test('control and trusted resolver agree on another address -> dns.bogus', () => {
    const verdict = judge(measureOnce(trustedDns()), [aPlainControl()], 'online')
    expect(verdict).toMatchObject({ reached: 'no', mechanism: 'dns.bogus' })
  })

  test('they do not agree, as with a content network -> the page counts', () => {
    expect(judge(measureOnce(trustedDns('157.240.1.1')), [aPlainControl()], 'online').outcome).toBe('ok')
    expect(judge(measureOnce(), [aPlainControl()], 'online').outcome).toBe('ok')
  })

  test('the same page at such an address -> reached', () => {
    const same = { ...parked, title: 'Wonderful Site News' }
    const there = aMeasurement(PLAIN, lookup, trustedDns(), tcp({ address: FOREIGN_ADDRESS, port: 80 }), same)
    expect(judge(there, [aPlainControl()], 'online').outcome).toBe('ok')
  })
})

test('a forged second answer and a page in cleartext, no control -> cannot say', () => {
  const late = [{ afterMs: 5, failure: null, answers: [anAnswer(FOREIGN_ADDRESS)] }]
  const measurement = aMeasurement(PLAIN, dns({ late }), tcp({ port: 80 }), http(PLAIN))
  expect(judge(measurement, [], 'online')).toMatchObject({ outcome: 'insufficient', reached: 'unknown' })
})
