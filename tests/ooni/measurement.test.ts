/** What of OONI's measurement becomes what of ours. */
import { describe, expect, test } from 'vitest'
import type { Json } from '../../src/ooni/json.ts'
import { measurementOf } from '../../src/ooni/measurement.ts'
import {
  GOOD,
  GOOD_TOO,
  HOST,
  FOREIGN_ADDRESS,
  URL_PLAIN,
  V6,
  control,
  document,
  plain,
  query,
  secure,
} from './documents.ts'
import { judged } from './judged.ts'

const of = (doc: object) => measurementOf(doc as Json, JSON.stringify(doc))

describe('identity', () => {
  const doc = document()
  test('the same measurement has the same id, whoever wrote the line down', () => {
    const again = { ...doc, annotations: {} }
    expect(of(again).id).toBe(of(doc).id)
    expect(of({ ...doc, input: URL_PLAIN }).id).not.toBe(of(doc).id)
    expect(of({ ...doc, measurement_start_time: '2024-05-14 08:09:11' }).id).not.toBe(of(doc).id)
  })

  test('the archive’s own name comes first', () => {
    const named = { ...doc, measurement_uid: '20240514080910.1_TJ_webconnectivity_1' }
    expect(of({ ...named, report_id: 'other' }).id).toBe(of(named).id)
  })

  test('without a report, the line is its name', () => {
    const unnamed = { ...doc, report_id: '' }
    expect(of(unnamed).id).toBe(of(unnamed).id)
    expect(of({ ...unnamed, test_runtime: 9 }).id).not.toBe(of(unnamed).id)
  })

  test('ids sort by the time they tell', () => {
    const later = { ...doc, measurement_start_time: '2024-05-14 08:09:11' }
    expect(of(doc).id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect([of(later).id, of(doc).id].toSorted()).toEqual([of(doc).id, of(later).id])
  })

  test.each([
    ['AS24722', 'TJ', 'ooni-as24722-tj'],
    ['AS0', 'ZZ', 'ooni-as0-zz'],
    ['24722', 'Tajikistan', 'ooni-as0-zz'],
    [null, 'tj', 'ooni-as0-tj'],
  ])('%s in %s is %s', (probe_asn, probe_cc, vantage) => {
    expect(of({ ...doc, probe_asn, probe_cc }).vantage).toBe(vantage)
  })
})

test('times', () => {
  const measurement = of(document({ connections: [secure()] }))
  expect(measurement).toMatchObject({
    startedAt: Date.UTC(2024, 4, 14, 8, 9, 10),
    durationMs: 2500,
    purpose: 'import',
  })
  expect(
    measurement.observations.map(({ layer, startedMs, durationMs }) => [
      layer,
      startedMs,
      Math.round(durationMs),
    ]),
  ).toEqual([
    ['dns', 10, 40],
    ['tcp', 100, 100],
    ['tls', 200, 100],
    ['http', 300, 600],
  ])
  for (const bad of [null, '', '2024-05-14', 'yesterday', '2024-13-45 00:00:00', 20_240_514]) {
    const undated = { ...document(), measurement_start_time: bad, test_start_time: bad }
    expect(of(undated).startedAt).toBe(0)
  }
})

test('who gave an address decides what a connection to it is', () => {
  const doc = document({
    input: URL_PLAIN,
    queries: [
      query({ addresses: [GOOD] }),
      query({ engine: 'udp', type: 'A', addresses: [FOREIGN_ADDRESS], transaction: 20_001 }),
    ],
    connections: [
      plain(),
      secure({ fetchBody: false }),
      plain({ ip: FOREIGN_ADDRESS, classic: false }),
      plain({ ip: GOOD_TOO, classic: false }),
      plain({ ip: V6, classic: false }),
    ],
    control: control({ dns: { addrs: [GOOD, GOOD_TOO] } }),
  })
  const sources = of(doc).observations.flatMap((seen) =>
    seen.layer === 'tcp' ? [`${seen.address} ${seen.source}`] : [],
  )
  expect(sources).toEqual([
    `${GOOD} vantage`,
    `${GOOD} check`,
    `${FOREIGN_ADDRESS} trusted`,
    `${GOOD_TOO} control`,
    `${V6} literal`,
  ])
})

test('resolvers', () => {
  const engines = ['getaddrinfo', 'udp', 'tcp', 'doh', 'dot']
  const doc = document({ queries: engines.map((engine, at) => query({ engine, transaction: at + 1 })) })
  const seen = of(doc).observations.map(
    (lookup) => lookup.layer === 'dns' && `${lookup.engine} ${lookup.role}`,
  )
  expect(seen).toEqual(['system vantage', 'udp public', 'tcp public', 'doh trusted', 'tcp trusted'])
})

test('a resolver of no kind that is named was a server asked in the clear', () => {
  const unsaid = (parts: Parameters<typeof query>[0]) => ({ ...query(parts), engine: null as never })
  const queries = [unsaid({}), { ...unsaid({ engine: 'udp' }), engine: null as never }]
  const seen = of(document({ queries })).observations.map((lookup) => lookup.layer === 'dns' && lookup.role)
  expect(seen).toEqual(['vantage', 'public'])
})

test('the control, in words of its own', () => {
  const doc = document({
    control: control({
      dns: { failure: 'dns_server_failure' },
      http: { failure: 'dns_lookup_error' },
      tcp: { [`${GOOD}:443`]: 'connect_error', [`[${V6}]:80`]: null, nonsense: null },
      tls: { [`${GOOD}:443`]: 'ssl_unknown_authority' },
    }),
  })
  expect(of(doc).control).toEqual({
    dns: { failure: 'dns_server_failure', addresses: [], asns: [] },
    tcp: { [`${GOOD}:443`]: 'connect_error', [`[${V6}]:80`]: null },
    tls: { [`${GOOD}:443 ${HOST}`]: 'ssl_unknown_authority' },
    http: { failure: 'dns_lookup_error', status: null, headers: [], title: null, bodyBytes: 0, hosts: null },
  })
})

test('a certificate that does not check out is read', () => {
  const doc = document({ connections: [{ tls: 'ssl_unknown_authority' }], control: control() })
  const handshake = {
    ...doc.test_keys.tls_handshakes[0]!,
    peer_certificates: [{ format: 'base64', data: 'bm90IGEgY2VydGlmaWNhdGU=' }],
  }
  const tls = of({
    ...doc,
    test_keys: { ...doc.test_keys, tls_handshakes: [handshake] },
  }).observations.find(({ layer }) => layer === 'tls')
  expect(tls).toMatchObject({ verified: false, certificate: null, chain: ['bm90IGEgY2VydGlmaWNhdGU='] })
})

describe('outcome and mechanism, where OONI says less', () => {
  test.each([
    [
      'a forged certificate',
      { connections: [{ tls: 'ssl_unknown_authority' }], control: control() },
      'confirmed',
      'tls.mitm',
    ],
    [
      'a reset after the name',
      { connections: [{ tls: 'connection_reset' }], control: control() },
      'anomaly',
      'tls.sni-reset',
    ],
    [
      'silence after the name',
      { connections: [{ tls: 'generic_timeout_error' }], control: control() },
      'anomaly',
      'tls.sni-timeout',
    ],
    [
      'nothing answers',
      { connections: [{ tcp: 'generic_timeout_error' }], control: control() },
      'anomaly',
      'tcp.timeout',
    ],
    [
      'refused',
      { connections: [{ tcp: 'connection_refused' }], control: control() },
      'anomaly',
      'tcp.refused',
    ],
    [
      'a private address, while DNS over HTTPS gives a public one',
      {
        queries: [
          query({ addresses: ['10.10.34.34'] }),
          query({ engine: 'doh', type: 'A', transaction: 30_001 }),
        ],
        connections: [{ ip: '10.10.34.34', tcp: 'generic_timeout_error' }],
        control: control(),
      },
      'confirmed',
      'dns.bogus',
    ],
    [
      'down for everybody',
      {
        connections: [{ tcp: 'connection_refused' }],
        control: control({
          tcp: { [`${GOOD}:443`]: 'connection_refused_error' },
          http: { failure: 'connection_refused_error' },
        }),
      },
      'down',
      null,
    ],
    ['nobody to ask', { connections: [{ tcp: 'connection_refused' }] }, 'insufficient', null],
    [
      'a phone that does not say why',
      { queries: [query({ failure: 'android_dns_cache_no_data' })], control: control() },
      'anomaly',
      'dns.empty',
    ],
  ])('%s', (_name, parts, outcome, mechanism) => {
    expect(judged(document(parts))).toMatchObject({ outcome, mechanism })
  })

  test('a second, different answer in the clear is injection', () => {
    const forged = query({ engine: 'udp', type: 'A', addresses: [FOREIGN_ADDRESS], transaction: 20_001 })
    const doc = document({
      queries: [query({ failure: 'dns_nxdomain_error' }), forged],
      control: control(),
      testKeys: {
        x_dns_duplicate_responses: [
          query({ engine: 'udp', type: 'A', addresses: [GOOD], transaction: 20_001 }),
        ],
      },
    })
    expect(judged(doc)).toMatchObject({ blocking: 'dns', outcome: 'confirmed', mechanism: 'dns.injection' })
  })

  test('a check of the address proves it, and lets no page pass for reached', () => {
    const doc = document({
      input: URL_PLAIN,
      queries: [query({ addresses: [FOREIGN_ADDRESS] })],
      connections: [
        { ip: FOREIGN_ADDRESS, port: 80, tcp: 'connection_reset' },
        { ip: FOREIGN_ADDRESS, port: 443, tls: null, fetchBody: false },
      ],
      control: control(),
    })
    expect(judged(doc)).toMatchObject({ outcome: 'anomaly', mechanism: 'tcp.reset' })
  })
})
