import { expect, test } from 'vitest'
import { explainedDiagnosis, summarisedDiagnosis } from '../../src/commands/diagnose-text.ts'
import type { JudgedMeasurement } from '../../src/commands/probe-now.ts'
import { explain } from '../../src/judge/judge.ts'
import type {
  DnsExperiment,
  HttpExperiment,
  SetupExperiment,
  TlsExperiment,
} from '../../src/model/differential.ts'
import type { Experiment } from '../../src/model/experiment.ts'
import type { Diagnosed, Finding } from '../../src/model/finding.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { ADDRESS, HOST, FOREIGN_ADDRESS, aControl, aMeasurement, anAnswer } from '../judge/builders.ts'

const trial = { startedMs: 0, durationMs: 10, failure: null } as const
const connected = {
  name: 'target',
  host: HOST,
  at: 'target',
  address: ADDRESS,
  tcpMs: 5,
  failedAt: null,
  answered: true,
} as const

const tlsTrial = (over: Partial<TlsExperiment> = {}): TlsExperiment => ({
  ...trial,
  ...connected,
  kind: 'tls',
  port: 443,
  hello: 'small',
  helloBytes: 300,
  verified: true,
  ...over,
})
const httpTrial = (over: Partial<HttpExperiment> = {}): HttpExperiment => ({
  ...trial,
  ...connected,
  kind: 'http',
  port: 80,
  status: 200,
  location: null,
  bodySha256: null,
  title: null,
  ...over,
})
const dnsTrial = (over: Partial<DnsExperiment> = {}): DnsExperiment => ({
  ...trial,
  kind: 'dns',
  name: 'target',
  host: HOST,
  who: 'own',
  engine: 'udp',
  resolver: '85.9.128.1:53',
  queryType: 'A',
  answers: [anAnswer(ADDRESS)],
  late: [],
  ...over,
})
const setup = (over: Partial<SetupExperiment> = {}): SetupExperiment => ({
  ...trial,
  kind: 'setup',
  seed: 77,
  hosts: [{ host: HOST, role: 'primary' }],
  focus: HOST,
  port: 443,
  neutral: [{ host: 'example.com', address: FOREIGN_ADDRESS }],
  addresses: [ADDRESS],
  given: [],
  leftOut: 0,
  ...over,
})

const FINDING: Finding = {
  mechanism: 'tls.sni-reset',
  follows: 'name',
  decisive: true,
  nats: 9,
  sentence: 'Resets follow the name.',
  because: ['the name: reset 4 of 4 times.', 'Other names there: answered 4 of 4 times.'],
  evasions: [],
  residualMs: null,
}
const DIAGNOSED: Diagnosed = {
  focus: HOST,
  finding: FINDING,
  also: [],
  hosts: [{ host: HOST, role: 'primary', hit: true }],
  families: { ipv4: true, ipv6: null },
  healthy: false,
  notes: [],
}

function aProbeResult(
  experiments: readonly Experiment[],
  diagnosed: Diagnosed | null = null,
  { controls = [], ...over }: Partial<Measurement> & { controls?: readonly Measurement[] } = {},
): JudgedMeasurement {
  const measurement = aMeasurement({ plan: 'diagnose', experiments, durationMs: 6_840, ...over })
  const explanation = { ...explain(measurement, controls, 'online'), diagnosed }
  return { endpoint: 'site/www', vantage: 'tj-babilon', health: 'online', measurement, controls, explanation }
}

/** The lines under a heading, as cells. */
function matrix(heading: string, ...experiments: readonly Experiment[]): string[][] {
  const lines = explainedDiagnosis(aProbeResult(experiments)).split('\n')
  const from = lines.findIndex((line) => line.startsWith(`  ${heading}`))
  const rows = lines.slice(from + 2)
  const to = rows.findIndex((line) => !line.startsWith('    '))
  return rows.slice(0, to === -1 ? undefined : to).map((line) => line.trim().split(/ {2,}/))
}

test('a diagnosis -> one line, in seconds', () => {
  const measurement = aProbeResult([setup(), tlsTrial()])
  const { verdict } = measurement.explanation
  const decided = { ...verdict, outcome: 'confirmed', mechanism: 'dns.bogus', because: 'Why.' } as const
  expect(
    summarisedDiagnosis({ ...measurement, explanation: { ...measurement.explanation, verdict: decided } }),
  ).toBe('confirmed (dns.bogus)  site/www from tj-babilon, 6.8 s. Why.')
  expect(summarisedDiagnosis(measurement)).not.toContain('(')
})

test('explained -> how it was set up, so that it can be made again', () => {
  const [, rule, how] = explainedDiagnosis(aProbeResult([setup(), tlsTrial(), dnsTrial()])).split('\n')
  expect(rule).toMatch(/^ {2}rule \w+; weight [\d.-]+ nats; vantage online; no control was used$/)
  expect(how).toBe('  2 trials in random order, seed 77; neutral servers example.com')
  const short = explainedDiagnosis(
    aProbeResult([setup({ neutral: [], leftOut: 5 })], null, {
      controls: [aControl()],
      unfit: 'late_thread',
    }),
  ).split('\n')
  expect(short[1]).toMatch(/; unfit: late_thread ; controls used: control-de$/)
  expect(short[2]).toBe('  0 trials in random order, seed 77; 5 left out; neutral servers none')
})

test('nothing tried -> neither a setup nor empty tables', () => {
  expect(explainedDiagnosis(aProbeResult([])).split('\n')).toHaveLength(2)
})

test.each([
  {
    name: 'proved',
    over: {},
    says: ['  Proved by these trials alone:', '    the name: reset 4 of 4 times.'],
  },
  { name: 'not proved', over: { decisive: false }, says: ['  Not proved by these trials alone:'] },
  {
    name: 'ways around',
    over: {
      evasions: [
        'split-hello',
        'large-hello',
        'mixed-case',
        'other-resolver',
        'dns-over-tcp',
        'dns-over-https',
      ],
    },
    says: [
      '  Gets through: a hello split in two, a hello with a post-quantum key share, which takes two segments, the name in mixed case, another resolver, DNS over TCP, DNS over HTTPS.',
    ],
  },
  {
    name: 'lingers, and was seen to end',
    over: { residualMs: [1_040, 2_960] },
    says: ['  After a trigger harmless handshakes there failed for 1 to 3 s.'],
  },
  {
    name: 'lingers, and was not seen to end',
    over: { residualMs: [12_340, null] },
    says: ['  After a trigger harmless handshakes there failed for at least 12.3 s.'],
  },
] as const satisfies { name: string; over: Partial<Finding>; says: string[] }[])(
  'a finding, $name -> $says',
  ({ over, says }) => {
    const lines = explainedDiagnosis(
      aProbeResult([], { ...DIAGNOSED, finding: { ...FINDING, ...over } }),
    ).split('\n')
    for (const line of says) expect(lines).toContain(line)
    expect(lines.filter((line) => /Gets through/.test(line))).toHaveLength('evasions' in over ? 1 : 0)
    expect(lines.filter((line) => /After a trigger/.test(line))).toHaveLength('residualMs' in over ? 1 : 0)
  },
)

test('what else was seen, each host and each family -> told, and what is not known is not fine', () => {
  const other: Finding = { ...FINDING, mechanism: 'dns.bogus', sentence: 'Its resolver lies.' }
  const text = explainedDiagnosis(
    aProbeResult([], {
      ...DIAGNOSED,
      finding: null,
      also: [other],
      hosts: [
        ...DIAGNOSED.hosts,
        { host: 'static.example', role: 'asset', hit: false },
        { host: 'm.example', role: 'media', hit: null },
      ],
      families: { ipv4: false, ipv6: null },
    }),
  )
  expect(text.split('\n').slice(2)).toEqual([
    '  also dns.bogus: Its resolver lies.',
    `  hosts: ${HOST} (primary) fails, static.example (asset) fine, m.example (media) not known`,
    '  families: IPv4 fine, IPv6 not known',
  ])
})

test.each([
  { name: 'answered', over: {}, row: [HOST, `${ADDRESS} (target)`, 'small', '1', 'answered'] },
  {
    name: 'a neutral server that does not know the name',
    over: { at: 'neutral', address: FOREIGN_ADDRESS, failure: 'ssl_invalid_hostname' },
    row: [HOST, `${FOREIGN_ADDRESS} (neutral)`, 'small', '1', 'answered'],
  },
  {
    name: 'its own server under another name',
    over: { failure: 'ssl_invalid_hostname' },
    row: [HOST, `${ADDRESS} (target)`, 'small', '1', 'answered, ssl_invalid_hostname'],
  },
  {
    name: 'an unknown authority at a neutral server',
    over: { at: 'neutral', failure: 'ssl_unknown_authority' },
    row: [HOST, `${ADDRESS} (neutral)`, 'small', '1', 'answered, ssl_unknown_authority'],
  },
  {
    name: 'reset after the hello',
    over: { failure: 'connection_reset', failedAt: 'after', answered: false, hello: 'split' },
    row: [HOST, `${ADDRESS} (target)`, 'split', '1', 'connection_reset'],
  },
  {
    name: 'never connected',
    over: { failure: 'generic_timeout_error', failedAt: 'tcp', answered: false, tcpMs: null },
    row: [HOST, `${ADDRESS} (target)`, 'small', '1', 'generic_timeout_error at tcp'],
  },
  {
    name: 'no name at all',
    over: { name: 'none', host: '' },
    row: ['(none)', `${ADDRESS} (target)`, 'small', '1', 'answered'],
  },
  {
    name: 'the name of another',
    over: { name: 'other', host: 'other.example' },
    row: ['other.example (other)', `${ADDRESS} (target)`, 'small', '1', 'answered'],
  },
] as const satisfies { name: string; over: Partial<TlsExperiment>; row: string[] }[])(
  'TLS, $name -> $row',
  ({ over, row }) => {
    expect(matrix('TLS', tlsTrial(over))).toEqual([row])
  },
)

test.each([
  { name: 'a page', over: {}, came: '200' },
  { name: 'a page with a title', over: { title: 'Blocked' }, came: '200 "Blocked"' },
  {
    name: 'a redirect',
    over: { status: 302, location: 'http://portal.example/' },
    came: '302 to http://portal.example/',
  },
  {
    name: 'reset',
    over: { failure: 'connection_reset', failedAt: 'after', status: null },
    came: 'connection_reset',
  },
  {
    name: 'refused',
    over: { failure: 'connection_refused', failedAt: 'tcp', status: null },
    came: 'connection_refused at tcp',
  },
] as const satisfies { name: string; over: Partial<HttpExperiment>; came: string }[])(
  'HTTP, $name -> $came',
  ({ over, came }) => {
    expect(matrix('HTTP', httpTrial(over))).toEqual([[HOST, `${ADDRESS} (target)`, '1', came]])
  },
)

test.each([
  {
    name: 'addresses',
    over: { answers: [anAnswer('9.9.9.9'), anAnswer('1.1.1.1')] },
    row: [HOST, 'own udp 85.9.128.1:53', 'A', '1', '1.1.1.1 9.9.9.9'],
  },
  {
    name: 'aliases alone',
    over: { answers: [{ ...anAnswer('b.example'), type: 'CNAME' as const }], queryType: 'HTTPS' as const },
    row: [HOST, 'own udp 85.9.128.1:53', 'HTTPS', '1', 'answered'],
  },
  {
    name: 'the system, denied',
    over: { engine: 'system' as const, resolver: '', failure: 'dns_nxdomain_error' as const, answers: [] },
    row: [HOST, 'own system', 'A', '1', 'dns_nxdomain_error'],
  },
  {
    name: 'a second answer',
    over: { who: 'nobody' as const, late: [{ afterMs: 3, failure: null, answers: [anAnswer('8.8.8.8')] }] },
    row: [HOST, 'nobody udp 85.9.128.1:53', 'A', '1', `${ADDRESS}, then 8.8.8.8`],
  },
  {
    name: 'a second answer with nothing in it',
    over: { late: [{ afterMs: 3, failure: 'dns_nxdomain_error' as const, answers: [] }] },
    row: [HOST, 'own udp 85.9.128.1:53', 'A', '1', `${ADDRESS}, then another answer`],
  },
  {
    name: 'the control name',
    over: { name: 'control' as const, host: 'example.org' },
    row: ['example.org (control)', 'own udp 85.9.128.1:53', 'A', '1', ADDRESS],
  },
] satisfies { name: string; over: Partial<DnsExperiment>; row: string[] }[])(
  'DNS, $name -> $row',
  ({ over, row }) => {
    expect(matrix('DNS', dnsTrial(over))).toEqual([row])
  },
)

test('tries of one cell -> one row, counted by what came of them; cells in order whatever the order of tries', () => {
  const reset = { failure: 'connection_reset', failedAt: 'after', answered: false } as const
  const other = { name: 'other', host: 'a.example' } as const
  expect(
    matrix(
      'TLS',
      tlsTrial(reset),
      tlsTrial(other),
      tlsTrial(),
      tlsTrial(reset),
      tlsTrial({ hello: 'large' }),
      tlsTrial(other),
    ),
  ).toEqual([
    ['a.example (other)', `${ADDRESS} (target)`, 'small', '2', 'answered'],
    [HOST, `${ADDRESS} (target)`, 'large', '1', 'answered'],
    [HOST, `${ADDRESS} (target)`, 'small', '3', '2 x connection_reset, 1 x answered'],
  ])
})

test('titles and addresses that a censor wrote -> no control character of theirs reaches the terminal', () => {
  const nasty = 'a\u001b[2J\u009b\nb\tc'
  const text = explainedDiagnosis(
    aProbeResult([
      setup(),
      httpTrial({ title: nasty, status: 302, location: `http://x/${nasty}` }),
      httpTrial(),
    ]),
  )
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect(matrix('HTTP', httpTrial({ title: nasty }))).toHaveLength(1)
})

test('what came in place of a handshake -> an alert by its number, a page, other bytes, and how it ended', () => {
  const refused = (over: Partial<TlsExperiment>) => tlsTrial({ answered: true, failedAt: 'after', ...over })
  const rows = matrix(
    'TLS',
    refused({ failure: 'ssl_failed_handshake', came: 'alert', alert: 80, host: 'a.example' }),
    refused({ failure: 'connection_reset', came: 'alert', alert: 40, host: 'b.example' }),
    refused({ failure: 'ssl_failed_handshake', came: 'http', host: 'c.example' }),
    refused({ failure: 'ssl_failed_handshake', came: 'not-tls', host: 'd.example' }),
  )
  expect(rows.map((row) => row.at(-1))).toEqual([
    'alert 80',
    'alert 40, then a reset',
    'a page in cleartext',
    'what is not TLS',
  ])
})
