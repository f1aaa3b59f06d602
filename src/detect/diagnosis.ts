/**
 * diagnosis: what trials told apart, in the case about an open outage. A proof decides the cause at once, with or without a control;
 * less is evidence like any other. It never opens an outage and never closes one.
 *
 * Where the neutral servers fail alike nothing is told apart, and that is said of the whole vantage: whatever fails together there
 * may do so for the sake of the line.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import { causeThreshold, isActive, type DetectSettings } from './settings.ts'
import type { CauseEvidence, VantageState } from './state.ts'

/** It says what a site that is down would say too, unless the control connects to the very address. */
const BY_ADDRESS = 'diagnosed_by_address'
/** A dead edge of a content network looks so too, and the looks say it already. */
const DEAD_ADDRESS = 'diagnosed_resolver_gives_dead_address'
/** Silence that no name makes: the site, or the way to it. */
const NAMELESS = 'diagnosed_whatever_the_name'
/** Whatever is sent, by whatever name, is answered. */
const NOTHING_DIFFERS = 'diagnosed_nothing_differs'

/** Remembers whether the neutral servers fail alike, in place: that is what weighs against interference. @returns whether that is news */
export function noteGround(
  vantage: Pick<VantageState, 'groundlessAt'>,
  { verdict, endedAt }: JudgedMeasurement,
): boolean {
  const before = vantage.groundlessAt
  if (verdict.weight < 0) vantage.groundlessAt = endedAt
  else if (verdict.outcome === 'ok' || verdict.mechanism !== null) vantage.groundlessAt = null
  return (before === null) !== (vantage.groundlessAt === null)
}

/** Adds a diagnosis to the case, in place. @returns whether it says anything about the cause */
export function noteDiagnosis(
  causeEvidence: CauseEvidence,
  { verdict, endedAt }: JudgedMeasurement,
  settings: DetectSettings,
): boolean {
  const { outcome, mechanism, weight, because, rule } = verdict
  if (outcome === 'confirmed' && mechanism !== null && weight > 0) {
    Object.assign(causeEvidence, { downsInRow: 0, downsSinceAt: null })
    if (isActive(verdict, settings)) causeEvidence.activeAt = endedAt
    causeEvidence.diagnosed = {
      mechanism,
      reason: because,
      inPlaceOf: causeEvidence.lately?.mechanism ?? null,
    }
    return true
  }
  if (rule === NAMELESS) causeEvidence.nameless = true
  else if (mechanism !== null || outcome === 'ok') causeEvidence.nameless = false
  const contradicts = takesBack(causeEvidence, verdict)
  if (contradicts) delete causeEvidence.diagnosed
  // It found nothing, or not at what people come for.
  if (outcome !== 'anomaly' || mechanism === null || weight <= 0) return contradicts
  if (rule === BY_ADDRESS) causeEvidence.address = settings.addressNats
  else if (rule === DEAD_ADDRESS || weight < settings.strongNats)
    causeEvidence.weak = Math.max(causeEvidence.weak, weight)
  else causeEvidence.strong += Math.min(causeThreshold(settings) - settings.strongNats, weight)
  return true
}

/** What was proved is not so any more: nothing differs now, or every name fails at the address alike. */
function takesBack({ diagnosed }: CauseEvidence, { rule }: JudgedMeasurement['verdict']): boolean {
  if (diagnosed === undefined) return false
  return rule === NOTHING_DIFFERS || (rule === BY_ADDRESS && !diagnosed.mechanism.startsWith('tcp.'))
}
