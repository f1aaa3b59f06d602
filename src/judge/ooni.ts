/**
 * OONI Web Connectivity v0.5's two keys, `blocking` and `accessible`, for the same facts.
 *
 * Rules are numbered in the order of OONI's own. Three deviations. Rule 8: a DNS failure without any control is `null`, where OONI kept
 * "accessible" from v0.4. Rule 9: `0.0.0.0` and `::` count as loopback addresses do. And a heartbeat stops early by design (see
 * `stoppedWell`), which OONI never does.
 *
 * @see OONI web_connectivity v0.5 (probe-cli, internal/minipipeline)
 */
import type { Failure } from '../model/failure.ts'
import type { DnsObservation, Measurement } from '../model/measurement.ts'
import type { OoniBlocking } from '../model/verdict.ts'
import { isOwnMachine } from '../net/addresses.ts'
import type { ControlFacts } from './control.ts'
import { hostIn, tcpKey, tlsKey } from '../net/endpoint.ts'
import { dnsConsistency, type DnsConsistency } from './dns-consistency.ts'
import {
  endpointRecords,
  isBrokenIpv6,
  isFinalStatus,
  fromVantageResolver,
  type EndpointRecord,
} from './endpoints.ts'
import { compareHttp } from './http-diff.ts'
import { addressesOf, isIgnorable, isLookupOf, lookupsOf, ownLookups } from './lookups.ts'

export interface OoniKeys {
  readonly blocking: OoniBlocking
  readonly accessible: boolean | null
  readonly dnsConsistency: DnsConsistency
  /** of the row that decided; `null` where a page, or an answer, did */
  readonly failure: Failure | null
}

/** What one rule says, before DNS inconsistency has its word. `PASS`: the rule does not apply to this row. */
type Said = 'PASS' | 'FINE' | 'NIL' | 'DOWN' | Exclude<OoniBlocking, false | null>

interface Row {
  readonly depth: number
  readonly rank: number
  readonly failure: Failure | ''
  readonly order: number
  readonly say: () => Said
}

/** @param stoppedWell the plan ended before a page was asked for, and all went well up to there: false/true */
export function ooniKeys(
  measurement: Measurement,
  facts: ControlFacts | null,
  stoppedWell: boolean,
): OoniKeys {
  const consistency = dnsConsistency(measurement, facts)
  if (stoppedWell) return { blocking: false, accessible: true, dnsConsistency: consistency, failure: null }
  for (const row of rowsOf(measurement, facts).toSorted(deepestFirst)) {
    const said = row.say()
    if (said === 'PASS') continue
    return {
      ...keysFor(said, consistency),
      dnsConsistency: consistency,
      failure: row.failure === '' ? null : row.failure,
    }
  }
  return { blocking: null, accessible: null, dnsConsistency: consistency, failure: null }
}

function keysFor(
  said: Exclude<Said, 'PASS'>,
  consistency: DnsConsistency,
): Pick<OoniKeys, 'blocking' | 'accessible'> {
  if (said === 'FINE') return { blocking: false, accessible: true }
  if (consistency === 'inconsistent') return { blocking: 'dns', accessible: false }
  if (said === 'NIL') return { blocking: null, accessible: null }
  return { blocking: said === 'DOWN' ? false : said, accessible: false }
}

function deepestFirst(a: Row, b: Row): number {
  return (
    b.depth - a.depth ||
    b.rank - a.rank ||
    (a.failure < b.failure ? -1 : a.failure > b.failure ? 1 : b.order - a.order)
  )
}

/** The classic set: what users of the network get by their own resolver. */
function rowsOf(measurement: Measurement, facts: ControlFacts | null): Row[] {
  const endpoints = endpointRecords(measurement).filter((r) => fromVantageResolver(r) && !isBrokenIpv6(r))
  const depths = [...new Set(measurement.observations.map((seen) => seen.depth))]
  const lookups = depths.flatMap((depth) =>
    ownLookups(lookupsOf(measurement).filter((lookup) => lookup.depth === depth)),
  )
  const host = hostIn(measurement.url)
  return [
    ...endpoints.map((record) => ({
      depth: record.depth,
      rank: { tcp: 1, tls: 2, http: 3 }[record.layer],
      failure: record.failure ?? ('' as const),
      order: record.order,
      say: () => sayEndpoint(record, facts),
    })),
    ...lookups
      .filter((lookup) => !isIgnorable(lookup))
      .map((lookup) => ({
        depth: lookup.depth,
        rank: 0,
        failure: lookup.failure ?? ('' as const),
        order: measurement.observations.indexOf(lookup),
        say: () => sayDns(lookup, isLookupOf(lookup, host) ? (facts?.dns ?? null) : null, facts),
      })),
  ]
}

function sayEndpoint(record: EndpointRecord, facts: ControlFacts | null): Said {
  if (record.layer === 'http') return sayHttp(record, facts?.http ?? null)
  if (record.failure === null) return 'PASS'
  // Rules 6 and 7. The control knows endpoints of the first hop only.
  const { address, port, depth } = record
  const known =
    facts === null || depth > 0
      ? undefined
      : record.layer === 'tcp'
        ? facts.tcp[tcpKey(address, port)]
        : facts.tls[tlsKey(address, port, record.tls?.serverName ?? '')]
  if (known === undefined) return (facts?.http ?? null) === null ? 'NIL' : 'http-failure'
  if (known !== null) return 'DOWN'
  return record.layer === 'tcp' ? 'tcp_ip' : 'http-failure'
}

function sayHttp(record: EndpointRecord, control: ControlFacts['http']): Said {
  const page = record.http!
  if (record.failure !== null) {
    // Rule 5.
    if (control === null) return 'NIL'
    return control.failure === null ? 'http-failure' : 'DOWN'
  }
  if (!isFinalStatus(page.status)) return 'PASS'
  if (page.trusted) return 'FINE' // Rule 1.
  if (control === null) return 'NIL' // Rule 2.
  // A control that failed has no page to compare with, and what cannot be compared counts as different.
  return compareHttp(page, control).differs ? 'http-diff' : 'FINE' // Rules 4 and 3.
}

function sayDns(lookup: DnsObservation, control: ControlFacts['dns'], facts: ControlFacts | null): Said {
  const { failure } = lookup
  if (failure !== null) {
    // Rule 8.
    if (control === null) return (facts?.http ?? null) === null ? 'NIL' : 'dns'
    if (control.failure !== null) return 'DOWN'
    return failure === 'dns_no_answer' && control.addresses.length === 0 ? 'DOWN' : 'dns'
  }
  // Rule 9. The unspecified address leads to the machine itself just as loopback does.
  const addresses = addressesOf(lookup.answers)
  if (addresses.length === 0 || !addresses.every(isOwnMachine)) return 'PASS'
  if (control === null || control.failure !== null) return 'PASS'
  return control.addresses.length > 0 && control.addresses.every(isOwnMachine) ? 'DOWN' : 'dns'
}
