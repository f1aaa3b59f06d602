/** The small parts: sites, page comparison, control facts, fingerprints. */
import { describe, expect, test } from 'vitest'
import { controlFacts, controlReached } from '../../src/judge/control.ts'
import { endpointRecords } from '../../src/judge/endpoints.ts'
import { matchFingerprint } from '../../src/judge/fingerprints.ts'
import type { Fingerprint } from '../../src/judge/fingerprints.ts'
import { compareHttp, isForeignPage } from '../../src/judge/http-diff.ts'
import { isSameSite } from '../../src/judge/site.ts'
import { hostIn, tcpKey, tlsKey } from '../../src/net/endpoint.ts'
import {
  ADDRESS,
  aControl,
  aFailedControl,
  aMeasurement,
  aPlainControl,
  byControl,
  dns,
  HOST,
  http,
  OTHER_ADDRESS,
  PLAIN,
  redirect,
  tcp,
  tls,
  V6_ADDRESS,
} from './builders.ts'

describe('sites', () => {
  test.each([
    ['www.site.tj', 'site.tj', true],
    ['site.tj', 'site.com', true],
    ['www.google.co.uk', 'google.com', true],
    ['www.ok.ru', 'ok.ru', true],
    ['site.tj', 'site.block.tj', false],
    ['a.co.uk', 'b.co.uk', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '20.0.0.1', false],
    ['localhost', 'localhost', true],
  ])('%s and %s: %s', (one, other, same) => expect(isSameSite(one, other)).toBe(same))

  test('hosts come from URLs, relative ones too', () => {
    expect([hostIn('/a', 'http://X.example/'), hostIn('http://[2001:DB8::1]/'), hostIn('nonsense')]).toEqual([
      'x.example',
      '2001:db8::1',
      null,
    ])
  })
})

describe('comparing pages', () => {
  const control = controlFacts([aPlainControl()])!.http!
  const page = (overrides: Parameters<typeof http>[0] = {}) => http({ ...PLAIN, ...overrides })
  test.each([
    [
      '0.7 exactly does not match',
      page({ bodyBytes: 28_000 }),
      { bodyLengthMatch: false, bodyProportion: 0.7 },
    ],
    ['just over does', page({ bodyBytes: 28_001 }), { bodyLengthMatch: true }],
    ['empty body is not compared', page({ bodyBytes: 0 }), { bodyLengthMatch: null, bodyProportion: 0 }],
    ['cut body is not compared', page({ bodyTruncated: true }), { bodyLengthMatch: null }],
    [
      'common headers do not count',
      page({
        headers: [
          ['Server', 'x'],
          ['date', 'y'],
        ],
      }),
      { headersMatch: false },
    ],
    ['header names ignore case', page({ headers: [['X-Site-Version', '9']] }), { headersMatch: true }],
    ['short words do not count', page({ title: 'Wonderful a bb ccc dddd' }), { titleMatch: true }],
    ['three Cyrillic letters do', page({ title: 'Wonderful мир' }), { titleMatch: false }],
    ['another status is a difference', page({ status: 404 }), { statusCodeMatch: false, differs: true }],
  ])('%s', (_name, here, expected) => {
    expect(compareHttp(here, { ...control, title: 'wonderful' })).toMatchObject(expected)
  })

  test('a control that is no success is no measure of the status, and the pages differ', () => {
    expect(compareHttp(page(), { ...control, status: 500 })).toMatchObject({
      statusCodeMatch: null,
      differs: true,
    })
    expect(compareHttp(page({ status: 500 }), { ...control, status: 500 }).statusCodeMatch).toBe(true)
  })

  test('foreign: nothing in common, not merely different', () => {
    const strange = { title: 'Access restricted', bodyBytes: 900, headers: [] }
    expect(isForeignPage(page({ ...strange, bodyBytes: 40_000 }), control, true)).toBe(false)
    expect(isForeignPage(page({ ...strange, bodyBytes: 40_000 }), control, false)).toBe(true)
    expect(isForeignPage(page(strange), control, true)).toBe(true)
    expect(isForeignPage(page({ ...strange, title: null }), control, true)).toBe(true)
    expect(isForeignPage(page({ ...strange, title: 'Wonderful error' }), control, true)).toBe(false)
    expect(isForeignPage(page({ ...strange, status: 503 }), control, true)).toBe(false)
    expect(isForeignPage(page({ ...strange, status: 451 }), control, true)).toBe(false)
    expect(isForeignPage(page({ ...strange, title: null }), { ...control, title: null }, true)).toBe(false)
  })
})

describe('control facts', () => {
  test('all it saw, at every hop', () => {
    const facts = controlFacts([aControl(tcp(byControl), tls({ ...byControl, failure: 'eof_error' }))])!
    expect(facts.dns).toEqual({ failure: null, addresses: [ADDRESS], asns: [] })
    expect(facts.tcp).toEqual({ [tcpKey(ADDRESS, 443)]: null, [tcpKey(OTHER_ADDRESS, 443)]: null })
    expect(facts.tls).toEqual({
      [tlsKey(ADDRESS, 443, HOST)]: null,
      [tlsKey(OTHER_ADDRESS, 443, HOST)]: 'eof_error',
    })
    expect(facts.http).toMatchObject({
      failure: null,
      status: 200,
      title: 'Wonderful Site News',
      hosts: [HOST],
    })
  })

  test('no answer is no failure, it is no address', () => {
    const facts = controlFacts([aFailedControl(dns({ failure: 'dns_no_answer' }))])!
    expect(facts.dns).toEqual({ failure: null, addresses: [], asns: [] })
    expect(facts.http?.failure).toBe('dns_no_answer')
  })

  test('a page over unverified TLS is a failed handshake', () => {
    const facts = controlFacts([
      aFailedControl(dns(), tcp(), tls({ failure: 'ssl_invalid_hostname' }), http({ trusted: false })),
    ])
    expect(facts?.http?.failure).toBe('ssl_invalid_hostname')
    expect(controlReached(facts)).toBe(false)
  })

  test('a heartbeat control has reached when its handshake verified', () => {
    const facts = controlFacts([aFailedControl(dns(), tcp(), tls())])
    expect(facts?.http).toBe(null)
    expect(controlReached(facts)).toBe(true)
  })

  test('a redirect it could not follow to the end is a failure', () => {
    const facts = controlFacts([aPlainControl(redirect('https://m.site.example/', PLAIN))])
    expect(facts?.http?.failure).toBe('http_request_failed')
  })

  test('IPv6 without a route at the control has not been tried', () => {
    const facts = controlFacts([aControl(tcp({ address: V6_ADDRESS, failure: 'network_unreachable' }))])!
    expect(Object.keys(facts.tcp)).toEqual([tcpKey(ADDRESS, 443)])
  })

  test('several controls: works for any, and the best page is kept', () => {
    const down = aFailedControl(dns({ failure: 'dns_servfail_error' }))
    const refused = aFailedControl(dns({ answers: [OTHER_ADDRESS] }), tcp({ failure: 'connection_refused' }))
    const error = aControl(
      tcp({ depth: 1 }),
      tls({ depth: 1 }),
      http({ depth: 1, status: 500, url: 'https://err.example/' }),
    )
    const facts = controlFacts([down, refused, error, aControl()])!
    expect(facts.dns).toEqual({ failure: null, addresses: [OTHER_ADDRESS, ADDRESS], asns: [] })
    expect(facts.tcp[tcpKey(ADDRESS, 443)]).toBe(null)
    expect(facts.http).toMatchObject({ status: 200, hosts: [HOST, 'err.example'] })
  })

  test('none fit -> null', () => {
    expect(controlFacts([])).toBe(null)
    expect(controlFacts([aControl({ unfit: 'interrupted' }), aFailedControl()])).toBe(null)
  })
})

test('each attempt at an endpoint is a record of its own', () => {
  const measurement = aMeasurement(
    tcp({ failure: 'connection_refused' }),
    tcp(),
    tls(),
    http({ failure: 'eof_error' }),
  )
  expect(endpointRecords(measurement).map((r) => [r.layer, r.failure])).toEqual([
    ['tcp', 'connection_refused'],
    ['http', 'eof_error'],
  ])
})

describe('fingerprints', () => {
  const of = (place: Fingerprint['place']): Fingerprint[] => [
    { id: `t/${JSON.stringify(place)}`, country: null, place, pattern: /blocked/i, source: 'none' },
  ]
  const page = http({
    ...PLAIN,
    title: 'Blocked',
    bodyHead: '<p>blocked',
    headers: [['Location', 'http://blocked.tj']],
  })
  test.each([['title'], ['body'], [{ header: 'location' }]] as const)('%j', (place) => {
    expect(matchFingerprint(page, of(place))?.id).toBe(`t/${JSON.stringify(place)}`)
    expect(matchFingerprint({ ...page, trusted: true }, of(place))).toBe(null)
    expect(matchFingerprint(http(PLAIN), of(place))).toBe(null)
  })
})
