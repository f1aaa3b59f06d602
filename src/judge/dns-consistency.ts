/**
 * OONI's `dns_consistency`: does what the vantage's resolver says agree with the control?
 *
 * @see METHODOLOGY 3 and 4
 */
import type { DnsObservation, Measurement } from '../model/measurement.ts'
import { canonical } from './bogon.ts'
import type { ControlFacts } from './control.ts'
import { addressesOf, asnsOf, failureOf, isIgnorable, lookupsOf, ownLookups } from './lookups.ts'

export type DnsConsistency = 'consistent' | 'inconsistent' | null

/** `null` when there is nothing to compare, for want of a control or of a lookup. */
export function dnsConsistency(measurement: Measurement, facts: ControlFacts | null): DnsConsistency {
  const control = facts?.dns ?? null
  if (control === null) return null
  const first = lookupsOf(measurement).filter((lookup) => lookup.depth === 0 && lookup.engine !== 'proxy')
  const lookups = ownLookups(first).filter((lookup) => !isIgnorable(lookup))
  const seen = lookups.map((lookup) => compareLookup(lookup, control))
  if (seen.some((s) => s === 'invalid' || s === 'unexpected' || s === 'ghost')) return 'inconsistent'
  return seen.length > 0 ? 'consistent' : null
}

/** The answer names an address, or a network, that the other one names too. Unknown networks never match. */
export function agrees(
  one: { readonly addresses: readonly string[]; readonly asns: readonly number[] },
  other: { readonly addresses: readonly string[]; readonly asns: readonly number[] },
): boolean {
  const addresses = new Set(other.addresses.map(canonical))
  const asns = new Set(other.asns)
  return one.addresses.some((a) => addresses.has(canonical(a))) || one.asns.some((asn) => asns.has(asn))
}

/** `ghost`: an answer here where the control resolved nothing. */
function compareLookup(lookup: DnsObservation, control: NonNullable<ControlFacts['dns']>) {
  const failure = failureOf(lookup)
  if (failure === null) {
    if (control.addresses.length === 0) return 'ghost'
    const answer = { addresses: addressesOf(lookup.answers), asns: asnsOf(lookup.answers) }
    return agrees(answer, control) ? 'valid' : 'invalid'
  }
  if (control.failure !== null) return 'expected'
  return failure === 'dns_no_answer' && control.addresses.length === 0 ? 'expected' : 'unexpected'
}
