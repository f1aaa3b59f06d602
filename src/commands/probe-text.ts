/** A judged measurement in words: one line, or everything that was observed and every rule that was tried. */
import { errorName } from '../model/dns.ts'
import type { DnsObservation, Observation } from '../model/measurement.ts'
import { printable } from '../views/text/table.ts'
import type { JudgedMeasurement } from './probe-now.ts'

/** One line for each: outcome, where, how, and why. */
export function summarised({ endpoint, vantage, explanation, measurement }: JudgedMeasurement): string {
  const { outcome, mechanism, because } = explanation.verdict
  const how = mechanism === null ? '' : ` (${mechanism})`
  return `${outcome}${how}  ${endpoint} from ${vantage}, ${Math.round(measurement.durationMs)} ms. ${because}`
}

/** The same, then every observation here and for the control, and every rule up to the one that fired. */
export function explained(result: JudgedMeasurement): string {
  const { measurement, controls, health, explanation } = result
  const { verdict, tried, quic } = explanation
  return [
    summarised(result),
    `  rule ${verdict.rule}; reached ${verdict.reached}; weight ${verdict.weight} nats; OONI blocking ${JSON.stringify(verdict.blocking)}, accessible ${verdict.accessible}`,
    ...(quic === null ? [] : [`  HTTP/3 ${quic.standing}: ${quic.because}`]),
    `  vantage ${measurement.vantage} is ${health}${measurement.unfit === null ? '' : `; unfit: ${measurement.unfit} ${measurement.unfitDetail ?? ''}`}`,
    `  seen from ${measurement.vantage}`,
    ...measurement.observations.map((observation) => `    ${shown(observation)}`),
    ...controls.flatMap((control) => [
      `  seen from control ${control.vantage}`,
      ...control.observations.map((observation) => `    ${shown(observation)}`),
    ]),
    ...(controls.length === 0 ? ['  no control was used: none is configured, or none is healthy'] : []),
    '  rules tried',
    ...tried.map(
      ({ rule, fired, because }) => `    ${fired ? '=>' : '  '} ${rule}${fired ? `: ${because}` : ''}`,
    ),
  ].join('\n')
}

function shown(observation: Observation): string {
  const where =
    observation.depth === 0 ? '' : ` after ${observation.depth} redirect${observation.depth === 1 ? '' : 's'}`
  const when = `${Math.round(observation.startedMs)}+${Math.round(observation.durationMs)} ms`
  return printable(
    `${observation.layer}${where}  ${when}  ${detail(observation)}  ${observation.failure ?? 'ok'}`,
  )
}

function detail(observation: Observation): string {
  if (observation.layer === 'dns') return dnsDetail(observation)
  const at = `${observation.address}:${observation.port}`
  if (observation.layer === 'tcp') return `${at} (${observation.source})`
  if (observation.layer === 'tls') {
    const { serverName, version, alpn, certificate } = observation
    const issuer = certificate === null ? '' : ` issued by ${certificate.issuer.replaceAll('\n', ', ')}`
    return `${at} name ${serverName} ${[version, alpn].filter((text) => text !== null).join(' ')}${issuer}`
  }
  if (observation.layer === 'quic') {
    const { name, serverName, alpn, received } = observation
    return `${at} ${name} name ${serverName}${alpn === null ? '' : ` ${alpn}`}, ${received} datagrams back`
  }
  const { url, protocol, status, bodyBytes, bodyTruncated, title } = observation
  const answer = status === null ? '' : ` ${status}, ${bodyBytes} bytes${bodyTruncated ? ' (cut)' : ''}`
  return `${at} GET ${url} ${protocol ?? ''}${answer}${title === null ? '' : `, title ${JSON.stringify(title)}`}`
}

function dnsDetail(lookup: DnsObservation): string {
  const { host, queryType, engine, resolver, role, answers, late, http3Port = null } = lookup
  const who = `${engine}${resolver === '' ? '' : ` ${resolver}`}${role === 'trusted' ? ' (trusted)' : ''}`
  const forged = late
    .map((reply) => `; a second reply after ${Math.round(reply.afterMs)} ms: ${values(reply.answers)}`)
    .join('')
  const offer = http3Port === null ? '' : `; its HTTPS record offers HTTP/3 on port ${http3Port}`
  return `${host} ${queryType} by ${who} -> ${values(answers)}${forged}${offer}${besideAnswers(lookup)}`
}

function besideAnswers({
  authoritative,
  recursionUnavailable,
  beside = [],
  extendedErrors = [],
}: DnsObservation): string {
  return [
    ...extendedErrors.map((error) => `its reason: ${errorName(error)} ${error.text}`.trim()),
    ...(authoritative ? ['authoritative'] : []),
    ...(recursionUnavailable ? ['no recursion'] : []),
    ...beside.map(({ section, type, name, ttlS, value }) => `${section}: ${name} ${ttlS} ${type} ${value}`),
  ]
    .map((said) => `; ${said}`)
    .join('')
}

function values(answers: DnsObservation['answers']): string {
  return answers.length === 0 ? 'nothing' : answers.map(({ value }) => value).join(' ')
}
