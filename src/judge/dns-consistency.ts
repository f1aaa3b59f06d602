/**
 * OONI's `dns_consistency`: does what the vantage's resolver says agree with the control?
 *
 * @see OONI web_connectivity v0.5 (probe-cli, internal/minipipeline)
 */
import type { DnsObservation, Measurement } from '../model/measurement.ts'
import { canonical } from '../net/addresses.ts'
import type { ControlFacts } from './control.ts'
import { type Answer, answerOf, isIgnorable, isLookupOf, lookupsOf, ownLookups } from './lookups.ts'
import { hostIn } from '../net/endpoint.ts'

export type DnsConsistency = 'consistent' | 'inconsistent' | null

/**
 * `null` when there is nothing to compare, for want of a control or of a lookup.
 *
 * As OONI does, `consistent` is asked first, so that an answer where the control failed does not count beside a failure that
 * was expected
 */
export function dnsConsistency(measurement: Measurement, facts: ControlFacts | null): DnsConsistency {
  const control = facts?.dns ?? null
  if (control === null) return null
  const host = hostIn(measurement.url)
  const first = lookupsOf(measurement).filter((lookup) => lookup.depth === 0 && lookup.engine !== 'proxy')
  const lookups = ownLookups(first).filter((lookup) => !isIgnorable(lookup) && isLookupOf(lookup, host))
  const seen = lookups.map((lookup) => compareLookup(lookup, control))
  if (seen.some((s) => s === 'invalid' || s === 'unexpected')) return 'inconsistent'
  if (seen.some((s) => s === 'valid' || s === 'expected')) return 'consistent'
  return seen.includes('ghost') ? 'inconsistent' : null
}

/** The answer names an address, or a network, that the other one names too. Unknown networks never match. */
export function agrees(answer: Answer, other: Answer): boolean {
  const addresses = new Set(other.addresses.map(canonical))
  const asns = new Set(other.asns)
  return answer.addresses.some((a) => addresses.has(canonical(a))) || answer.asns.some((asn) => asns.has(asn))
}

/** `ghost`: an answer here where the control failed and resolved nothing. `null`: no word on it. */
function compareLookup(lookup: DnsObservation, control: NonNullable<ControlFacts['dns']>) {
  if (lookup.failure !== null) {
    if (control.failure !== null) return 'expected'
    return lookup.failure === 'dns_no_answer' && control.addresses.length === 0 ? 'expected' : 'unexpected'
  }
  const answer = answerOf(lookup.answers)
  if (answer.addresses.length === 0) return null
  if (control.failure !== null) return control.addresses.length === 0 ? 'ghost' : null
  return agrees(answer, control) ? 'valid' : 'invalid'
}
