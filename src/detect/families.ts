/**
 * families: whether a service that can be reached is blocked over one of IPv4 and IPv6, measurement by measurement. Shown beside the state.
 *
 *     probe ─► ln P(seen | blocked over it) / P(seen | a lossy path), added up between 0 and the threshold ─► shown at the top, taken
 *              back at the bottom
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { BlockedOver } from '../model/outage.ts'
import { reachThreshold, type DetectSettings, type Watch } from './settings.ts'
import type { VantageState } from './state.ts'

/** Of probes over a family that is blocked one in twenty gets through; of others this many at most fail so. */
const SPARED = 0.05
const FAILED_ANYWAY = 0.05
const FAMILY_OF: Readonly<Record<string, BlockedOver['family']>> = {
  reached_over_ipv6_alone: 'ipv4',
  reached_over_ipv4_alone: 'ipv6',
}

/** Folds a measurement that was reached, in place. */
export function foldFamilies(
  vantage: VantageState,
  { endpoint, verdict, endedAt }: JudgedMeasurement,
  settings: DetectSettings,
): void {
  const family = FAMILY_OF[verdict.rule]
  const known = vantage.families[endpoint]
  if (family === undefined && known === undefined) return
  const top = reachThreshold(settings)
  const isOther = known !== undefined && family !== undefined && known.family !== family
  const state =
    known === undefined || isOther ? { family: family!, score: 0, mechanism: null, sinceAt: null } : known
  vantage.families[endpoint] = state
  if (family === undefined) {
    state.score = Math.max(0, state.score + Math.log(SPARED / (1 - FAILED_ANYWAY)))
    if (state.score === 0) delete vantage.families[endpoint]
    return
  }
  state.score = Math.min(top, state.score + Math.log((1 - SPARED) / FAILED_ANYWAY))
  state.mechanism = verdict.mechanism
  if (state.score >= top) state.sinceAt ??= endedAt
}

/** Over which family the service is blocked, by its primary endpoints; `null` = none is known. */
export function blockedOver(
  vantage: VantageState | undefined,
  { endpoints }: Watch['services'][number],
): BlockedOver | null {
  for (const { id, role } of endpoints) {
    const state = role === 'primary' ? vantage?.families[id] : undefined
    if (state !== undefined && state.sinceAt !== null) {
      const { family, mechanism, sinceAt } = state
      return { family, mechanism, sinceAt }
    }
  }
  return null
}
