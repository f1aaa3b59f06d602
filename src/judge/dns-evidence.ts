/**
 * What the DNS answers that users of the network get are worth.
 *
 * Another address than the control's is no lie: content networks answer by place. It takes a stranger's certificate or page
 * behind it, or other resolvers agreeing with each other and not with this one, or an address that is dead for everybody.
 */
import type { Failure } from '../model/failure.ts'
import type { DnsObservation, Measurement } from '../model/measurement.ts'
import type { LateDnsReply } from '../model/dns.ts'
import { canonical, isOwnMachine, publicTest } from '../net/addresses.ts'
import { hostIn, tcpKey, tlsKey } from '../net/endpoint.ts'
import { controlReached, type ControlFacts } from './control.ts'
import { agrees } from './dns-consistency.ts'
import { fromVantageResolver, type EndpointRecord } from './endpoints.ts'
import {
  addressesOf,
  type Answer,
  answerOf,
  failureOf,
  isIgnorable,
  lookupsOf,
  ownLookups,
} from './lookups.ts'
import { isVerified } from './reach.ts'

export type DnsStanding =
  /** nobody was asked, or the proxy resolves */
  | 'none'
  /** shared with the control or the trusted resolver, or proved by a verified handshake */
  | 'good'
  | 'failed'
  /** nothing but loopback or 0.0.0.0 */
  | 'own-machine'
  /** nothing but addresses that cannot be public */
  | 'private'
  /** a stranger's certificate or page behind it */
  | 'stranger'
  /** it served well here before, and does not connect now, nor for the control where that was asked */
  | 'served'
  /** others than those that served well here before, one of which still does; nobody else is given it, and it does not work */
  | 'changed'
  /** control and trusted resolver agree with each other and not with this */
  | 'outvoted'
  /** nobody answers there, for the control neither, or the others' address works from here */
  | 'dead'
  | 'unproved'

export interface DnsEvidence {
  readonly standing: DnsStanding
  readonly failure: Failure | null
  /** two different answers came to one question */
  readonly injected: boolean
  /** the trusted resolver gave a public address for the name */
  readonly trustedPublic: boolean
  /** the name resolves for the control */
  readonly controlResolves: boolean
  /** to a public address */
  readonly controlPublic: boolean
}

/** Who said what about the name users of the network ask for at one hop. */
export interface Answers {
  readonly own: readonly DnsObservation[]
  readonly trusted: Answer
  /** `null`: it is not the URL's own name, or the control's lookup is not known */
  readonly control: ControlFacts['dns']
  /** control and trusted resolver agree with each other and not with the vantage's own */
  readonly outvoted: boolean
  /** two different answers came to one question */
  readonly injected: boolean
  /** addresses that served well here before */
  readonly served: ReadonlySet<string>
  /** an address that a public service can have */
  readonly isPublic: (address: string) => boolean
}

/** Gathers the answers for the last lookup at or before a hop. */
export function answersAt(measurement: Measurement, facts: ControlFacts | null, depth: number): Answers {
  const all = lookupsOf(measurement)
  const vantage = all.filter((l) => l.role === 'vantage' && l.depth <= depth)
  const at = Math.max(...vantage.map((l) => l.depth))
  const own = ownLookups(vantage.filter((l) => l.depth === at && l.engine !== 'proxy'))
  const host = own[0]?.host.toLowerCase() ?? null
  const trusted = answersIn(all.filter((l) => l.role === 'trusted' && l.host.toLowerCase() === host))
  const control = host === hostIn(measurement.url) ? (facts?.dns ?? null) : null
  const mine = answersIn(own)
  const outvoted =
    control !== null &&
    mine.addresses.length > 0 &&
    agrees(control, trusted) &&
    !agrees(mine, control) &&
    !agrees(mine, trusted)
  const injected = all.some((l) => l.role !== 'trusted' && l.late.some((late) => isAnotherAnswer(l, late)))
  const served = new Set(measurement.served?.map(canonical))
  const isPublic = publicTest(measurement.publicPrefixes)
  return { own, trusted, control, outvoted, injected, served, isPublic }
}

/**
 * @param here connections at the hop that decides
 * @param strangePage the page in cleartext there is wholly another than the control's
 */
export function dnsEvidence(
  here: readonly EndpointRecord[],
  facts: ControlFacts | null,
  answers: Answers,
  strangePage: boolean,
): DnsEvidence {
  const { trusted, control, injected, isPublic } = answers
  const reached = controlReached(facts)
  return {
    ...stand(answers, here, facts, strangePage),
    injected,
    trustedPublic: trusted.addresses.some(isPublic),
    controlResolves: control === null ? reached : control.failure === null && control.addresses.length > 0,
    controlPublic: control === null ? reached : control.addresses.some(isPublic),
  }
}

function stand(
  { own, trusted, control, outvoted, served, isPublic }: Answers,
  here: readonly EndpointRecord[],
  facts: ControlFacts | null,
  strangePage: boolean,
): { standing: DnsStanding; failure: Failure | null } {
  const as = (standing: DnsStanding, failure: Failure | null = null) => ({ standing, failure })
  const mine = here.filter((r) => fromVantageResolver(r) || r.source === 'check')
  const failure = lookupFailure(own, mine)
  if (failure !== null) return as('failed', failure)
  const answer = answersIn(own)
  if (answer.addresses.length === 0) return as('none')

  const isProved = (r: EndpointRecord) =>
    isVerified(r) || facts?.tls[tlsKey(r.address, r.port, r.tls?.serverName ?? own[0]!.host)] === null
  const bases = [control, trusted].filter((base) => base !== null && base.addresses.length > 0) as Answer[]
  if (bases.some((base) => agrees(answer, base)) || mine.some(isProved)) return as('good')
  if (answer.addresses.every(isOwnMachine)) return as('own-machine')
  if (!answer.addresses.some(isPublic)) return as('private')

  const others = here.filter((r) => !mine.includes(r))
  if (bases.length > 0 && mine.some(hasForeignCertificate) && !others.some(hasForeignCertificate)) {
    return as('stranger')
  }
  if (strangePage && (bases.length === 1 || outvoted)) return as('stranger')
  if (answer.addresses.some((address) => served.has(canonical(address)))) {
    const diedHere = mine.every((r) => r.layer === 'tcp' && controlTried(r, facts) !== null)
    return as(diedHere ? 'served' : 'unproved')
  }
  const isDeadHere = bases.length > 0 && mine.length > 0 && mine.every((r) => r.failure !== null)
  if (isDeadHere && others.some((r) => isVerified(r) && served.has(r.address))) return as('changed')
  if (outvoted) return as('outvoted')
  const othersWork = others.some((r) => isVerified(r) || (r.layer === 'http' && r.failure === null))
  return as(bases.length > 0 && (othersWork || isDeadForControl(mine, facts)) ? 'dead' : 'unproved')
}

/** The failure that left people without an address to go to; IPv6 answers alone do not help where IPv6 does not connect. */
function lookupFailure(own: readonly DnsObservation[], mine: readonly EndpointRecord[]): Failure | null {
  const relevant = own.filter((l) => !isIgnorable(l))
  const connected = mine.some((r) => r.layer !== 'tcp' || r.failure === null)
  if (connected) return null
  const ipv4 = relevant.filter((l) => l.queryType !== 'AAAA')
  const failed = ipv4.find((l) => failureOf(l) !== null)
  if (failed === undefined || ipv4.some((l) => failureOf(l) === null)) {
    return ipv4.length === 0 ? (relevant.map(failureOf).find((f) => f !== null) ?? null) : null
  }
  const onlyLacksIpv4 =
    failureOf(failed) === 'dns_no_answer' && own.some((l) => addressesOf(l.answers).length > 0)
  return onlyLacksIpv4 ? null : failureOf(failed)
}

function answersIn(lookups: readonly DnsObservation[]): Answer {
  return answerOf(lookups.flatMap((l) => (l.failure === null ? l.answers : [])))
}

/** The control tried these very addresses, none worked, and yet it got the page. */
function isDeadForControl(mine: readonly EndpointRecord[], facts: ControlFacts | null): boolean {
  const tried = mine.map((r) => controlTried(r, facts)).filter((failed) => failed !== undefined)
  return controlReached(facts) && tried.length > 0 && !tried.includes(null)
}

/** What the control met at the same endpoint: tcp, and tls where we got to it. @returns `undefined` when it never tried */
export function controlTried(record: EndpointRecord, facts: ControlFacts | null): string | null | undefined {
  const { address, port, tls } = record
  const connected = facts?.tcp[tcpKey(address, port)]
  if (tls === null || connected === undefined || connected !== null) return connected
  const shaken = facts?.tls[tlsKey(address, port, tls.serverName)]
  return shaken === undefined ? connected : shaken
}

/** A certificate by an unknown authority or for another name; alert 112 (no such name) brings none. */
export function hasForeignCertificate(record: EndpointRecord): boolean {
  const { failure = null, certificate = null } = record.tls ?? {}
  return failure === 'ssl_unknown_authority' || (failure === 'ssl_invalid_hostname' && certificate !== null)
}

const NEGATIVE = new Set<Failure | null>([
  'dns_nxdomain_error',
  'dns_no_answer',
  'dns_refused_error',
  'dns_servfail_error',
])

/** One answer denies what the other gives, or they share neither address nor network: two parties answered. */
export function isAnotherAnswer(
  first: Pick<DnsObservation, 'engine' | 'failure' | 'answers'>,
  late: LateDnsReply,
): boolean {
  const [one, other] = [answerOf(first.answers), answerOf(late.answers)]
  const firstFailure = failureOf(first)
  const lateFailure = late.failure ?? (other.addresses.length === 0 ? 'dns_no_answer' : null)
  if (firstFailure === null && lateFailure === null) return !agrees(one, other)
  if (firstFailure !== null && lateFailure !== null) return false
  return NEGATIVE.has(firstFailure ?? lateFailure)
}
