/** OONI's keys, rule by rule, numbered in the order OONI asks them. */
import { describe, expect, test } from 'vitest'
import { controlFacts } from '../../src/judge/control.ts'
import type { ControlFacts } from '../../src/judge/control.ts'
import { judge } from '../../src/judge/judge.ts'
import { ooniKeys } from '../../src/judge/ooni.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import {
  ADDRESS,
  aControl,
  aFailedControl,
  aGoodMeasurement,
  aMeasurement,
  aPlainControl,
  aPlainMeasurement,
  byControl,
  dns,
  http,
  PLAIN,
  redirect,
  FOREIGN_ADDRESS,
  tcp,
  tls,
  V6_ADDRESS,
  trustedDns,
} from './builders.ts'

const control = controlFacts([aControl()])!
const plainControl = controlFacts([aPlainControl()])!
const failedHttp = controlFacts([aFailedControl(dns(), tcp(), tls(), http({ failure: 'eof_error' }))])!
const blockPage = http({ ...PLAIN, title: 'Access restricted', bodyBytes: 900, headers: [] })
const tlsReset = aMeasurement(dns(), tcp(), tls({ failure: 'connection_reset' }))
const tcpSilent = aMeasurement(dns(), tcp({ failure: 'generic_timeout_error' }))
const nxdomain = aMeasurement(dns({ failure: 'dns_nxdomain_error' }))
const noDns = (facts: ControlFacts): ControlFacts => ({ ...facts, dns: null })
const noEndpoints = (facts: ControlFacts): ControlFacts => ({ ...facts, tcp: {}, tls: {} })
const noAddresses = (facts: ControlFacts): ControlFacts => ({
  ...facts,
  dns: { failure: null, addresses: [], asns: [] },
})
const strangeDns = dns({ answers: [FOREIGN_ADDRESS] })

const CASES: [string, Measurement, ControlFacts | null, unknown, boolean | null][] = [
  ['1: page over TLS, no control', aGoodMeasurement(), null, false, true],
  [
    '1: page over TLS beats DNS inconsistency',
    aMeasurement(strangeDns, tcp(), tls(), http()),
    control,
    false,
    true,
  ],
  [
    '1: any page over TLS, whatever it says',
    aMeasurement(dns(), tcp(), tls(), http({ status: 403, title: 'No' })),
    control,
    false,
    true,
  ],
  ['2: cleartext, no control', aPlainMeasurement(http(PLAIN)), null, null, null],
  [
    '4: cleartext, and a failed control has no page to compare',
    aPlainMeasurement(http(PLAIN)),
    failedHttp,
    'http-diff',
    false,
  ],
  ['3: same page in cleartext', aPlainMeasurement(http(PLAIN)), plainControl, false, true],
  [
    '3: same page in cleartext beats DNS inconsistency',
    aMeasurement(PLAIN, strangeDns, tcp({ port: 80 }), http(PLAIN)),
    plainControl,
    false,
    true,
  ],
  ['4: other page in cleartext', aPlainMeasurement(blockPage), plainControl, 'http-diff', false],
  [
    '4: other page, and DNS inconsistent',
    aMeasurement(PLAIN, strangeDns, tcp({ port: 80, address: FOREIGN_ADDRESS }), {
      ...blockPage,
      address: FOREIGN_ADDRESS,
    }),
    plainControl,
    'dns',
    false,
  ],
  [
    '5: round trip failed, no control',
    aMeasurement(dns(), tcp(), tls(), http({ failure: 'eof_error' })),
    null,
    null,
    null,
  ],
  [
    '5: round trip failed for both',
    aMeasurement(dns(), tcp(), tls(), http({ failure: 'eof_error' })),
    failedHttp,
    false,
    false,
  ],
  [
    '5: round trip failed here',
    aMeasurement(dns(), tcp(), tls(), http({ failure: 'eof_error' })),
    control,
    'http-failure',
    false,
  ],
  ['6: TLS failed, no control at all', tlsReset, null, null, null],
  ['6: TLS failed, only an HTTP control', tlsReset, noEndpoints(control), 'http-failure', false],
  ['6: TLS failed, only a failed HTTP control', tlsReset, noEndpoints(failedHttp), 'http-failure', false],
  [
    '6: TLS failed for both',
    tlsReset,
    controlFacts([aFailedControl(dns(), tcp(), tls({ failure: 'eof_error' }))]),
    false,
    false,
  ],
  ['6: TLS failed here', tlsReset, control, 'http-failure', false],
  [
    '6: a page over unverified TLS is a failed handshake',
    aMeasurement(dns(), tcp(), tls({ failure: 'ssl_unknown_authority' }), http({ trusted: false })),
    control,
    'http-failure',
    false,
  ],
  ['7: TCP failed, no control at all', tcpSilent, null, null, null],
  ['7: TCP failed, only an HTTP control', tcpSilent, noEndpoints(control), 'http-failure', false],
  [
    '7: TCP failed for both',
    tcpSilent,
    controlFacts([aFailedControl(dns(), tcp({ failure: 'connection_refused' }))]),
    false,
    false,
  ],
  ['7: TCP failed here', tcpSilent, control, 'tcp_ip', false],
  [
    '7: TCP failed at an address the resolver made up',
    aMeasurement(strangeDns, tcp({ address: FOREIGN_ADDRESS, failure: 'connection_refused' })),
    control,
    'dns',
    false,
  ],
  [
    '7: TCP failed after a redirect is http-failure',
    aPlainMeasurement(
      redirect('https://www.site.example/', PLAIN),
      tcp({ depth: 1, failure: 'connection_refused' }),
    ),
    control,
    'http-failure',
    false,
  ],
  ['8: DNS failed, no control at all (deviation: null, not accessible)', nxdomain, null, null, null],
  ['8: DNS failed, only an HTTP control', nxdomain, noDns(control), 'dns', false],
  [
    '8: DNS failed for both',
    nxdomain,
    controlFacts([aFailedControl(dns({ failure: 'dns_nxdomain_error' }))]),
    false,
    false,
  ],
  [
    '8: no answer here, no address there',
    aMeasurement(dns({ failure: 'dns_no_answer' })),
    noAddresses(control),
    false,
    false,
  ],
  ['8: DNS failed here', nxdomain, control, 'dns', false],
  [
    '8: DNS failed after a redirect to another name',
    aPlainMeasurement(
      redirect('https://m.site.example/', PLAIN),
      dns({ depth: 1, host: 'm.site.example', failure: 'dns_nxdomain_error' }),
    ),
    plainControl,
    'dns',
    false,
  ],
  ['9: only loopback here', aMeasurement(dns({ answers: ['127.0.0.1'] })), control, 'dns', false],
  [
    '9: only the unspecified address here',
    aMeasurement(dns({ answers: ['0.0.0.0'] })),
    control,
    'dns',
    false,
  ],
  [
    '9: a sinkhole beside a trusted resolver that tells the truth',
    aMeasurement(dns({ answers: ['0.0.0.0'] }), trustedDns()),
    control,
    'dns',
    false,
  ],
  [
    '9: only the unspecified address for both',
    aMeasurement(dns({ answers: ['0.0.0.0'] })),
    controlFacts([aFailedControl(dns({ answers: ['0.0.0.0'] }))]),
    false,
    false,
  ],
  [
    '9: only loopback for both',
    aMeasurement(dns({ answers: ['127.0.0.1'] })),
    controlFacts([aFailedControl(dns({ answers: ['127.0.0.1'] }))]),
    false,
    false,
  ],
  [
    'NIL becomes dns when inconsistent',
    aMeasurement(strangeDns, tcp({ address: FOREIGN_ADDRESS, failure: 'connection_refused' })),
    { ...noEndpoints(control), http: null },
    'dns',
    false,
  ],
  [
    'DOWN becomes dns when inconsistent',
    aMeasurement(strangeDns, tcp({ address: FOREIGN_ADDRESS, failure: 'connection_refused' })),
    { ...control, tcp: { [`${FOREIGN_ADDRESS}:443`]: 'connect_error' } },
    'dns',
    false,
  ],
  ['nothing applies', aMeasurement(dns(), tcp()), control, null, null],

  [
    'order: the deeper hop decides',
    aPlainMeasurement(
      redirect('https://www.site.example/', PLAIN),
      tcp({ depth: 1 }),
      tls({ depth: 1 }),
      http({ depth: 1 }),
    ),
    null,
    false,
    true,
  ],
  [
    'order: HTTP before TLS before TCP',
    aMeasurement(
      dns(),
      tcp({ address: FOREIGN_ADDRESS, failure: 'connection_refused' }),
      tcp(),
      tls({ failure: 'eof_error' }),
    ),
    control,
    'http-failure',
    false,
  ],
  [
    'order: success before failure',
    aMeasurement(
      dns(),
      tcp(),
      tls(),
      http({ failure: 'eof_error' }),
      tcp({ address: FOREIGN_ADDRESS }),
      tls({ address: FOREIGN_ADDRESS }),
      http({ address: FOREIGN_ADDRESS }),
    ),
    control,
    false,
    true,
  ],
  [
    'classic: an address only the control gave does not count',
    aMeasurement(dns({ failure: 'dns_nxdomain_error' }), tcp(byControl), tls(byControl), http(byControl)),
    control,
    'dns',
    false,
  ],
  [
    'classic: the system resolver decides where it was asked',
    aMeasurement(
      dns({ engine: 'system', queryType: 'ANY' }),
      dns({ failure: 'dns_servfail_error' }),
      tcp({ failure: 'connection_refused' }),
    ),
    control,
    'tcp_ip',
    false,
  ],
  [
    'ignored: DoH failure',
    aMeasurement(dns({ engine: 'doh', failure: 'connection_reset' })),
    control,
    null,
    null,
  ],
  [
    'ignored: no AAAA',
    aMeasurement(
      dns(),
      dns({ queryType: 'AAAA', failure: 'dns_no_answer' }),
      tcp({ failure: 'connection_reset' }),
    ),
    control,
    'tcp_ip',
    false,
  ],
  [
    'ignored: IPv6 without a route',
    aMeasurement(
      dns(),
      dns({ queryType: 'AAAA', answers: [V6_ADDRESS] }),
      tcp({ address: V6_ADDRESS, failure: 'network_unreachable' }),
    ),
    control,
    null,
    null,
  ],
]

describe('blocking and accessible', () => {
  test.each(CASES)('%s', (_name, measurement, facts, blocking, accessible) => {
    expect(ooniKeys(measurement, facts, false)).toMatchObject({ blocking, accessible })
  })
})

describe('deviations', () => {
  test('a heartbeat that completes the handshake -> false/true', () => {
    const measurement = aMeasurement({ plan: 'heartbeat' }, dns(), tcp(), tls())
    expect(judge(measurement, [], 'online')).toMatchObject({ blocking: false, accessible: true })
  })

  test('an unfit measurement has no keys', () => {
    expect(judge(aGoodMeasurement({ unfit: 'late_thread' }), [aControl()], 'online')).toMatchObject({
      blocking: null,
      accessible: null,
    })
  })

  test('sent to a foreign site over valid TLS: OONI calls it accessible, we do not', () => {
    const measurement = aPlainMeasurement(
      redirect('https://block.tj/', PLAIN),
      tcp({ depth: 1, address: FOREIGN_ADDRESS }),
      tls({ depth: 1, address: FOREIGN_ADDRESS, serverName: 'block.tj' }),
      http({ depth: 1, address: FOREIGN_ADDRESS, url: 'https://block.tj/' }),
    )
    expect(judge(measurement, [aPlainControl()], 'online')).toMatchObject({
      blocking: false,
      accessible: true,
      reached: 'no',
      mechanism: 'http.blockpage',
    })
  })
})

describe('dns_consistency', () => {
  const two = { answers: [FOREIGN_ADDRESS, ADDRESS] }
  const withAsn = (asn: number) =>
    aMeasurement({ ...strangeDns, answers: strangeDns.answers.map((a) => ({ ...a, asn })) })
  const asns = (...numbers: number[]): ControlFacts => ({
    ...control,
    dns: { ...control.dns!, asns: numbers },
  })
  test.each([
    ['one shared address is enough', aMeasurement(dns(two)), control, 'consistent'],
    ['a shared network is enough', withAsn(32934), asns(32934), 'consistent'],
    ['unknown networks never match', withAsn(0), asns(0), 'inconsistent'],
    ['nothing shared', aMeasurement(strangeDns), control, 'inconsistent'],
    ['failed here only', nxdomain, control, 'inconsistent'],
    [
      'failed for both',
      nxdomain,
      { ...control, dns: { failure: 'dns_name_error', addresses: [], asns: [] } },
      'consistent',
    ],
    ['an answer where the control has none', aMeasurement(dns()), noAddresses(control), 'inconsistent'],
    ['no control', nxdomain, null, null],
    ['only deeper lookups', aMeasurement(dns({ depth: 1, failure: 'dns_nxdomain_error' })), control, null],
  ] as const)('%s', (_name, measurement, facts, expected) => {
    expect(ooniKeys(measurement, facts, false).dnsConsistency).toBe(expected)
  })
})
