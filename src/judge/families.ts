/**
 * families: reached over one of IPv4 and IPv6, and not over the other. Most people of a country have IPv4 alone, so what is blocked over
 * it is told, though whoever has IPv6 gets through.
 *
 * The measurement is judged once more by what it saw over the family that failed, as if there were no other.
 */
import type { Measurement, Observation } from '../model/measurement.ts'
import type { Verdict } from '../model/verdict.ts'
import { familyOf } from '../net/addresses.ts'
import { endpointRecords, fromVantageResolver } from './endpoints.ts'
import { lookupsOf, ownLookups } from './lookups.ts'

type Family = 4 | 6

/** The family over which users did not get through, of a measurement that was reached over the other; `null` = none. */
export function unreachedFamily(measurement: Measurement): Family | null {
  const own = endpointRecords(measurement).filter((r) => fromVantageResolver(r) && r.depth === 0)
  const reached = new Set(own.filter(({ failure }) => failure === null).map(({ family }) => family))
  if (reached.size !== 1) return null
  const other: Family = reached.has(6) ? 4 : 6
  const type = other === 4 ? 'A' : 'AAAA'
  const isAsked = ownLookups(lookupsOf(measurement)).some(({ queryType }) => queryType === type)
  // A host without IPv6 is not kept from anybody.
  const isTried = other === 4 || own.some(({ family }) => family === 6)
  return reached.has(other === 4 ? 6 : 4) && isAsked && isTried ? other : null
}

/** What it saw over one family. */
export function overFamily(measurement: Measurement, family: Family): Measurement {
  const isOver = (seen: Observation): boolean =>
    seen.layer === 'dns'
      ? seen.queryType === 'ANY' || seen.queryType === (family === 4 ? 'A' : 'AAAA')
      : familyOf(seen.address) === family
  return { ...measurement, observations: measurement.observations.filter(isOver) }
}

/** A verdict of `ok` that says over which family it is not, and how. @param there what was judged over that family */
export function reachedOverOther(verdict: Verdict, family: Family, there: Verdict): Verdict {
  if (there.outcome !== 'anomaly' && there.outcome !== 'confirmed') return verdict
  const other = family === 4 ? 6 : 4
  return {
    ...verdict,
    rule: RULE_OF[family],
    mechanism: there.mechanism,
    because: `It was reached over IPv${other}. Over IPv${family}: ${there.because}`,
  }
}

/** Rule ids, by the family that fails. */
export const RULE_OF = { 4: 'reached_over_ipv6_alone', 6: 'reached_over_ipv4_alone' } as const
