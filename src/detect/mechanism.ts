/**
 * mechanism: by what means, as the measurements of a case and its diagnoses name it.
 *
 * Silence soon after something that answers is its echo: filters that remember drop what comes from an address that was just cut. It
 * names nothing. Loss falls silent at one step or another as it comes, so one kind of silence takes the place of another only when
 * it has been the only one for long.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { Outage } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'
import { isActive, type DetectSettings } from './settings.ts'
import type { CauseEvidence, EndpointState } from './state.ts'

/** What a measurement is worth to its mechanism when it weighs nothing for the cause. */
const LEAST_WEIGHT = 0.25

/** Adds what a measurement names, in place. */
export function noteMechanism(
  causeEvidence: CauseEvidence,
  { verdict, startedAt }: JudgedMeasurement,
  settings: DetectSettings,
): void {
  const { mechanism, weight } = verdict
  const { activeAt } = causeEvidence
  if (isActive(verdict, settings)) causeEvidence.activeAt = Math.max(activeAt ?? startedAt, startedAt)
  else if (verdict.silent && activeAt !== null && startedAt - activeAt < settings.echoMs) return
  if (mechanism === null) return
  causeEvidence.mechanisms[mechanism] =
    (causeEvidence.mechanisms[mechanism] ?? 0) + Math.max(LEAST_WEIGHT, weight)
  if (causeEvidence.lately?.mechanism === mechanism) causeEvidence.lately.looks += 1
  else causeEvidence.lately = { mechanism, looks: 1 }
}

/** The one that was proved, else the mechanism with the most evidence so far. */
export function likeliestMechanism(causeEvidence: CauseEvidence, settings: DetectSettings): Mechanism | null {
  const proved = provedMechanism(causeEvidence, settings)
  if (proved !== null) return proved
  let best: Mechanism | null = null
  for (const mechanism of Object.keys(causeEvidence.mechanisms) as Mechanism[]) {
    if (best === null || causeEvidence.mechanisms[mechanism]! > causeEvidence.mechanisms[best]!)
      best = mechanism
  }
  return best
}

/** Another mechanism, once every measurement of late names it and no endpoint that is out still fails the old way. */
export function correctedMechanism(
  causeEvidence: CauseEvidence,
  { cause, mechanism }: Outage,
  out: readonly EndpointState[],
  settings: DetectSettings,
): Mechanism | null {
  const { lately } = causeEvidence
  // It was slow, and now it is gone: by whatever means that is.
  if (cause === 'throttled') return likeliestMechanism(causeEvidence, settings)
  const proved = provedMechanism(causeEvidence, settings)
  if (proved !== null) return proved
  if (lately === null) return mechanism
  const areSilent = isSilence(mechanism) && isSilence(lately.mechanism)
  const needed = areSilent ? settings.silentMechanismLooks : settings.mechanismLooks
  if (lately.looks < needed) return mechanism
  return out.some((state) => state.mechanism === mechanism) ? mechanism : lately.mechanism
}

/** The mechanism that was proved, as long as the measurements since then do not say that it is another one by now. */
function provedMechanism({ diagnosed, lately }: CauseEvidence, settings: DetectSettings): Mechanism | null {
  if (diagnosed === undefined) return null
  if (lately === null || lately.looks < settings.mechanismLooks) return diagnosed.mechanism
  const stands = lately.mechanism === diagnosed.mechanism || lately.mechanism === diagnosed.inPlaceOf
  return stands ? diagnosed.mechanism : null
}

function isSilence(mechanism: Mechanism | null): boolean {
  return mechanism?.endsWith('timeout') === true
}
