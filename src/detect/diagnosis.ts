/**
 * diagnosis: what trials told apart, in the case about an open outage. A proof decides the cause at once, with or without a control;
 * less is evidence like any other. It never opens an outage and never closes one.
 */
import type { Look } from '../model/look.ts'
import type { Mechanism } from '../model/verdict.ts'
import { blockedNats, type DetectSettings } from './settings.ts'
import type { Case } from './state.ts'

/** It says what a site that is down would say too, look by look. */
const BY_ADDRESS = 'diagnosed_by_address'
/** Adds a diagnosis to the case, in place. @returns whether it says anything about the cause */
export function noteDiagnosis(about: Case, { verdict }: Look, settings: DetectSettings): boolean {
  const { outcome, mechanism, weight, because, rule } = verdict
  // It found nothing, or not at what people come for.
  if (mechanism === null || weight <= 0) return false
  if (outcome === 'confirmed') {
    about.diagnosed = { mechanism, reason: because, inPlaceOf: about.lately?.mechanism ?? null }
    return true
  }
  if (outcome !== 'anomaly') return false
  if (rule === BY_ADDRESS || weight < settings.strongNats) about.weak = Math.max(about.weak, weight)
  else about.strong += Math.min(blockedNats(settings) / 2, weight)
  return true
}

/** The mechanism that was proved, as long as the looks since then do not say that it is another one by now. */
export function provedMechanism({ diagnosed, lately }: Case, settings: DetectSettings): Mechanism | null {
  if (diagnosed === undefined) return null
  if (lately === null || lately.looks < settings.mechanismLooks) return diagnosed.mechanism
  const stands = lately.mechanism === diagnosed.mechanism || lately.mechanism === diagnosed.inPlaceOf
  return stands ? diagnosed.mechanism : null
}
