/** What trials mean, and what they do not, without any network: mostly the cases that a lab cannot play. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findCause } from '../../src/judge/diagnosis/find.ts'
import { explain, judge } from '../../src/judge/judge.ts'
import type { DifferentialExperiment } from '../../src/model/differential.ts'
import { aMeasurement } from './builders.ts'
import {
  aDiagnosis,
  baseline,
  CUT,
  dns,
  FIRST,
  FOCUS,
  http,
  OWN,
  residual,
  SECOND,
  SILENT,
  FOREIGN_ADDRESS,
  times,
  tls,
} from './trials.ts'

function found(trials: readonly DifferentialExperiment[], over: Parameters<typeof aDiagnosis>[1] = {}) {
  return findCause(aDiagnosis(trials, over), null)?.diagnosed ?? null
}

describe('by name', () => {
  const filtered = [
    ...baseline(),
    tls('target', OWN, CUT),
    ...times(3, () => tls('target', FIRST.address, CUT)),
    tls('target', SECOND.address, CUT),
  ]

  test('cut wherever it is sent, other names answered -> proved', () => {
    expect(found(filtered)?.finding).toMatchObject({
      mechanism: 'tls.sni-reset',
      follows: 'name',
      decisive: true,
    })
  })

  test('cut in the midst of the handshake, wherever it is sent -> found too; slow is another matter', () => {
    const midway = (failure: 'connection_reset' | 'generic_timeout_error') => {
      const over = { failure, answered: true, came: 'handshake', alert: null } as const
      return found([
        ...baseline(),
        tls('target', OWN, over),
        ...times(3, () => tls('target', FIRST.address, over)),
        tls('target', SECOND.address, over),
      ])
    }
    expect(midway('connection_reset')?.finding).toMatchObject({ mechanism: 'tls.sni-reset', decisive: true })
    expect(midway('generic_timeout_error')).toMatchObject({ finding: null, healthy: false })
  })

  test('cut once -> an accident', () => {
    expect(found([...baseline(), tls('target', OWN), tls('target', FIRST.address, CUT)])?.finding).toBeNull()
  })

  test('cut at strangers, but its own servers answer it -> the strangers’ own doing', () => {
    const trials = [
      ...baseline(),
      ...times(3, () => tls('target', OWN)),
      ...times(4, () => tls('target', FIRST.address, CUT)),
    ]
    expect(found(trials)?.finding).toBeNull()
  })

  describe('answered instead of cut', () => {
    const ALERT = (alert: number, over = {}) =>
      ({ failure: 'ssl_failed_handshake', answered: true, came: 'alert', alert, ...over }) as const
    const PAGE = { failure: 'ssl_failed_handshake', answered: true, came: 'http', alert: null } as const
    const sentTo = (over: Parameters<typeof tls>[2]) => [
      tls('target', OWN, over),
      ...times(4, () => tls('target', FIRST.address, over)),
      ...times(2, () => tls('target', SECOND.address, over)),
    ]

    test.each([
      { what: 'alert 40', over: ALERT(40), mechanism: 'tls.alert' },
      { what: 'alert 112', over: ALERT(112, { failure: 'ssl_invalid_hostname' }), mechanism: 'tls.alert' },
      { what: 'close_notify', over: ALERT(0, { failure: 'eof_error' }), mechanism: 'tls.alert' },
      {
        what: 'alert 80, then RST',
        over: ALERT(80, { failure: 'connection_reset' }),
        mechanism: 'tls.alert',
      },
      { what: 'a page in cleartext', over: PAGE, mechanism: 'tls.not-tls' },
      { what: 'other bytes', over: { ...PAGE, came: 'not-tls' }, mechanism: 'tls.not-tls' },
    ] as const)('$what wherever it is sent, other names shake hands -> proved', ({ over, mechanism }) => {
      const first = found([...baseline(), ...baseline(), ...sentTo(over)])
      expect(first?.finding).toMatchObject({ mechanism, follows: 'name', decisive: true, evasions: [] })
      expect(first?.healthy).toBe(false)
    })

    test('now an alert and now a reset, by turns -> proved all the same', () => {
      const trials = sentTo(ALERT(40)).map((trial, i) =>
        i % 2 === 0 ? trial : { ...trial, ...CUT, answered: false, came: 'nothing' as const },
      )
      expect(found([...baseline(), ...baseline(), ...trials])?.finding).toMatchObject({
        sentence: expect.stringMatching(/^Cuts and refusals follow the name/) as string,
        decisive: true,
      })
    })

    test('other names get another alert there -> told apart all the same', () => {
      const strict = [...baseline(), ...baseline()].map((trial) =>
        trial.name === 'other' ? { ...trial, ...ALERT(112) } : trial,
      )
      expect(found([...strict, ...sentTo(ALERT(40))])?.finding).toMatchObject({
        mechanism: 'tls.alert',
        decisive: true,
      })
    })

    test('an alert for every name but none and their own -> the servers’ own', () => {
      const strict = [...baseline(), ...baseline()].map((trial) =>
        trial.name === 'other' ? { ...trial, ...ALERT(112) } : trial,
      )
      const trials = [...strict, ...sentTo(ALERT(112))]
      expect(found(trials)).toMatchObject({ finding: null, healthy: false })
      expect(judge(aDiagnosis(trials), [], 'online').outcome).toBe('insufficient')
    })

    test('its own server refuses its own name, for whatever reason -> not fine, and no block', () => {
      const trials = [
        ...baseline(),
        tls('target', OWN, ALERT(40)),
        ...times(4, () => tls('target', FIRST.address)),
      ]
      expect(found(trials)).toMatchObject({ finding: null, healthy: false, families: { ipv4: true } })
      expect(judge(aDiagnosis(trials), [], 'online')).toMatchObject({
        outcome: 'insufficient',
        mechanism: null,
      })
    })

    test('one neutral server alone refuses it -> it may serve the site too: no proof', () => {
      const trials = [
        ...baseline(),
        ...baseline(),
        tls('target', OWN, ALERT(40)),
        ...times(6, () => tls('target', FIRST.address, ALERT(40))),
        tls('target', SECOND.address),
      ]
      expect(found(trials)?.finding?.decisive ?? false).toBe(false)
    })

    test('a server that refuses unknown names now and then -> chance, weighed', () => {
      const moody = [...baseline(), ...baseline()].map((trial, i) =>
        trial.name === 'other' && i % 2 === 0 ? { ...trial, ...ALERT(80) } : trial,
      )
      expect(found([...moody, ...sentTo(ALERT(80))])?.finding?.decisive ?? false).toBe(false)
    })
  })

  test('a neutral server that lets no stranger in -> its trials count for nothing', () => {
    const picky = [FIRST.address, SECOND.address].flatMap((address) => [
      tls('neutral', address),
      tls('neutral', address),
      ...times(3, () => tls('other', address, CUT)),
      ...times(3, () => tls('target', address, CUT)),
    ])
    expect(found([...picky, tls('target', OWN, CUT)])?.finding).toBeNull()
  })

  test('an alert, or a certificate for another name -> an answer', () => {
    const alert = { failure: 'ssl_failed_handshake', answered: true, verified: null } as const
    const trials = [...baseline(), tls('target', OWN), ...times(4, () => tls('target', FIRST.address, alert))]
    expect(found(trials)).toMatchObject({ finding: null, healthy: true })
  })

  test('the connection itself fails at the neutral server -> nothing was sent, so nothing follows the name', () => {
    const closed = { ...SILENT, failedAt: 'tcp', tcpMs: null } as const
    const trials = [
      ...baseline(),
      tls('target', OWN),
      ...times(4, () => tls('target', FIRST.address, closed)),
    ]
    expect(found(trials)?.finding).toBeNull()
  })

  test('everything is cut from some moment on, and never again answered -> two servers are too few for a proof', () => {
    const trials = [
      ...baseline(),
      tls('target', OWN, CUT),
      tls('target', FIRST.address, CUT),
      tls('target', SECOND.address, CUT),
      ...times(4, () => tls('other', FIRST.address, CUT)),
      ...times(4, () => tls('other', SECOND.address, CUT)),
    ]
    expect(found(trials)?.finding).toMatchObject({ decisive: false })
  })

  test('a filter that remembers, and lets go again and again -> proved by the trials it has not tainted', () => {
    const trials = [
      ...baseline(),
      tls('target', OWN, CUT),
      tls('target', SECOND.address, CUT),
      tls('target', FIRST.address, CUT),
      tls('other', FIRST.address, CUT),
      residual(200, false),
      residual(1_000, true),
      tls('target', FIRST.address, CUT),
      residual(200, false),
      residual(1_000, false),
      residual(3_000, true),
      tls('target', FIRST.address, CUT),
    ]
    expect(found(trials)?.finding).toMatchObject({ decisive: true, residualMs: [1_000, 3_000] })
  })

  test('it has not let go when time is up -> as far as it was seen', () => {
    const trials = [...filtered, residual(200, false), residual(7_000, false)]
    expect(found(trials)?.finding?.residualMs).toEqual([7_000, null])
  })

  test('now and then it gets through -> still more often cut than any other name', () => {
    const trials = [
      ...baseline(),
      ...times(2, () => tls('target', OWN, CUT)),
      tls('target', OWN),
      ...times(4, () => tls('target', FIRST.address, CUT)),
      ...times(2, () => tls('target', FIRST.address)),
    ]
    expect(found(trials)?.finding).toMatchObject({ mechanism: 'tls.sni-reset' })
  })

  test('an answer by an unknown authority follows the name -> forged; by everybody’s name -> a vantage behind a proxy of its own', () => {
    const forged = { failure: 'ssl_unknown_authority', answered: true, verified: false } as const
    const named = [
      ...baseline(),
      tls('target', OWN, forged),
      ...times(4, () => tls('target', FIRST.address, forged)),
    ]
    expect(found(named)?.finding).toMatchObject({ mechanism: 'tls.mitm', decisive: true })
    const all = named.map((trial) => ({ ...trial, ...forged }))
    expect(found(all)?.finding).toBeNull()
  })
})

describe('by Host', () => {
  const pages = [FIRST.address, SECOND.address].flatMap((address) => [
    http('neutral', address),
    http('other', address),
    http('other', address),
    http('other', address),
  ])
  const overHttp = (trials: readonly DifferentialExperiment[]) =>
    findCause({ ...aDiagnosis(trials, { port: 80 }), url: `http://${FOCUS}/` }, null)?.diagnosed ?? null
  const forged = { bodySha256: 'the block page' } as const

  test('one page for the name from servers that know nothing of each other -> forged on the way', () => {
    const trials = [
      ...pages,
      http('target', OWN, forged),
      ...times(3, () => http('target', FIRST.address, forged)),
      ...times(2, () => http('target', SECOND.address, forged)),
    ]
    expect(overHttp(trials)?.finding).toMatchObject({
      mechanism: 'http.blockpage',
      follows: 'host-header',
      decisive: true,
    })
  })

  test('the same from one neutral server alone -> it may be a content network that has the site too: no proof', () => {
    const trials = [
      ...pages,
      http('target', OWN, forged),
      ...times(5, () => http('target', FIRST.address, forged)),
    ]
    expect(overHttp(trials)?.finding?.decisive ?? false).toBe(false)
  })

  test('servers that send every Host on to its own https -> nobody’s page', () => {
    const onward = (name: 'target' | 'other' | 'neutral', address: string) => {
      const trial = http(name, address)
      return { ...trial, status: 301, location: `https://${trial.host}/`, bodySha256: null }
    }
    const trials = [FIRST.address, SECOND.address].flatMap((address) => [
      onward('neutral', address),
      onward('other', address),
      onward('other', address),
      ...times(3, () => onward('target', address)),
    ])
    expect(overHttp([...trials, onward('target', OWN)])).toMatchObject({ finding: null, healthy: true })
  })
})

describe('who lies', () => {
  const honest = [
    dns('trusted'),
    ...times(2, () => dns('public')),
    ...times(2, () => dns('own', { name: 'control', gives: ['192.0.33.8'] })),
    ...times(2, () => dns('public', { name: 'control', gives: ['192.0.33.8'] })),
    ...times(2, () => dns('nobody', { ...SILENT })),
    dns('nobody', { ...SILENT, name: 'control' }),
  ]
  const withGround = (trials: readonly DifferentialExperiment[]) => [
    ...baseline(),
    tls('target', OWN),
    ...trials,
  ]

  test('another address than others give, with a certificate for the name -> a content network, no lie', () => {
    const own = times(3, () => dns('own', { gives: [FOREIGN_ADDRESS] }))
    const shown = tls('target', FOREIGN_ADDRESS, { verified: true })
    expect(found(withGround([...honest, ...own, shown]))).toMatchObject({ finding: null })
  })

  test.each([
    ['never seen before', undefined, 'dns.bogus'],
    ['it served well before', [FOREIGN_ADDRESS], null],
  ])('nobody answers there, time and again; %s', (_, served, mechanism) => {
    const own = times(3, () => dns('own', { gives: [FOREIGN_ADDRESS] }))
    const dead = times(2, () => tls('target', FOREIGN_ADDRESS, { ...SILENT, failedAt: 'tcp' }))
    const diagnosis = aDiagnosis(withGround([...honest, ...own, ...dead]), { given: [FOREIGN_ADDRESS] })
    const verdict = judge({ ...diagnosis, ...(served && { served }) }, [], 'online')
    expect(verdict).toMatchObject({ mechanism })
  })

  test('another address, and nobody answers there -> not proved', () => {
    const own = times(3, () => dns('own', { gives: [FOREIGN_ADDRESS] }))
    const shown = tls('target', FOREIGN_ADDRESS, { ...SILENT, failedAt: 'tcp' })
    const seen = found(withGround([...honest, ...own, shown]))
    expect(seen).toMatchObject({ finding: null, healthy: false, hosts: [{ host: FOCUS, hit: null }] })
  })

  test('two services that share nothing are sent to one dead address -> a lie', () => {
    const dead = times(2, () => tls('target', FOREIGN_ADDRESS, { ...SILENT, failedAt: 'tcp' }))
    const own = times(3, () => dns('own', { gives: [FOREIGN_ADDRESS] }))
    const elsewhere = (who: 'own' | 'trusted', gives: string[], host = 'www.another.test') =>
      dns(who, { name: 'elsewhere', host, gives })
    const seen = (...more: DifferentialExperiment[]) =>
      found(withGround([...honest, ...own, ...dead, ...more]))?.finding
    const OTHER = '157.240.1.35'
    expect(seen(elsewhere('own', [FOREIGN_ADDRESS]), elsewhere('trusted', [OTHER]))).toMatchObject({
      mechanism: 'dns.bogus',
      follows: 'resolver',
      decisive: true,
    })
    const half = { follows: 'resolver-address', decisive: false }
    expect(seen(elsewhere('own', [OTHER]), elsewhere('trusted', [OTHER]))).toMatchObject(half)
    expect(seen(elsewhere('own', [FOREIGN_ADDRESS]))).toMatchObject(half)
    const near = '93.184.7.7'
    expect(seen(elsewhere('own', [FOREIGN_ADDRESS]), elsewhere('trusted', [near]))).toMatchObject(half)
    const sibling = 'static.site.example'
    expect(
      seen(elsewhere('own', [FOREIGN_ADDRESS], sibling), elsewhere('trusted', [OTHER], sibling)),
    ).toMatchObject(half)
  })

  test('a known block page at the address that the resolver alone gives -> a lie', () => {
    const trials = withGround([
      ...honest,
      ...times(3, () => dns('own', { gives: [FOREIGN_ADDRESS] })),
      ...times(2, () => tls('target', FOREIGN_ADDRESS, { ...SILENT, failedAt: 'tcp' })),
      http('target', FOREIGN_ADDRESS, { at: 'given', title: 'Blocked by order', bodyHead: '' }),
    ])
    const known = {
      id: 'x',
      country: null,
      place: 'title',
      pattern: /Blocked by order/,
      source: 'x',
    } as const
    expect(findCause(aDiagnosis(trials), null, [known])?.diagnosed?.finding).toMatchObject({
      mechanism: 'dns.bogus',
      follows: 'resolver',
      decisive: true,
    })
    expect(findCause(aDiagnosis(trials), null, [])?.diagnosed?.finding?.decisive).toBe(false)
  })

  test.each(['dns_refused_error', 'dns_no_answer'] as const)(
    'HTTPS records that others give: %s of the own resolver -> said beside, and no more',
    (failure) => {
      const https = (who: 'own' | 'public' | 'trusted', over = {}) =>
        dns(who, { queryType: 'HTTPS', gives: [], ...over })
      const others = [https('public'), https('trusted')]
      const verdict = (...asked: DifferentialExperiment[]) =>
        judge(aDiagnosis(withGround([...honest, ...times(3, () => dns('own')), ...asked])), [], 'online')
      expect(verdict(https('own', { failure }), ...others)).toMatchObject({
        outcome: 'ok',
        because: expect.stringContaining('withholds the HTTPS records') as string,
      })
      expect(verdict(https('own'), ...others).because).not.toContain('HTTPS')
      expect(verdict(https('own', SILENT), ...others).because).not.toContain('HTTPS')
      const none = [
        https('public', { failure: 'dns_no_answer' }),
        https('trusted', { failure: 'dns_no_answer' }),
      ]
      expect(verdict(https('own', { failure }), ...none).because).not.toContain('HTTPS')
    },
  )

  test('another address twice, where no handshake is completed, while the true one does -> half a proof', () => {
    const own = times(3, () => dns('own', { gives: [FOREIGN_ADDRESS] }))
    for (const how of [
      { ...SILENT, failedAt: 'tcp' },
      { failure: 'connection_refused', failedAt: 'tcp' },
      CUT,
      { failure: 'eof_error' },
      { failure: 'ssl_failed_handshake', answered: true, came: 'alert', alert: 80 },
      { failure: 'ssl_failed_handshake', answered: true, came: 'http' },
    ] as const) {
      const shown = times(2, () => tls('target', FOREIGN_ADDRESS, how))
      expect(found(withGround([...honest, ...own, ...shown]))?.finding).toMatchObject({
        mechanism: 'dns.bogus',
        follows: 'resolver-address',
        decisive: false,
        nats: 3,
      })
      const alsoDown = [...baseline(), tls('target', OWN, CUT), ...honest, ...own, ...shown]
      expect(found(alsoDown)?.finding?.follows).not.toBe('resolver-address')
    }
  })

  test.each(['dns_servfail_error', 'generic_timeout_error'] as const)(
    '%s for this name alone, every time -> evidence, and not called a lie',
    (failure) => {
      const own = (n: number) => times(n, () => dns('own', { failure }))
      expect(found(withGround([...honest, ...own(3)]))?.finding).toMatchObject({
        follows: 'resolver-failure',
        decisive: false,
        nats: 3,
      })
      expect(found(withGround([...honest, ...own(2)]))?.finding).toMatchObject({ nats: 1 })
      expect(found(withGround([...honest, ...own(3), dns('own')]))?.finding).toMatchObject({ nats: 1 })
      expect(judge(aDiagnosis(withGround([...honest, ...own(3)])), [], 'online')).toMatchObject({
        outcome: 'anomaly',
        rule: 'diagnosed_resolver_fails_for_name',
      })
    },
  )

  test('a lie now, the truth then -> no proof', () => {
    const own = [
      dns('own', { failure: 'dns_nxdomain_error' }),
      dns('own', { failure: 'dns_nxdomain_error' }),
      dns('own'),
    ]
    expect(found(withGround([...honest, ...own]))?.finding).toMatchObject({
      mechanism: 'dns.nxdomain',
      decisive: false,
    })
  })

  test('marks of a reply made by the resolver itself are said beside the lie, unless harmless names bear them too', () => {
    const zone = { section: 'additional', type: 'SOA', name: 'rpz', ttlS: 60, value: 'localhost h' } as const
    const marks = { authoritative: true, beside: [zone] } as const
    const lies = times(3, () => dns('own', { failure: 'dns_nxdomain_error', ...marks }))
    const because = (...trials: DifferentialExperiment[]) =>
      found(withGround([...honest, ...trials]))?.finding?.because.join(' ')
    expect(because(...lies)).toContain('authoritative (AA); additional SOA of rpz: localhost h')
    const harmless = dns('own', { name: 'control', gives: ['192.0.33.8'], ...marks })
    expect(because(...lies, harmless)).not.toContain('Signs that')
    expect(found(withGround([...honest, ...times(3, () => dns('own', marks))]))?.finding).toBeNull()
  })

  test('nobody vouches for any address -> nothing can be compared with an answer', () => {
    const own = times(3, () => dns('own', { failure: 'dns_nxdomain_error' }))
    const trials = withGround([...honest.filter(({ who }) => who !== 'trusted'), ...own])
    expect(found(trials, { addresses: [] })?.finding).toBeNull()
  })

  test('an address without a resolver answers for every name -> all DNS is intercepted: that alone forges nothing', () => {
    const intercepted = [
      dns('trusted'),
      ...times(3, () => dns('own')),
      ...times(2, () => dns('public')),
      ...times(2, () => dns('nobody')),
      dns('nobody', { name: 'control', gives: ['192.0.33.8'] }),
    ]
    expect(found(withGround(intercepted))).toMatchObject({ finding: null, healthy: true })
  })

  test('the resolver and one abroad lie alike, no address without a resolver answers -> made on the way all the same', () => {
    const lied = [
      dns('trusted'),
      ...times(3, () => dns('own', { failure: 'dns_nxdomain_error' })),
      ...times(2, () => dns('public', { failure: 'dns_nxdomain_error' })),
      ...times(4, () => dns('own', { name: 'control', gives: ['192.0.33.8'] })),
      ...times(4, () => dns('public', { name: 'control', gives: ['192.0.33.8'] })),
      ...times(2, () => dns('nobody', { ...SILENT })),
      dns('nobody', { ...SILENT, name: 'control' }),
    ]
    expect(found(withGround(lied))?.finding).toMatchObject({
      mechanism: 'dns.injection',
      follows: 'path',
      decisive: true,
    })
  })

  test('a second answer with the same meaning, or to another type -> no forgery', () => {
    const late = [
      { afterMs: 20, failure: null, answers: [{ type: 'A', value: OWN, ttlS: 1, asn: null }] },
    ] as const
    const trials = [
      ...honest,
      ...times(3, () => dns('own', { late })),
      dns('own', { queryType: 'HTTPS', gives: [], late }),
    ]
    expect(found(withGround(trials))?.finding).toBeNull()
  })
})

describe('a proxy that resolves', () => {
  const named = (name: 'target' | 'neutral' | 'other', over = {}) =>
    tls(name, name === 'target' ? FOCUS : 'unknown.example', { at: 'named', ...over })
  const others = [...times(3, () => named('neutral')), ...times(2, () => named('other'))]
  const fine = [...baseline(), ...times(2, () => tls('target', OWN))]
  const NOT_OPENED = { failure: 'host_unreachable', failedAt: 'tcp' } as const

  test.each([
    { what: 'no connection', over: NOT_OPENED, mechanism: 'dns.empty', follows: 'resolver-failure' },
    {
      what: 'silence',
      over: { ...SILENT, failedAt: 'tcp' },
      mechanism: 'dns.timeout',
      follows: 'resolver-failure',
    },
    {
      what: 'an alert from whoever is there',
      over: { failure: 'ssl_failed_handshake', answered: true, came: 'alert', alert: 80 },
      mechanism: 'dns.bogus',
      follows: 'resolver-address',
    },
  ] as const)(
    'by name $what, by address fine -> its resolver, not proved',
    ({ over, mechanism, follows }) => {
      const trials = [...fine, ...others, ...times(4, () => named('target', over))]
      expect(found(trials)).toMatchObject({
        finding: { mechanism, follows, decisive: false, nats: 3 },
        healthy: false,
      })
    },
  )

  test('by name another’s certificate by an unknown authority -> a lie', () => {
    const over = { failure: 'ssl_unknown_authority', answered: true, verified: false }
    expect(found([...fine, ...others, ...times(4, () => named('target', over))])?.finding).toMatchObject({
      mechanism: 'dns.bogus',
      follows: 'resolver',
      decisive: true,
    })
  })

  test('every name fails by name, or this one does so once, or by address too -> not told apart', () => {
    const dead = others.map((trial) => ({ ...trial, ...NOT_OPENED, answered: false }))
    const target = times(3, () => named('target', NOT_OPENED))
    expect(found([...fine, ...dead, ...target])).toMatchObject({ finding: null, healthy: false })
    const once = [named('target', NOT_OPENED), ...times(3, () => named('target'))]
    expect(found([...fine, ...others, ...once])).toMatchObject({ finding: null, healthy: true })
    const gone = [...baseline(), tls('target', OWN, CUT), tls('target', OWN, CUT)]
    expect(found([...gone, ...others, ...target])?.finding ?? null).toBeNull()
  })
})

describe('no ground', () => {
  test('the line is dead: nothing harmless is answered -> nothing is compared', () => {
    const dead = [...baseline(), ...times(5, () => tls('target', OWN))].map((trial) => ({
      ...trial,
      ...SILENT,
      answered: false,
    }))
    expect(found(dead)).toBeNull()
    expect(judge(aDiagnosis(dead), [], 'online')).toMatchObject({
      outcome: 'insufficient',
      rule: 'diagnosed_neutral_fail_alike',
    })
    expect(judge(aDiagnosis(dead), [], 'online').weight).toBeLessThan(0)
  })

  test('large hellos vanish everywhere, small ones do not -> the line, not the name', () => {
    const trials = [
      ...baseline(),
      tls('neutral', FIRST.address, { ...SILENT, hello: 'large' }),
      tls('neutral', SECOND.address, { ...SILENT, hello: 'large' }),
      tls('target', OWN),
      tls('target', OWN, { ...SILENT, hello: 'large' }),
      ...times(3, () => tls('target', FIRST.address)),
    ]
    expect(judge(aDiagnosis(trials), [], 'online')).toMatchObject({ rule: 'diagnosed_neutral_fail_alike' })
  })

  test('a large hello fails at the service alone -> not said that nothing differs', () => {
    const trials = [
      ...baseline(),
      tls('neutral', FIRST.address, { hello: 'large' }),
      tls('target', OWN),
      tls('target', OWN, { ...SILENT, hello: 'large' }),
      ...times(3, () => tls('target', FIRST.address)),
    ]
    expect(judge(aDiagnosis(trials), [], 'online')).toMatchObject({
      outcome: 'insufficient',
      rule: 'diagnosed_undecided',
      because: expect.stringContaining('two segments') as string,
    })
  })

  test('neutral servers that turn every unknown name away -> named', () => {
    const picky = [FIRST.address, SECOND.address].flatMap((address) => [
      ...times(2, () => tls('neutral', address)),
      ...times(2, () => tls('other', address, CUT)),
    ])
    const trials = [...picky, tls('target', OWN, CUT), ...times(4, () => tls('target', FIRST.address, CUT))]
    expect(judge(aDiagnosis(trials), [], 'online')).toMatchObject({
      rule: 'diagnosed_undecided',
      because: expect.stringMatching(
        /neutral\.example turns away .*other-neutral\.example turns away/,
      ) as string,
    })
  })

  test('no neutral server was found -> said so', () => {
    expect(judge(aDiagnosis([tls('target', OWN)], { neutral: [] }), [], 'online')).toMatchObject({
      rule: 'diagnosed_no_ground',
      weight: 0,
      because: expect.stringContaining('No address') as string,
    })
  })

  test('no trials at all, as of a measurement that failed at once -> nothing, and no crash', () => {
    const empty = aMeasurement({ plan: 'diagnose' })
    expect(judge(empty, [], 'online')).toMatchObject({
      outcome: 'insufficient',
      reached: 'unknown',
      mechanism: null,
    })
  })

  test('unfit -> the reason, whatever the trials said', () => {
    const measured = aDiagnosis([...baseline(), ...times(4, () => tls('target', FIRST.address, CUT))])
    expect(judge({ ...measured, unfit: 'late_thread' }, [], 'online')).toMatchObject({
      rule: 'measured_on_late_thread',
      weight: 0,
    })
  })
})

test('any trials in any order -> a verdict that never says whether the service is reached, and proves nothing without two cuts', () => {
  const failures = fc.constantFrom(
    null,
    'connection_reset',
    'eof_error',
    'generic_timeout_error',
    'connection_refused',
    'ssl_unknown_authority' as const,
  )
  const trial = fc.oneof(
    fc
      .record({
        name: fc.constantFrom('target', 'neutral', 'other', 'none' as const),
        address: fc.constantFrom(OWN, FIRST.address, SECOND.address, FOREIGN_ADDRESS),
        failure: failures,
        failedAt: fc.constantFrom('tcp', 'after' as const),
        hello: fc.constantFrom('small', 'large', 'split' as const),
      })
      .map(({ name, address, failure, failedAt, hello }) =>
        tls(name, address, {
          failure,
          hello,
          failedAt: failure === null ? null : failedAt,
          answered: failure === null,
        }),
      ),
    fc
      .record({
        name: fc.constantFrom('target', 'neutral', 'other' as const),
        address: fc.constantFrom(OWN, FIRST.address, SECOND.address),
        failure: failures,
      })
      .map(({ name, address, failure }) => http(name, address, { failure })),
    fc
      .record({
        who: fc.constantFrom('own', 'public', 'trusted', 'nobody' as const),
        name: fc.constantFrom('target', 'control', 'mixed-case' as const),
        failure: fc.constantFrom(
          null,
          'dns_nxdomain_error',
          'generic_timeout_error',
          'dns_servfail_error' as const,
        ),
      })
      .map(({ who, name, failure }) => dns(who, { name, failure })),
  )
  fc.assert(
    fc.property(fc.array(trial, { maxLength: 40 }), (trials) => {
      const { verdict, diagnosed } = explain(aDiagnosis(trials), [], 'online')
      expect(verdict.reached).toBe('unknown')
      if (verdict.rule !== 'diagnosed_neutral_fail_alike') expect(verdict.weight).toBeGreaterThanOrEqual(0)
      if (verdict.outcome === 'ok') expect(diagnosed?.finding).toBeNull()
      const bad = trials.filter((trial) => trial.failure !== null || trial.kind === 'dns')
      if (verdict.outcome === 'confirmed') expect(bad.length).toBeGreaterThan(1)
      expect(explain(aDiagnosis(trials), [], 'online')).toEqual({
        ...explain(aDiagnosis(trials), [], 'online'),
      })
    }),
  )
})
