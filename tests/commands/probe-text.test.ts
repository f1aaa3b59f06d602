import { expect, test } from 'vitest'
import { explained, summarised } from '../../src/commands/probe-text.ts'
import type { JudgedMeasurement } from '../../src/commands/probe-now.ts'
import { explain } from '../../src/judge/judge.ts'
import type { Measurement, Observation, QuicObservation } from '../../src/model/measurement.ts'
import {
  aControl,
  aGoodMeasurement,
  aMeasurement,
  anAnswer,
  byControl,
  dns,
  http,
  redirect,
  tcp,
  tls,
  trustedDns,
} from '../judge/builders.ts'

function aProbeResult(
  measurement: Measurement,
  controls: readonly Measurement[] = [],
  over: Partial<JudgedMeasurement> = {},
): JudgedMeasurement {
  const { endpoint, vantage } = measurement
  const explanation = explain(measurement, controls, 'online')
  return { endpoint, vantage, health: 'online', measurement, controls, explanation, ...over }
}

function seenLine(seen: Observation): string {
  const lines = explained(aProbeResult(aMeasurement(seen))).split('\n')
  return lines[lines.indexOf('  seen from tj-babilon') + 1]!
}

const quic = (over: Partial<QuicObservation>): QuicObservation => ({
  layer: 'quic',
  depth: 0,
  startedMs: 0,
  durationMs: 20,
  failure: null,
  address: '93.184.216.34',
  port: 443,
  source: 'vantage',
  serverName: 'www.site.example',
  name: 'target',
  alpn: 'h3',
  version: '1',
  received: 9,
  ...over,
})

test('a reset that the control does not see -> one line with outcome, mechanism, time and why', () => {
  const cut = aMeasurement(dns(), tcp(), tls({ failure: 'connection_reset' }), { durationMs: 120.6 })
  expect(summarised(aProbeResult(cut, [aControl()]))).toMatch(
    /^anomaly \(tls\.sni-reset\) {2}site\/www from tj-babilon, 121 ms\. [A-Z].*\.$/,
  )
})

test('nothing wrong -> no brackets where there is no mechanism', () => {
  expect(summarised(aProbeResult(aGoodMeasurement(), [aControl()]))).toMatch(/^ok {2}site\/www from /)
})

test('explained -> what was seen here, then at each control, then every rule up to the one that fired', () => {
  const cut = aMeasurement(dns(), tcp(), tls({ failure: 'connection_reset' }))
  const measurement = aProbeResult(cut, [aControl(), aControl({ vantage: 'control-nl' })])
  const lines = explained(measurement).split('\n')
  expect(lines[1]).toBe(
    '  rule tls_reset_not_in_control; reached no; weight ' +
      `${measurement.explanation.verdict.weight} nats; OONI blocking "http-failure", accessible false`,
  )
  expect(lines.filter((line) => /^ {2}\S/.test(line)).slice(1)).toEqual([
    expect.stringMatching(/^ {2}HTTP\/3 insufficient: /),
    '  vantage tj-babilon is online',
    '  seen from tj-babilon',
    '  seen from control control-de',
    '  seen from control control-nl',
    '  rules tried',
  ])
  const tried = lines.slice(lines.indexOf('  rules tried') + 1)
  expect(tried).toHaveLength(measurement.explanation.tried.length)
  expect(tried.filter((line) => line.includes('=>'))).toEqual([
    `    => tls_reset_not_in_control: ${measurement.explanation.tried.at(-1)!.because}`,
  ])
  expect(tried.at(-1)).toContain('=>')
  expect(tried[0]).toMatch(/^ {7}\w+$/)
})

test.each([
  { name: 'nobody to ask', controls: [], says: true },
  { name: 'a control', controls: [aControl()], says: false },
])('$name -> whether none was asked', ({ controls, says }) => {
  expect(explained(aProbeResult(aGoodMeasurement(), controls)).includes('no control was used')).toBe(says)
})

test('unfit -> why, and in whose words', () => {
  const unfit = aMeasurement({ unfit: 'vantage_unreachable', unfitDetail: 'The proxy answered 407.' })
  expect(explained(aProbeResult(unfit, [], { health: 'offline' }))).toContain(
    '  vantage tj-babilon is offline; unfit: vantage_unreachable The proxy answered 407.\n',
  )
})

test.each([
  {
    name: 'a lookup',
    seen: dns({ answers: ['93.184.216.34', '93.184.216.99'], startedMs: 1.6, durationMs: 20.4 }),
    line: 'dns  2+20 ms  www.site.example A by udp 85.9.128.1:53 -> 93.184.216.34 93.184.216.99  ok',
  },
  {
    name: 'a lookup by the system, with nothing for it',
    seen: dns({ engine: 'system', resolver: '', failure: 'dns_nxdomain_error' }),
    line: 'dns  0+20 ms  www.site.example A by system -> nothing  dns_nxdomain_error',
  },
  {
    name: 'a trusted lookup whose HTTPS record offers HTTP/3',
    seen: { ...trustedDns(), http3Port: 443 },
    line: 'dns  0+20 ms  www.site.example A by doh https://dns.example/dns-query (trusted) -> 93.184.216.34; its HTTPS record offers HTTP/3 on port 443  ok',
  },
  {
    name: 'two answers to one question',
    seen: dns({ late: [{ afterMs: 12.7, failure: null, answers: [anAnswer('93.184.216.99')] }] }),
    line: 'dns  0+20 ms  www.site.example A by udp 85.9.128.1:53 -> 93.184.216.34; a second reply after 13 ms: 93.184.216.99  ok',
  },
  {
    name: 'a connection to an address of the control',
    seen: tcp({ ...byControl, failure: 'connection_refused' }),
    line: 'tcp  0+20 ms  93.184.216.99:443 (control)  connection_refused',
  },
  {
    name: 'a handshake',
    seen: tls(),
    line: 'tls  0+20 ms  93.184.216.34:443 name www.site.example TLSv1.3 h2 issued by CN=y  ok',
  },
  {
    name: 'a page, cut',
    seen: http({ bodyTruncated: true, title: 'A "page"' }),
    line: 'http  0+20 ms  93.184.216.34:443 GET https://www.site.example/ http/1.1 200, 40000 bytes (cut), title "A \\"page\\""  ok',
  },
  {
    name: 'no page',
    seen: http({ failure: 'eof_error', protocol: null }),
    line: 'http  0+20 ms  93.184.216.34:443 GET https://www.site.example/   eof_error',
  },
  {
    name: 'one redirect on',
    seen: redirect('https://b.example/', { depth: 1 }),
    line: 'http after 1 redirect  0+20 ms  93.184.216.34:443 GET https://www.site.example/ http/1.1 302, 0 bytes  ok',
  },
  {
    name: 'two redirects on',
    seen: tcp({ depth: 2 }),
    line: 'tcp after 2 redirects  0+20 ms  93.184.216.34:443 (vantage)  ok',
  },
  {
    name: 'QUIC',
    seen: quic({}),
    line: 'quic  0+20 ms  93.184.216.34:443 target name www.site.example h3, 9 datagrams back  ok',
  },
  {
    name: 'QUIC under a neutral name, never answered',
    seen: quic({
      name: 'neutral',
      serverName: 'example.org',
      alpn: null,
      received: 0,
      failure: 'generic_timeout_error',
    }),
    line: 'quic  0+20 ms  93.184.216.34:443 neutral name example.org, 0 datagrams back  generic_timeout_error',
  },
])('$name -> a line', ({ seen, line }) => {
  expect(seenLine(seen)).toBe(`    ${line}`)
})

test('what others wrote -> cannot drive the terminal, nor break a line', () => {
  const nasty = 'a\u001b[2J\nb\u009bc\u0007'
  const measurement = aProbeResult(
    aMeasurement(
      dns(),
      tcp(),
      tls({ certificate: { ...tls().certificate!, issuer: `CN=${nasty}` }, serverName: nasty }),
      http({ title: nasty, failure: `unknown_failure: ${nasty}` }),
    ),
  )
  const text = explained(measurement)
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect(text.split('\n').filter((line) => line.startsWith('    ') && line.includes('+20 ms'))).toHaveLength(
    4,
  )
})

test('how HTTP/3 stands -> a line of its own, since it has no say in the verdict', () => {
  const measurement = aProbeResult(aGoodMeasurement(), [aControl()])
  const told = { standing: 'drop', because: 'Datagrams are not answered.' } as const
  const text = explained({ ...measurement, explanation: { ...measurement.explanation, quic: told } })
  expect(text).toContain('\n  HTTP/3 drop: Datagrams are not answered.\n')
  expect(
    explained({ ...measurement, explanation: { ...measurement.explanation, quic: null } }),
  ).not.toContain('HTTP/3')
})
