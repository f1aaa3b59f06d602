/**
 * censored-canaries: a canary that goes on failing while another answers is diagnosed, so that one that is itself blocked leaves the
 * quorum and is reported, and never hides what is blocked beside it. Pure.
 */
import type { Held } from './state.ts'
import { endpointKey } from './state.ts'
import type { WatchedCanary } from './types.ts'

/** Asks for a diagnosis of a canary where one is due. @param at Unix ms */
export function diagnoseCanary<M>(held: Held<M>, vantage: string, target: WatchedCanary, at: number): void {
  const { watch, watching, detector, diagnosedCanaries } = held
  const known = detector.vantages[vantage]?.canaries ?? {}
  const said = known[target.id]
  const isProbe = watch.vantages.some(({ id }) => id === vantage)
  if (held.past || watching.diagnose === null || !isProbe || said === undefined) return
  if (said.answered === 'yes' || said.answered === 'blocked' || !said.proven) return
  if (said.unanswered < watching.settings.canaryLooks) return
  if (!Object.values(known).some(({ answered }) => answered === 'yes')) return
  const key = endpointKey(vantage, target.id)
  const lastAt = diagnosedCanaries.get(key)
  if (lastAt !== undefined && lastAt <= at && at < lastAt + watching.diagnose.everyMs) return
  diagnosedCanaries.set(key, at)
  const how = { plan: 'diagnose', purpose: 'canary', extraAddresses: [], overdueAfterMs: null } as const
  held.emit({ kind: 'probe', vantage, target, ...how })
}
