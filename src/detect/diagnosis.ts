/**
 * diagnosis: what trials told apart, in the case about an open outage. A proof decides the cause at once, with or without a control;
 * less is evidence like any other. It never opens an outage and never closes one.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { Mechanism } from '../model/verdict.ts'
import { causeThreshold, type DetectSettings } from './settings.ts'
import type { CauseEvidence } from './state.ts'

/** It says what a site that is down would say too, measurement by measurement. */
const BY_ADDRESS = 'diagnosed_by_address'
/** Adds a diagnosis to the case, in place. @returns whether it says anything about the cause */
export function noteDiagnosis(
  causeEvidence: CauseEvidence,
  { verdict }: JudgedMeasurement,
  settings: DetectSettings,
): boolean {
  const { outcome, mechanism, weight, because, rule } = verdict
  // It found nothing, or not at what people come for.
  if (mechanism === null || weight <= 0) return false
  if (outcome === 'confirmed') {
    causeEvidence.diagnosed = {
      mechanism,
      reason: because,
      inPlaceOf: causeEvidence.lately?.mechanism ?? null,
    }
    return true
  }
  if (outcome !== 'anomaly') return false
  if (rule === BY_ADDRESS || weight < settings.strongNats)
    causeEvidence.weak = Math.max(causeEvidence.weak, weight)
  else causeEvidence.strong += Math.min(causeThreshold(settings) / 2, weight)
  return true
}

/** The mechanism that was proved, as long as the measurements since then do not say that it is another one by now. */
export function provedMechanism(
  { diagnosed, lately }: CauseEvidence,
  settings: DetectSettings,
): Mechanism | null {
  if (diagnosed === undefined) return null
  if (lately === null || lately.looks < settings.mechanismLooks) return diagnosed.mechanism
  const stands = lately.mechanism === diagnosed.mechanism || lately.mechanism === diagnosed.inPlaceOf
  return stands ? diagnosed.mechanism : null
}
