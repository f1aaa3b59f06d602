/** A and AAAA are two questions: resolvers that forge one and pass the other on, as most that are made for it do. */
import { describe, expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import { readMeasurements } from '../../src/watch/reading.ts'
import type { Measurement, Observation } from '../../src/model/measurement.ts'
import {
  aControl,
  aMeasurement,
  dns,
  FOREIGN_ADDRESS,
  http,
  tcp,
  tls,
  trustedDns,
  V6_ADDRESS,
} from './builders.ts'

const trueAaaa = dns({ queryType: 'AAAA', answers: [V6_ADDRESS] })
const trusted = [trustedDns(), { ...trustedDns(V6_ADDRESS), queryType: 'AAAA' as const }]
const noIpv6 = tcp({ address: V6_ADDRESS, failure: 'network_unreachable' })
const control = [aControl(dns(), trueAaaa)]
const v6 = { address: V6_ADDRESS }
const aControlOverIpv6 = aMeasurement({ purpose: 'control' }, trueAaaa, tcp(v6), tls(v6), http(v6))
const there = { address: FOREIGN_ADDRESS }

/** Where IPv6 does not work: what A gave, and what came of it. */
function overIpv4Only(seen: readonly Observation[]): Measurement {
  return aMeasurement(...seen, trueAaaa, ...trusted, noIpv6)
}

const said = (measurement: Measurement, controls = control) => {
  const { outcome, mechanism, reached } = judge(measurement, controls, 'online')
  return `${outcome} ${mechanism} ${reached}`
}

describe('the true AAAA beside a lie for A, and no IPv6', () => {
  test.each([
    ['0.0.0.0', [dns({ answers: ['0.0.0.0'] })], 'confirmed dns.loopback no'],
    ['127.0.0.1', [dns({ answers: ['127.0.0.1'] })], 'confirmed dns.loopback no'],
    ['no address', [dns({ failure: 'dns_no_answer' })], 'anomaly dns.empty no'],
    ['no such name', [dns({ failure: 'dns_nxdomain_error' })], 'anomaly dns.nxdomain no'],
    ['refused', [dns({ failure: 'dns_refused_error' })], 'anomaly dns.refused no'],
    ['SERVFAIL', [dns({ failure: 'dns_servfail_error' })], 'anomaly dns.servfail no'],
    ['silence', [dns({ failure: 'generic_timeout_error' })], 'anomaly dns.timeout no'],
    [
      'a private address',
      [dns({ answers: ['10.10.34.35'] }), tcp({ address: '10.10.34.35', failure: 'network_unreachable' })],
      'confirmed dns.bogus no',
    ],
    [
      'a block host that signs for itself',
      [dns({ answers: [FOREIGN_ADDRESS] }), tcp(there), tls({ ...there, failure: 'ssl_unknown_authority' })],
      'confirmed dns.bogus no',
    ],
    [
      'a block host with its port closed',
      [dns({ answers: [FOREIGN_ADDRESS] }), tcp({ ...there, failure: 'connection_refused' })],
      'anomaly dns.bogus no',
    ],
    [
      'a dead address',
      [dns({ answers: [FOREIGN_ADDRESS] }), tcp({ ...there, failure: 'generic_timeout_error' })],
      'anomaly dns.bogus no',
    ],
  ] as const)('%s -> %s', (_, seen, expected) => {
    expect(said(overIpv4Only(seen))).toBe(expected)
  })
})

test('a lie for AAAA beside the true A, over IPv6 -> the lie', () => {
  const forged = '2001:4860:4860::8888'
  const at = { address: forged }
  const measurement = aMeasurement(
    dns({ failure: 'dns_no_answer' }),
    dns({ queryType: 'AAAA', answers: [forged] }),
    { ...trustedDns(V6_ADDRESS), queryType: 'AAAA' },
    tcp(at),
    tls({ ...at, failure: 'ssl_unknown_authority' }),
  )
  expect(said(measurement, [aControlOverIpv6])).toBe('confirmed dns.bogus no')
})

describe('no lie', () => {
  test('a host with IPv6 alone, where IPv6 does not work -> cannot be said', () => {
    const measurement = aMeasurement(dns({ failure: 'dns_no_answer' }), trueAaaa, noIpv6)
    expect(said(measurement, [aControlOverIpv6])).toBe('insufficient null unknown')
  })

  test('the true address in the clothes of NAT64, dead -> not a lie of the resolver', () => {
    // 93.184.216.34 as 64:ff9b::/96 writes it
    const translated = '64:ff9b::5db8:d822'
    const measurement = aMeasurement(
      dns({ failure: 'generic_timeout_error' }),
      dns({ queryType: 'AAAA', answers: [translated] }),
      trustedDns(),
      tcp({ address: translated }),
      tls({ address: translated, failure: 'connection_reset' }),
    )
    expect(said(measurement, [aControl()])).toBe('anomaly tls.sni-reset no')
  })
})

describe('of two resolvers the first is what people have', () => {
  const second = dns({ resolver: '8.8.8.8:53' })
  test.each([
    ['says there is no such name', dns({ failure: 'dns_nxdomain_error' }), 'anomaly dns.nxdomain no'],
    ['gives nothing', dns({ failure: 'dns_no_answer' }), 'anomaly dns.empty no'],
    ['sends to this machine', dns({ answers: ['127.0.0.1'] }), 'confirmed dns.loopback no'],
  ])('%s -> that', (_, first, expected) => {
    expect(said(aMeasurement(first, second, trustedDns()), [aControl()])).toBe(expected)
  })
})

describe('reached over one family -> ok, and it says what is not', () => {
  const overIpv6 = (seen: readonly Observation[]) =>
    aMeasurement(...seen, trueAaaa, ...trusted, tcp(v6), tls(v6), http(v6))
  test.each([
    ['A sends to this machine', [dns({ answers: ['0.0.0.0'] })], 'dns.loopback'],
    ['A is denied', [dns({ failure: 'dns_nxdomain_error' })], 'dns.nxdomain'],
    ['the address is dropped', [dns(), tcp({ failure: 'generic_timeout_error' })], 'tcp.timeout'],
    ['the name is reset', [dns(), tcp(), tls({ failure: 'connection_reset' })], 'tls.sni-reset'],
  ] as const)('%s', (_, seen, mechanism) => {
    const measurement = overIpv6(seen)
    expect(judge(measurement, control, 'online')).toMatchObject({
      outcome: 'ok',
      reached: 'yes',
      rule: 'reached_over_ipv6_alone',
      mechanism,
      weight: 0,
    })
    expect(readMeasurements(() => null).needsControl(measurement, judge(measurement, [], 'online'))).toBe(
      true,
    )
  })

  test('no control, or one that fails alike -> plain ok', () => {
    const measurement = overIpv6([dns(), tcp({ failure: 'generic_timeout_error' })])
    expect(judge(measurement, [], 'online').mechanism).toBeNull()
    const fails = aMeasurement({ purpose: 'control' }, dns(), tcp({ failure: 'generic_timeout_error' }))
    expect(judge(measurement, [fails], 'online').mechanism).toBeNull()
  })

  test('IPv6 leads nowhere here, or is silent -> plain ok, and nobody is asked', () => {
    for (const failure of ['network_unreachable', 'generic_timeout_error'] as const) {
      const measurement = aMeasurement(
        dns(),
        trueAaaa,
        ...trusted,
        tcp(),
        tls(),
        http(),
        tcp({ ...v6, failure }),
      )
      expect(judge(measurement, control, 'online').mechanism).toBeNull()
    }
  })

  test('IPv6 is reset by name -> over IPv4 alone', () => {
    const reset = tls({ ...v6, failure: 'connection_reset' })
    const measurement = aMeasurement(dns(), trueAaaa, ...trusted, tcp(), tls(), http(), tcp(v6), reset)
    expect(judge(measurement, control, 'online')).toMatchObject({
      rule: 'reached_over_ipv4_alone',
      mechanism: 'tls.sni-reset',
    })
  })

  test('a host without IPv6 -> plain ok', () => {
    const none = dns({ queryType: 'AAAA', failure: 'dns_no_answer' })
    const measurement = aMeasurement(dns(), none, trustedDns(), tcp(), tls(), http())
    expect(judge(measurement, control, 'online').rule).toBe('page_over_verified_tls')
  })
})
