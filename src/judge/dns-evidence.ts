/**
 * What the DNS answers that users of the network get are worth.
 *
 * Another address than the control's is no lie: content networks answer by place. It takes a stranger's certificate or page
 * behind it, or other resolvers agreeing with each other and not with this one, or an address that is dead for everybody.
 */
import type { Failure } from '../model/failure.ts'
import type { DnsObservation, Measurement } from '../model/measurement.ts'
import { saysBlocked, type LateDnsReply } from '../model/dns.ts'
import { canonical, familyOf, isOwnMachine, nat64Ipv4, publicTest } from '../net/addresses.ts'
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

type Family = 4 | 6
const FAMILIES = [4, 6] as const

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
  /** another of the vantage's resolvers gives a public address */
  readonly othersResolve: boolean
  /** the trusted resolver gave a public address for the name */
  readonly trustedPublic: boolean
  /** the resolver itself says that it keeps the name from people: censored or blocked. @see RFC 8914 sections 4.16, 4.17 */
  readonly saysBlocked: boolean
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
  /** control and trusted resolver agree with each other and not with the vantage's own, over the family people use there */
  readonly outvoted: boolean
  /** another of the vantage's resolvers gives a public address */
  readonly othersResolve: boolean
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
  const isPublic = publicTest(measurement.publicPrefixes)
  const outvoted = FAMILIES.map((family) => basesOf(family, own, trusted, control)).find(
    ({ mine }) => mine.addresses.length > 0,
  )
  const others = answersIn(vantage.filter((l) => l.depth === at && !own.includes(l)))
  const injected = all.some((l) => l.role !== 'trusted' && l.late.some((late) => isAnotherAnswer(l, late)))
  const served = new Set(measurement.served?.map(canonical))
  const othersResolve = others.addresses.some(isPublic)
  return { own, trusted, control, outvoted: isOutvoted(outvoted), othersResolve, injected, served, isPublic }
}

/**
 * @param here connections at the hop that decides
 * @param family over which it failed there; `null` = not known, or it was not connected
 * @param strangePage the page in cleartext there is wholly another than the control's
 */
export function dnsEvidence(
  here: readonly EndpointRecord[],
  facts: ControlFacts | null,
  answers: Answers,
  { family, strangePage }: { readonly family: Family | null; readonly strangePage: boolean },
): DnsEvidence {
  const { own, trusted, control, injected, othersResolve, isPublic } = answers
  const reached = controlReached(facts)
  return {
    ...stand(answers, { here, facts, strangePage }, family),
    injected,
    othersResolve,
    trustedPublic: trusted.addresses.some(isPublic),
    saysBlocked: own.some(({ extendedErrors }) => saysBlocked(extendedErrors)),
    controlResolves: control === null ? reached : control.failure === null && control.addresses.length > 0,
    controlPublic: control === null ? reached : control.addresses.some(isPublic),
  }
}

interface Around {
  readonly here: readonly EndpointRecord[]
  readonly facts: ControlFacts | null
  readonly strangePage: boolean
}

interface Stand {
  readonly standing: DnsStanding
  readonly failure: Failure | null
}

const as = (standing: DnsStanding): Stand => ({ standing, failure: null })

/** A and AAAA are two questions: the family it failed over decides, and one never vouches for the other. */
function stand(answers: Answers, around: Around, family: Family | null): Stand {
  const mine = around.here.filter(isMine)
  const failure = lookupFailure(answers, mine)
  if (failure !== null) return { standing: 'failed', failure }
  const first = family ?? 4
  const said = standOver(first, answers, around)
  return said.standing === 'none' ? standOver(first === 4 ? 6 : 4, answers, around) : said
}

function isMine(record: EndpointRecord): boolean {
  return fromVantageResolver(record) || record.source === 'check'
}

function standOver(family: Family, answers: Answers, { here, facts, strangePage }: Around): Stand {
  const { own, trusted, control, served, isPublic } = answers
  const compared = basesOf(family, own, trusted, control)
  const { mine: answer, bases } = compared
  if (answer.addresses.length === 0) return as('none')
  const over = here.filter((r) => r.family === family)
  const mine = over.filter(isMine)
  const isProved = (r: EndpointRecord) =>
    isVerified(r) || facts?.tls[tlsKey(r.address, r.port, r.tls?.serverName ?? own[0]!.host)] === null
  if (bases.some((base) => agrees(answer, base)) || mine.some(isProved)) return as('good')
  if (answer.addresses.every(isOwnMachine)) return as('own-machine')
  if (!answer.addresses.some(isPublic)) return as('private')

  const others = here.filter((r) => !isMine(r))
  const outvoted = isOutvoted(compared)
  if (bases.length > 0 && mine.some(hasForeignCertificate) && !others.some(hasForeignCertificate)) {
    return as('stranger')
  }
  if (strangePage && (bases.length === 1 || outvoted)) return as('stranger')
  if (answer.addresses.some((address) => served.has(canonical(address)))) {
    const diedHere = mine.every((r) => r.failure !== null && controlTried(r, facts) !== null)
    return as(diedHere ? 'served' : 'unproved')
  }
  const isDeadHere = bases.length > 0 && mine.length > 0 && mine.every((r) => r.failure !== null)
  if (isDeadHere && others.some((r) => isVerified(r) && served.has(r.address))) return as('changed')
  if (outvoted) return as('outvoted')
  const othersWork = others.some((r) => isVerified(r) || (r.layer === 'http' && r.failure === null))
  return as(bases.length > 0 && (othersWork || isDeadForControl(mine, facts)) ? 'dead' : 'unproved')
}

/** What the vantage's resolver, the control and the trusted resolver say over one family; those that say nothing are left out. */
function basesOf(
  family: Family,
  own: readonly DnsObservation[],
  trusted: Answer,
  control: ControlFacts['dns'],
): Compared {
  const over = (answer: Answer): Answer => ({
    ...answer,
    addresses: answer.addresses
      .map((address) => nat64Ipv4(address) ?? address)
      .filter((address) => familyOf(address) === family),
  })
  const ofFamily = own.filter(
    ({ queryType }) => queryType === 'ANY' || queryType === (family === 4 ? 'A' : 'AAAA'),
  )
  const translated = over(answersIn(own)).addresses
  const mine = { ...over(answersIn(ofFamily)), addresses: translated }
  const bases = [control, trusted].map((base) => (base === null ? null : over(base)))
  return { mine, bases: bases.filter((base) => base !== null && base.addresses.length > 0) as Answer[] }
}

interface Compared {
  readonly mine: Answer
  readonly bases: readonly Answer[]
}

/** Control and trusted resolver agree with each other and not with the vantage's own. */
function isOutvoted(compared: Compared | undefined): boolean {
  if (compared === undefined) return false
  const { mine, bases } = compared
  return bases.length === 2 && agrees(bases[0]!, bases[1]!) && !bases.some((base) => agrees(mine, base))
}

/** The failure that left people without an address to go to; IPv6 answers alone do not help where IPv6 does not connect. */
function lookupFailure({ own, trusted, control }: Answers, mine: readonly EndpointRecord[]): Failure | null {
  const relevant = own.filter((l) => !isIgnorable(l))
  const connected = mine.some((r) => r.layer !== 'tcp' || r.failure === null)
  if (connected) return null
  const ipv4 = relevant.filter((l) => l.queryType !== 'AAAA')
  const failed = ipv4.find((l) => failureOf(l) !== null)
  if (failed === undefined || ipv4.some((l) => failureOf(l) === null)) {
    return ipv4.length === 0 ? (relevant.map(failureOf).find((f) => f !== null) ?? null) : null
  }
  // A host may have IPv6 alone; one that has IPv4 for others has it for everybody.
  const hasIpv4 = basesOf(4, own, trusted, control).bases.length > 0
  const onlyLacksIpv4 =
    !hasIpv4 && failureOf(failed) === 'dns_no_answer' && own.some((l) => addressesOf(l.answers).length > 0)
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
