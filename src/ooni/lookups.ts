/**
 * lookups: `queries` as our DNS observations.
 *
 * The system's resolver is what users of the network get. Encrypted resolvers are trusted, others asked in the clear are neither.
 *
 * @see OONI df-002-dnst
 */
import type { DnsObservation } from '../model/measurement.ts'
import {
  MAX_EXTENDED_ERRORS,
  onOneLine,
  type DnsAnswer,
  type ExtendedError,
  type LateDnsReply,
  type ReplyDetails,
} from '../model/dns.ts'
import { failureOf } from './failure.ts'
import { type Json, numberOf, objectsOf, textOf } from './json.ts'
import { canonical } from '../net/addresses.ts'
import { type Networks, asnOf } from './networks.ts'
import { depthOf, hasTag, timesOf, transactionOf } from './step.ts'

type Engine = DnsObservation['engine']

/** what didbon's own exports say beside it */
const OURS: ReadonlySet<unknown> = new Set<Engine>(['system', 'proxy', 'udp', 'tcp', 'doh'])
const ROLES: ReadonlySet<unknown> = new Set<DnsObservation['role']>(['vantage', 'trusted', 'public'])

const ENGINES: Readonly<Record<string, Engine>> = { doh: 'doh', dot: 'tcp', tcp: 'tcp', udp: 'udp' }

/** @returns in the order of their transactions */
export function lookupsOf(testKeys: Json, networks: Networks): DnsObservation[] {
  const late = objectsOf(testKeys['x_dns_duplicate_responses'])
  return objectsOf(testKeys['queries'])
    .toSorted((a, b) => (transactionOf(a) ?? 0) - (transactionOf(b) ?? 0))
    .map((query) => lookupOf(query, late, networks))
}

/**
 * One lookup by the system's resolver, which v0.4 writes down as one for IPv4 and one for IPv6: it fails when both do.
 *
 * @returns others as they were
 */
export function joinFamilies(lookups: readonly DnsObservation[]): DnsObservation[] {
  const joined: DnsObservation[] = []
  for (const lookup of lookups) {
    const at = joined.findIndex((other) => isOtherHalf(other, lookup))
    const other = joined[at]
    if (other === undefined) joined.push(lookup)
    else joined[at] = join(other, lookup)
  }
  return joined
}

function isOtherHalf(dnsObservation: DnsObservation, other: DnsObservation): boolean {
  const families = [dnsObservation.queryType, other.queryType].toSorted().join(' ')
  return (
    dnsObservation.engine === 'system' &&
    other.engine === 'system' &&
    dnsObservation.host === other.host &&
    families === 'A AAAA'
  )
}

function join(dnsObservation: DnsObservation, other: DnsObservation): DnsObservation {
  const first = dnsObservation.queryType === 'A' ? dnsObservation : other
  const second = first === dnsObservation ? other : dnsObservation
  const fine = [first, second].filter(({ failure }) => failure === null)
  return {
    ...first,
    queryType: 'ANY',
    failure: fine.length > 0 ? null : first.failure,
    answers: fine.flatMap(({ answers }) => answers),
  }
}

function lookupOf(query: Json, late: readonly Json[], networks: Networks): DnsObservation {
  const named = textOf(query['engine']) ?? engineLeftOut(query)
  const ours = query['x_engine']
  const engine = OURS.has(ours)
    ? (ours as Engine)
    : ((Object.hasOwn(ENGINES, named) ? ENGINES[named] : undefined) ?? 'system')
  const type = textOf(query['query_type'])
  const times = timesOf(query)
  return {
    layer: 'dns',
    depth: depthOf(query) ?? 0,
    ...times,
    failure: failureOf(query['failure']),
    host: textOf(query['hostname']) ?? '',
    engine,
    resolver: engine === 'system' ? '' : (textOf(query['resolver_address']) ?? ''),
    role: roleOf(query, engine, named),
    queryType: type === 'A' || type === 'AAAA' ? type : 'ANY',
    answers: answersOf(query, networks),
    late:
      engine === 'udp'
        ? late.filter((reply) => answersSame(reply, query)).map((r) => replyOf(r, times, networks))
        : [],
    ...detailsOf(query),
  }
}

/** As didbon's own exports have them. */
function detailsOf(query: Json): ReplyDetails {
  const extendedErrors = objectsOf(query['x_extended_errors'])
    .flatMap(({ code, text }): ExtendedError[] =>
      numberOf(code) === null ? [] : [{ code: Number(code), text: onOneLine(textOf(text) ?? '') }],
    )
    .slice(0, MAX_EXTENDED_ERRORS)
  return {
    ...(query['x_authoritative'] === true && { authoritative: true }),
    ...(query['x_recursion_unavailable'] === true && { recursionUnavailable: true }),
    ...(extendedErrors.length > 0 && { extendedErrors }),
  }
}

/** In v0.5 a server that is named was asked in the clear, unless the tag says that it is people's own. v0.4 had no other. */
function engineLeftOut(query: Json): string {
  const isNamed = textOf(query['resolver_address']) !== null && depthOf(query) !== null
  return isNamed && !hasTag(query, 'classic') ? 'udp' : ''
}

function roleOf(query: Json, engine: Engine, named: string): DnsObservation['role'] {
  const ours = query['x_role']
  if (ROLES.has(ours)) return ours as DnsObservation['role']
  if (engine === 'system') return 'vantage'
  return named === 'doh' || named === 'dot' ? 'trusted' : 'public'
}

function answersOf(query: Json, networks: Networks): DnsAnswer[] {
  return objectsOf(query['answers']).flatMap((answer): DnsAnswer[] => {
    const type = answer['answer_type']
    const ttlS = numberOf(answer['ttl'])
    if (type === 'CNAME') {
      const value = textOf(answer['hostname'])
      return value === null ? [] : [{ type, value, ttlS, asn: null }]
    }
    if (type !== 'A' && type !== 'AAAA') return []
    const address = textOf(answer[type === 'A' ? 'ipv4' : 'ipv6'])
    if (address === null) return []
    const value = canonical(address)
    return [{ type, value, ttlS, asn: asnOf(answer['asn']) ?? networks.of(value) }]
  })
}

/** The same question to the same resolver. */
function answersSame(reply: Json, query: Json): boolean {
  return ['hostname', 'query_type', 'resolver_address', 'transaction_id'].every(
    (key) => reply[key] === query[key],
  )
}

function replyOf(reply: Json, first: ReturnType<typeof timesOf>, networks: Networks): LateDnsReply {
  const { startedMs, durationMs } = timesOf(reply)
  return {
    afterMs: Math.max(0, startedMs + durationMs - first.startedMs - first.durationMs),
    failure: failureOf(reply['failure']),
    answers: answersOf(reply, networks),
  }
}
