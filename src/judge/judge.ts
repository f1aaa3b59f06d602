/** judge: observations in, verdict out. Pure: no clock, no network, no database. */
import type { Measurement } from '../model/measurement.ts'
import type { QuicVerdict } from '../model/quic.ts'
import type { Health } from '../model/vantage.ts'
import { layerOf, type Verdict } from '../model/verdict.ts'
import { skewOf } from './clock.ts'
import { controlFacts, type ControlFacts } from './control.ts'
import { overFamily, reachedOverOther, unreachedFamily } from './families.ts'
import { findCause } from './diagnosis/find.ts'
import { verdictOn } from './diagnosis/rules.ts'
import { gatherEvidence, type Evidence, type Surroundings } from './evidence.ts'
import { FINGERPRINTS, type Fingerprint } from './fingerprints.ts'
import { ooniKeys } from './ooni.ts'
import { judgeQuic } from './quic.ts'
import { ratesOf } from './rates.ts'
import type { Rule } from './rule.ts'
import { RULES } from './rules.ts'
import { FITNESS } from './rules/fit.ts'
import type { Diagnosed } from '../model/finding.ts'

/** How a verdict came about. */
export interface Explanation {
  readonly verdict: Verdict
  readonly evidence: Evidence
  /** every rule tried, in order; the last is the one that fired */
  readonly tried: readonly { readonly rule: string; readonly fired: boolean; readonly because: string }[]
  /** what a diagnosis tells apart; `null` for other plans, and where it tells nothing */
  readonly diagnosed: Diagnosed | null
  /** how HTTP/3 stands, with its own sentence; `null` where the measurement has no bearing on it */
  readonly quic: QuicVerdict | null
}

/**
 * Says what one measurement means. One that brought its own control along is compared with that.
 *
 * @param controls the same endpoint, plan `full`, from controls whose canaries are well; none = what is unproved is `insufficient`
 * @param health what the canaries say of the measuring vantage; a failure counts only where it is `online`
 * @param rules others than ours, for a replay that asks what they would have said
 */
export function judge(
  measurement: Measurement,
  controls: readonly Measurement[],
  health: Health,
  rules: readonly Rule[] = RULES,
): Verdict {
  return explain(measurement, controls, health, rules).verdict
}

/** The same, with the evidence and the rules tried. */
export function explain(
  measurement: Measurement,
  controls: readonly Measurement[],
  health: Health,
  rules: readonly Rule[] = RULES,
  fingerprints: readonly Fingerprint[] = FINGERPRINTS,
): Explanation {
  const brought = measurement.control
  const others = brought === null ? controls : []
  const around: Surroundings = {
    facts: brought ?? controlFacts(others),
    // Who reached the control was connected.
    health: brought === null ? health : 'online',
    fingerprints,
    rates: ratesOf(measurement, others),
    skewMs: skewOf([measurement, ...others]),
  }
  const evidence = gatherEvidence(measurement, around)
  if (measurement.plan === 'diagnose') return explainDiagnosis(measurement, around, evidence)
  // The last rule matches always.
  const at = rules.findIndex((rule) => rule.when(evidence))
  const quic = brought === null ? judgeQuic(measurement, others) : null
  const own = verdictOf(rules[at]!, evidence, measurement, around.facts)
  const family =
    own.reached === 'yes' && measurement.plan !== 'throughput' ? unreachedFamily(measurement) : null
  const verdict =
    family === null
      ? own
      : reachedOverOther(own, family, judge(overFamily(measurement, family), others, health, rules))
  const before = rules.slice(0, at).map(({ id, because }) => ({ rule: id, fired: false, because }))
  const tried = [...before, { rule: verdict.rule, fired: true, because: verdict.because }]
  return {
    verdict: quic === null ? verdict : { ...verdict, quic: quic.standing },
    evidence,
    tried,
    diagnosed: null,
    quic,
  }
}

/** Trials are weighed among themselves; only what makes a measurement unfit is the same as for measurements. */
function explainDiagnosis(
  measurement: Measurement,
  { facts, health, fingerprints }: Surroundings,
  evidence: Evidence,
): Explanation {
  const unfit = FITNESS.find((rule) => measurement.unfit !== null && rule.when(evidence))
  const found = unfit === undefined ? findCause(measurement, facts, fingerprints) : null
  const verdict =
    unfit === undefined ? verdictOn(found, health) : verdictOf(unfit, evidence, measurement, facts)
  const tried = [{ rule: verdict.rule, fired: true, because: verdict.because }]
  return { verdict, evidence, tried, diagnosed: found?.diagnosed ?? null, quic: null }
}

function verdictOf(
  rule: Rule,
  evidence: Evidence,
  measurement: Measurement,
  facts: ControlFacts | null,
): Verdict {
  const { id, outcome, reached, mechanism, weight, silent, because } = rule
  const stoppedWell =
    measurement.plan === 'heartbeat' && (evidence.reach === 'tls' || evidence.reach === 'redirect')
  const keys =
    evidence.unfit === null && evidence.rates === null ? ooniKeys(measurement, facts, stoppedWell) : null
  const layer =
    mechanism !== null ? layerOf(mechanism) : reached === 'yes' ? null : (evidence.fault?.layer ?? null)
  return {
    reached,
    outcome,
    layer,
    mechanism,
    rule: id,
    because,
    failure: layer !== null && evidence.fault?.layer === layer ? evidence.fault.failure : null,
    weight,
    silent: typeof silent === 'function' ? silent(evidence) : silent,
    blocking: keys?.blocking ?? null,
    accessible: keys?.accessible ?? null,
  }
}
