/** Reading DNS observations: which lookups are the vantage's own, what they answered, what they failed with. */
import type { Failure } from '../model/failure.ts'
import type { DnsObservation, Measurement } from '../model/measurement.ts'
import { addressesIn, type DnsAnswer } from '../model/dns.ts'
import { canonical } from '../net/addresses.ts'
import { hostIn } from '../net/endpoint.ts'

/** Every lookup of the measurement, in order. */
export function lookupsOf(measurement: Measurement): DnsObservation[] {
  return measurement.observations.filter((seen) => seen.layer === 'dns')
}

/**
 * The lookups that stand for what users of the network get: the system resolver's where it was asked, else those of the first of the
 * vantage's own; the others are for comparison. They play the part of OONI's getaddrinfo ("classic") lookups.
 */
export function ownLookups(lookups: readonly DnsObservation[]): DnsObservation[] {
  const own = lookups.filter((lookup) => lookup.role === 'vantage')
  const system = own.filter((lookup) => lookup.engine === 'system')
  return system.length > 0 ? system : own.filter(({ resolver }) => resolver === own[0]!.resolver)
}

/** Whether the name asked for is this one, however it is spelled. @param host in ASCII, as `hostIn` gives it */
export function isLookupOf(lookup: DnsObservation, host: string | null): boolean {
  const asked = lookup.host.toLowerCase()
  return asked === host || (host !== null && hostIn(`http://${asked}/`) === host)
}

/** Literal addresses in the answers, each once, in one spelling. */
export function addressesOf(answers: readonly DnsAnswer[]): string[] {
  return [...new Set(addressesIn(answers).map(canonical))]
}

/** Known origin networks of the answers. */
export function asnsOf(answers: readonly DnsAnswer[]): number[] {
  return [...new Set(answers.flatMap((a) => (a.asn === null || a.asn === 0 ? [] : [a.asn])))]
}

/** What was answered, reduced to what is compared. */
export interface Answer {
  readonly addresses: readonly string[]
  readonly asns: readonly number[]
}

export function answerOf(answers: readonly DnsAnswer[]): Answer {
  return { addresses: addressesOf(answers), asns: asnsOf(answers) }
}

/**
 * What the lookup failed with. An answer without any address is `dns_no_answer`, save where the proxy resolves and the
 * address is never learned.
 */
export function failureOf(lookup: Pick<DnsObservation, 'engine' | 'failure' | 'answers'>): Failure | null {
  if (lookup.failure !== null || lookup.engine === 'proxy') return lookup.failure
  return addressesOf(lookup.answers).length === 0 ? 'dns_no_answer' : null
}

/** Failures that say nothing about the name: a DoH server's own trouble, and no AAAA where a host has only IPv4. */
export function isIgnorable(lookup: DnsObservation): boolean {
  const failure = failureOf(lookup)
  if (failure === null) return false
  return lookup.engine === 'doh' || (lookup.queryType === 'AAAA' && failure === 'dns_no_answer')
}
