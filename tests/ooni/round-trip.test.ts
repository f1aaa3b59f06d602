/** Our measurement out as OONI's, and in again: judged the same. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { controlFacts } from '../../src/judge/control.ts'
import { judge } from '../../src/judge/judge.ts'
import { conclusionsOf } from '../../src/judge/ooni-conclusions.ts'
import type { AddressSource, Measurement, Observation } from '../../src/model/measurement.ts'
import { documentOf } from '../../src/ooni/export-document.ts'
import type { Json } from '../../src/ooni/json.ts'
import { measurementOf } from '../../src/ooni/measurement.ts'
import {
  ADDRESS,
  HOST,
  OTHER_ADDRESS,
  PLAIN,
  FOREIGN_ADDRESS,
  V6_ADDRESS,
  aCertificate,
  aControl,
  aFailedControl,
  aGoodMeasurement,
  aMeasurement,
  aPlainControl,
  aPlainMeasurement,
  anAnswer,
  byControl,
  dns,
  http,
  redirect,
  tcp,
  tls,
  trustedDns,
} from '../judge/builders.ts'

function exported(measurement: Measurement, controls: readonly Measurement[]) {
  const facts = controlFacts(controls)
  const verdict = judge(measurement, controls, 'online')
  const conclusions = conclusionsOf(measurement, facts)
  const about = {
    facts,
    verdict,
    conclusions,
    country: 'TJ',
    asn: 24_722,
    isp: 'Babilon-T',
    version: '1.2.3',
  }
  return JSON.parse(JSON.stringify(documentOf(measurement, about))) as Json
}

function meaning(measurement: Measurement, controls: readonly Measurement[]) {
  const { blocking, accessible, outcome, mechanism } = judge(measurement, controls, 'online')
  return { blocking, accessible, outcome, mechanism }
}

function again(measurement: Measurement, controls: readonly Measurement[]) {
  const back = measurementOf(exported(measurement, controls), '')
  // It brings its control; where there was none, nothing was proved by its absence.
  return meaning(back, [])
}

const injected = dns({ late: [{ afterMs: 40, failure: null, answers: [anAnswer(FOREIGN_ADDRESS)] }] })
const CASES: [string, Measurement, readonly Measurement[]][] = [
  ['a page over TLS', aGoodMeasurement(), [aControl()]],
  ['a page over TLS, and no control', aGoodMeasurement(), []],
  ['the same page in cleartext', aPlainMeasurement(http(PLAIN)), [aPlainControl()]],
  [
    'another page in cleartext',
    aPlainMeasurement(http({ ...PLAIN, title: 'Access restricted', bodyBytes: 900, headers: [] })),
    [aPlainControl()],
  ],
  ['no name', aMeasurement(dns({ failure: 'dns_nxdomain_error' })), [aControl()]],
  [
    'no name for anybody',
    aMeasurement(dns({ failure: 'dns_nxdomain_error' })),
    [aFailedControl(dns({ failure: 'dns_nxdomain_error' }))],
  ],
  ['no connection', aMeasurement(dns(), tcp({ failure: 'connection_refused' })), [aControl()]],
  ['no connection, and no control', aMeasurement(dns(), tcp({ failure: 'connection_refused' })), []],
  ['no handshake', aMeasurement(dns(), tcp(), tls({ failure: 'connection_reset' })), [aControl()]],
  [
    'a stranger’s certificate',
    aMeasurement(
      dns(),
      tcp(),
      tls({ failure: 'ssl_unknown_authority', certificate: aCertificate('block.tj') }),
      http({ trusted: false }),
    ),
    [aControl()],
  ],
  [
    'a stranger’s certificate, and no control',
    aMeasurement(
      dns(),
      tcp(),
      tls({ failure: 'ssl_unknown_authority', certificate: aCertificate('block.tj') }),
    ),
    [],
  ],
  [
    'a made up address, and the control’s works',
    aMeasurement(
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp({ address: FOREIGN_ADDRESS, failure: 'generic_timeout_error' }),
      tcp(byControl),
      tls(byControl),
      http(byControl),
    ),
    [aControl()],
  ],
  [
    'a private address, which a trusted resolver does not give',
    aMeasurement(dns({ answers: ['10.0.0.1'] }), trustedDns()),
    [aControl()],
  ],
  [
    'sent to a foreign site',
    aPlainMeasurement(
      redirect('http://block.tj/', PLAIN),
      dns({ depth: 1, host: 'block.tj', answers: [FOREIGN_ADDRESS] }),
      tcp({ depth: 1, address: FOREIGN_ADDRESS, port: 80 }),
      http({ depth: 1, address: FOREIGN_ADDRESS, url: 'http://block.tj/' }),
    ),
    [aPlainControl()],
  ],
  [
    'the proxy resolves',
    aMeasurement(
      dns({ engine: 'proxy', queryType: 'ANY', answers: [] }),
      tcp({ address: HOST }),
      tls({ address: HOST }),
      http({ address: HOST }),
    ),
    [aControl()],
  ],
  ['a forged second answer', aMeasurement(injected, tcp({ failure: 'connection_reset' })), [aControl()]],
]

describe('out and in again', () => {
  test.each(CASES)('%s', (_name, measurement, controls) => {
    expect(again(measurement, controls)).toEqual(meaning(measurement, controls))
  })
})

const failure = fc.constantFrom(
  null,
  null,
  null,
  'connection_reset',
  'connection_refused',
  'generic_timeout_error',
  'eof_error',
  'unknown_failure: odd',
) as fc.Arbitrary<Observation['failure']>
const address = fc.constantFrom(ADDRESS, OTHER_ADDRESS, FOREIGN_ADDRESS, V6_ADDRESS, '10.0.0.1')
const depth = fc.constantFrom(0, 0, 1)
const lookup = fc
  .record({
    failure: fc.constantFrom(null, null, null, 'dns_nxdomain_error', 'dns_no_answer'),
    answers: fc.array(address, { minLength: 1, maxLength: 3 }),
    depth,
    role: fc.constantFrom('vantage', 'vantage', 'trusted'),
    engine: fc.constantFrom('udp', 'system', 'doh', 'tcp'),
    queryType: fc.constantFrom('A', 'AAAA'),
    extendedErrors: fc.constantFrom([], [{ code: 16, text: 'Blocked by law' }], [{ code: 22, text: '' }]),
  })
  .map(({ answers, ...rest }) => dns({ ...rest, answers: rest.failure === null ? answers : [] }))
const connection = fc
  .record({
    at: fc.record({
      address,
      depth,
      port: fc.constantFrom(443, 80),
      source: fc.constantFrom<AddressSource>('vantage', 'vantage', 'control', 'trusted', 'literal'),
    }),
    tcpFailed: failure,
    tlsFailed: fc.oneof(
      failure,
      fc.constantFrom('ssl_unknown_authority', 'ssl_invalid_hostname') as fc.Arbitrary<
        Observation['failure']
      >,
    ),
    page: fc.option(
      fc.record({
        failure,
        status: fc.constantFrom(200, 302, 404),
        title: fc.constantFrom('Wonderful Site News', 'Access restricted', null),
        bodyBytes: fc.constantFrom(0, 900, 40_000),
        bodyTruncated: fc.boolean(),
        headers: fc.constantFrom<[string, string][]>(
          [],
          [['x-site-version', '7']],
          [['location', 'http://block.tj/']],
        ),
      }),
    ),
  })
  .map(({ at, tcpFailed, tlsFailed, page }): Observation[] => {
    if (tcpFailed !== null) return [tcp({ ...at, failure: tcpFailed })]
    const isSecure = at.port === 443
    const handshake = isSecure ? [tls({ ...at, failure: tlsFailed })] : []
    const isOver = isSecure && tlsFailed !== null && !tlsFailed.startsWith('ssl_')
    if (page === null || isOver) return [tcp(at), ...handshake]
    const url = isSecure ? `https://${HOST}/` : `http://${HOST}/`
    const trusted = isSecure && tlsFailed === null
    const failed = page.failure === null ? {} : { status: null, title: null, bodyBytes: 0, headers: [] }
    return [
      tcp(at),
      ...handshake,
      http({ ...at, ...page, url, trusted, bodyHead: trusted ? null : '<html>', ...failed }),
    ]
  })
const judged = fc
  .record({
    url: fc.constantFrom(`https://${HOST}/`, `http://${HOST}/`),
    lookups: fc.array(lookup, { maxLength: 3 }),
    connections: fc.array(connection, { maxLength: 4 }),
  })
  .map(({ url, lookups, connections }) => aMeasurement({ url }, ...lookups, ...connections.flat()))

test('whatever was seen, out and in again means the same', () => {
  fc.assert(
    fc.property(judged, fc.array(judged, { minLength: 1, maxLength: 2 }), (seen, others) => {
      const controls = others.map((other) => ({ ...other, url: seen.url, purpose: 'control' as const }))
      fc.pre(controlFacts(controls) !== null)
      expect(again(seen, controls)).toEqual(meaning(seen, controls))
    }),
    { numRuns: 1000 },
  )
})

test('a page over TLS that did not check out leaves under a name of its own, and comes back', () => {
  const page = http({ trusted: false, title: 'Access restricted', bodyHead: '<html>' })
  const measurement = aMeasurement(dns(), tcp(), tls({ failure: 'ssl_unknown_authority' }), page)
  const doc = exported(measurement, [])
  expect(doc['test_keys']).toMatchObject({
    requests: [],
    x_unverified_requests: [{ response: { code: 200 } }],
  })
  expect(measurementOf(doc, '').observations.at(-1)).toMatchObject({
    layer: 'http',
    trusted: false,
    title: 'Access restricted',
  })
})

describe('what leaves', () => {
  const page = http({
    ...PLAIN,
    headers: [
      ['set-cookie', 'id=77'],
      ['x-your-ip', '91.218.1.2'],
      ['location', 'http://10.10.34.34/?who=91.218.1.2'],
    ],
    title: 'Blocked for 91.218.1.2',
    bodyHead: '<p>Your address is 91.218.1.2, or 2a03:2880:f12f::1, at 12:30:00 on version 1.2.3</p>',
  })
  const doc = exported(aPlainMeasurement(page), [aPlainControl()])
  const text = JSON.stringify(doc)

  test('no address a page shows, no cookie, no resolver of people’s', () => {
    expect(text).not.toContain('91.218.1.2')
    expect(text).not.toContain('2a03:2880:f12f::1')
    expect(text).not.toContain('id=77')
    expect(text).not.toContain('85.9.128.1')
    expect(text).toContain('http://10.10.34.34/?who=[scrubbed]')
    expect(text).toContain('at 12:30:00 on version 1.2.3')
  })

  test('everything a reader of the base format needs', () => {
    expect(doc).toMatchObject({
      data_format_version: '0.2.0',
      input: PLAIN.url,
      measurement_start_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
      test_start_time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
      test_name: 'web_connectivity',
      probe_asn: 'AS24722',
      probe_cc: 'TJ',
      probe_ip: '127.0.0.1',
      resolver_ip: '127.0.0.1',
      report_id: '',
      software_name: 'didbon',
      annotations: {
        engine_name: 'didbon',
        didbon_plan: 'full',
        didbon_rule: 'cleartext_page_as_for_control',
      },
    })
  })

  test('the keys of v0.5, with what we concluded', () => {
    expect(doc['test_keys']).toMatchObject({
      blocking: false,
      accessible: true,
      dns_consistency: 'consistent',
      dns_experiment_failure: null,
      http_experiment_failure: null,
      status_code_match: true,
      title_match: false,
      headers_match: false,
      body_length_match: true,
      body_proportion: 1,
      control_failure: null,
      control: { dns: { addrs: [ADDRESS] }, http_request: { status_code: 200, failure: null } },
    })
    const failed = exported(aMeasurement(dns(), tcp(), tls({ failure: 'connection_reset' })), [aControl()])
    expect(failed['test_keys']).toMatchObject({
      blocking: 'http-failure',
      http_experiment_failure: 'connection_reset',
    })
    const lied = exported(aMeasurement(dns({ failure: 'dns_nxdomain_error' })), [aControl()])
    expect(lied['test_keys']).toMatchObject({
      blocking: 'dns',
      dns_consistency: 'inconsistent',
      dns_experiment_failure: 'dns_nxdomain_error',
    })
  })

  test('requests are newest first, and each step carries its transaction and its redirect', () => {
    const sent = exported(
      aPlainMeasurement(
        redirect(`https://${HOST}/`, PLAIN),
        tcp({ depth: 1 }),
        tls({ depth: 1 }),
        http({ depth: 1 }),
      ),
      [],
    )
    expect(sent['test_keys']).toMatchObject({
      requests: [
        {
          request: { url: `https://${HOST}/` },
          tags: ['classic', 'depth=1', 'fetch_body=true'],
          transaction_id: 50_002,
        },
        {
          request: { url: `http://${HOST}/` },
          tags: ['classic', 'depth=0', 'fetch_body=true'],
          transaction_id: 50_001,
        },
      ],
      tls_handshakes: [{ transaction_id: 50_002, server_name: HOST, address: `${ADDRESS}:443` }],
      control: null,
    })
  })
})

test('an HTTPS record that offers HTTP/3 -> the document is the same', () => {
  const measureOnce = (http3Port?: number) =>
    aMeasurement(
      dns(),
      { ...trustedDns(), ...(http3Port === undefined ? {} : { http3Port }) },
      tcp(),
      tls(),
      http(),
    )
  expect(exported(measureOnce(443), [aControl()])).toEqual(exported(measureOnce(), [aControl()]))
})

test('what a resolver says of its answer goes out and comes in again, without addresses and other records', () => {
  const said = dns({
    failure: 'dns_nxdomain_error',
    authoritative: true,
    recursionUnavailable: true,
    extendedErrors: [{ code: 16, text: 'Blocked for 91.218.1.2 by order' }],
    beside: [{ section: 'additional', type: 'SOA', name: 'rpz', ttlS: 60, value: 'ns.provider.example' }],
  })
  const doc = exported(aMeasurement(said, trustedDns()), [aControl()])
  expect(doc).toMatchObject({
    test_keys: {
      queries: [
        {
          x_authoritative: true,
          x_recursion_unavailable: true,
          x_extended_errors: [{ code: 16, text: 'Blocked for [scrubbed] by order' }],
        },
        {},
      ],
    },
  })
  expect(JSON.stringify(doc)).not.toContain('ns.provider.example')
  expect(again(aMeasurement(said, trustedDns()), [aControl()])).toMatchObject({
    outcome: 'confirmed',
    mechanism: 'dns.nxdomain',
  })
})
