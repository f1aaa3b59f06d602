/** A diagnosis in words: the sentence, what lies behind it, and the matrix of trials as tables. */
import type { DnsExperiment, HttpExperiment, TlsExperiment } from '../model/differential.ts'
import type { Experiment } from '../model/experiment.ts'
import type { Diagnosed, Evasion, Finding, Hit } from '../model/finding.ts'
import { addressesIn } from '../model/dns.ts'
import type { JudgedMeasurement } from './probe-now.ts'
import { table } from '../views/text/table.ts'

const WAYS_AROUND: Readonly<Record<Evasion, string>> = {
  'split-hello': 'a hello split in two',
  'large-hello': 'a hello with a post-quantum key share, which takes two segments',
  'mixed-case': 'the name in mixed case',
  'other-resolver': 'another resolver',
  'dns-over-tcp': 'DNS over TCP',
  'dns-over-https': 'DNS over HTTPS',
}

/** One line: outcome, mechanism, and what it follows. */
export function summarisedDiagnosis({
  endpoint,
  vantage,
  explanation,
  measurement,
}: JudgedMeasurement): string {
  const { outcome, mechanism, because } = explanation.verdict
  const how = mechanism === null ? '' : ` (${mechanism})`
  return `${outcome}${how}  ${endpoint} from ${vantage}, ${(measurement.durationMs / 1000).toFixed(1)} s. ${because}`
}

/** The same, then the comparisons, what else was seen, and every trial. */
export function explainedDiagnosis(result: JudgedMeasurement): string {
  const { measurement, health, explanation, controls } = result
  const { verdict, diagnosed } = explanation
  const { experiments, unfit, unfitDetail } = measurement
  const setup = experiments.find((trial) => trial.kind === 'setup')
  return [
    summarisedDiagnosis(result),
    `  rule ${verdict.rule}; weight ${verdict.weight} nats; vantage ${health}${unfit === null ? '' : `; unfit: ${unfit} ${unfitDetail ?? ''}`}; ${controls.length === 0 ? 'no control was used' : `controls used: ${controls.map(({ vantage }) => vantage).join(', ')}`}`,
    ...(setup === undefined
      ? []
      : [
          `  ${experiments.length - 1} trials in random order, seed ${setup.seed}${setup.leftOut === 0 ? '' : `; ${setup.leftOut} left out`}; neutral servers ${setup.neutral.map(({ host }) => host).join(', ') || 'none'}`,
        ]),
    ...(diagnosed === null ? [] : diagnosedLines(diagnosed)),
    ...matrices(experiments),
  ].join('\n')
}

function diagnosedLines({ finding, also, hosts, families, notes }: Diagnosed): string[] {
  return [
    ...(finding === null ? [] : found(finding)),
    ...also.map(({ mechanism, sentence }) => `  also ${mechanism}: ${sentence}`),
    `  hosts: ${hosts.map(({ host, role, hit }) => `${host} (${role}) ${shownHit(hit)}`).join(', ')}`,
    `  families: IPv4 ${shownHit(families.ipv4)}, IPv6 ${shownHit(families.ipv6)}`,
    ...notes.map((note) => `  ${note}`),
  ]
}

function found({ decisive, because, evasions, residualMs }: Finding): string[] {
  return [
    `  ${decisive ? 'Proved by these trials alone' : 'Not proved by these trials alone'}:`,
    ...because.map((line) => `    ${line}`),
    ...(evasions.length === 0
      ? []
      : [`  Gets through: ${evasions.map((evasion) => WAYS_AROUND[evasion]).join(', ')}.`]),
    ...(residualMs === null ? [] : [`  ${residualLine(residualMs)}`]),
  ]
}

function residualLine([shutMs, openMs]: readonly [number, number | null]): string {
  const s = (ms: number): string => String(Math.round(ms / 100) / 10)
  return openMs === null
    ? `After a trigger harmless handshakes there failed for at least ${s(shutMs)} s.`
    : `After a trigger harmless handshakes there failed for ${s(shutMs)} to ${s(openMs)} s.`
}

function shownHit(hit: Hit): string {
  return hit === null ? 'not known' : hit ? 'fails' : 'fine'
}

function matrices(experiments: readonly Experiment[]): string[] {
  const tls = experiments.filter((trial) => trial.kind === 'tls')
  const http = experiments.filter((trial) => trial.kind === 'http')
  const dns = experiments.filter((trial) => trial.kind === 'dns')
  return [
    ...section('TLS: name x address x hello', ['name', 'sent to', 'hello', 'tries', 'result'], tlsRows(tls)),
    ...section('HTTP on port 80: Host x address', ['Host', 'sent to', 'tries', 'result'], httpRows(http)),
    ...section('DNS: name x resolver x type', ['name', 'asked of', 'type', 'tries', 'result'], dnsRows(dns)),
  ]
}

function section(title: string, heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  return [
    `  ${title}`,
    ...table(heading, rows)
      .split('\n')
      .map((line) => `    ${line}`),
  ]
}

function tlsRows(trials: readonly TlsExperiment[]): string[][] {
  return grouped(
    trials,
    ({ name, host, at, address, hello }) => [shownName(name, host), `${address} (${at})`, hello],
    (t) =>
      t.failedAt === 'tcp'
        ? `${t.failure} at tcp`
        : (refused(t) ?? (t.answered ? answered(t) : (t.failure ?? 'answered'))),
  )
}

/** What came in place of a handshake, and how it ended where that was a reset; `null`: neither an alert nor what is not TLS. */
function refused({ came, alert, failure }: TlsExperiment): string | null {
  const then = failure === 'connection_reset' ? ', then a reset' : ''
  if (came === 'alert') return `alert ${alert}${then}`
  if (came === 'http') return `a page in cleartext${then}`
  return came === 'not-tls' ? `what is not TLS${then}` : null
}

/** That the certificate is for other names is how it should be at a server that does not know this one. */
function answered({ failure, at }: TlsExperiment): string {
  return failure === null || (at === 'neutral' && failure === 'ssl_invalid_hostname')
    ? 'answered'
    : `answered, ${failure}`
}

function httpRows(trials: readonly HttpExperiment[]): string[][] {
  return grouped(
    trials,
    ({ name, host, at, address }) => [shownName(name, host), `${address} (${at})`],
    (t) =>
      t.failure !== null
        ? `${t.failure}${t.failedAt === 'tcp' ? ' at tcp' : ''}`
        : `${t.status}${t.location === null ? '' : ` to ${t.location}`}${t.title === null ? '' : ` "${t.title}"`}`,
  )
}

function dnsRows(trials: readonly DnsExperiment[]): string[][] {
  return grouped(
    trials,
    ({ name, host, who, engine, resolver, queryType }) => [
      name === 'control' ? `${host} (control)` : host,
      `${who} ${engine}${resolver === '' ? '' : ` ${resolver}`}`,
      queryType,
    ],
    ({ failure, answers, late }) => {
      const values = addressesIn(answers)
      const result = failure ?? (values.length === 0 ? 'answered' : values.toSorted().join(' '))
      const second = late.flatMap((reply) => reply.answers.map(({ value }) => value))
      return late.length === 0 ? result : `${result}, then ${second.join(' ') || 'another answer'}`
    },
  )
}

/** Trials of one cell in one row: how many, and what came of them. */
function grouped<T>(
  trials: readonly T[],
  cell: (trial: T) => string[],
  outcome: (trial: T) => string,
): string[][] {
  const cells = Map.groupBy(trials, (trial) => cell(trial).join('\t'))
  return [...cells]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, own]) => {
      const counts = Map.groupBy(own, outcome)
      const shown = [...counts].map(([text, all]) => (counts.size === 1 ? text : `${all.length} x ${text}`))
      return [...key.split('\t'), String(own.length), shown.join(', ')]
    })
}

function shownName(name: string, host: string): string {
  return host === '' ? '(none)' : `${host}${name === 'target' ? '' : ` (${name})`}`
}
