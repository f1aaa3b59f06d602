/**
 * cause: is it interference, a fault, or the site itself? The second score, with a clock of its own.
 *
 *     nats = strong evidence, measurement by measurement + the largest of {the weightiest weak evidence, persistence, leak} + agreement
 *
 * - **strong** (a forged answer, a reset after the ClientHello): each measurement counts, none for more than half of what it
 *   takes, and a fine measurement takes as much away.
 * - **weak** (silence, an unreachable host): faults say it too and say it in bursts, so it counts once.
 * - **persistence**: a block outlasts t for certain, a fault of one path seldom: `faultNats`. It starts anew when a measurement
 *   is fine and when the control fails too; a gap in which nobody looked is not counted.
 * - **leak**: looks hit and spared by turns, in a way that loss is not, see intermittent-block.ts.
 * - **agreement**: see agreement.ts.
 * - **proof** by trials: see diagnosis.ts. It decides alone.
 *
 * Only looks judged against a control, or proved without one, count; what a control did not see stays `unreachable`.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { Cause } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'
import { provedMechanism } from './diagnosis.ts'
import { causeThreshold, type DetectSettings } from './settings.ts'
import type { CauseEvidence } from './state.ts'

/** What went together with it, see agreement.ts. */
export interface Agreement {
  /** nats for interference */
  readonly nats: number
  /** who went together with it, for the reason */
  readonly with: readonly string[]
}

/** Ids a case keeps. */
const EVIDENCE_MAX = 10
/** What a measurement is worth to its mechanism when it weighs nothing for the cause. */
const LEAST_WEIGHT = 0.25

export function newCauseEvidence(): CauseEvidence {
  return {
    strong: 0,
    weak: 0,
    leak: 0,
    anomalies: 0,
    anomaliesInRow: 0,
    downsInRow: 0,
    stretchFrom: null,
    stretchTo: null,
    fineAt: null,
    mechanisms: {},
    lately: null,
    evidence: [],
  }
}

/**
 * Adds a measurement that was not fine.
 *
 * @param gapMs a longer pause than this between measurements is not counted as persistence
 * @param stray how often looks at the service were seen to fail so though nothing was the matter
 */
export function noteFailed(
  causeEvidence: CauseEvidence,
  measurement: JudgedMeasurement,
  gapMs: number,
  settings: DetectSettings,
  stray: number = 0,
): void {
  const { outcome, mechanism, weight, silent } = measurement.verdict
  if (causeEvidence.evidence.length < EVIDENCE_MAX) causeEvidence.evidence.push(measurement.id)
  if (mechanism !== null) noteMechanism(causeEvidence, mechanism, weight)

  if (outcome === 'down') {
    causeEvidence.downsInRow += 1
    causeEvidence.anomaliesInRow = 0
    if (causeEvidence.downsInRow >= settings.downLooks) endFailureInterval(causeEvidence)
    // Gone for the control for so long that whatever was proved before is not what keeps people away now.
    if (causeEvidence.downsInRow >= takeBackMeasurements(causeEvidence, settings))
      delete causeEvidence.diagnosed
    return
  }
  if (outcome !== 'anomaly' && outcome !== 'confirmed') return
  causeEvidence.downsInRow = 0
  causeEvidence.anomalies += 1
  causeEvidence.anomaliesInRow += 1
  if (!silent && Math.abs(weight) >= settings.strongNats) {
    const rare = outcome === 'confirmed' ? Infinity : -Math.log(settings.burstFactor * stray)
    const most = Math.max(0, Math.min(mostOfOne(settings), rare))
    causeEvidence.strong = Math.max(0, causeEvidence.strong + Math.min(most, Math.max(-most, weight)))
  } else {
    causeEvidence.weak = Math.max(causeEvidence.weak, weight)
  }
  noteFailureInterval(causeEvidence, measurement.startedAt, gapMs)
}

/** Adds a fine probe of a primary endpoint. @param doubted the endpoint was in doubt or out, so the path was back for once */
export function noteFine(
  causeEvidence: CauseEvidence,
  measurement: JudgedMeasurement,
  doubted: boolean,
  settings: DetectSettings,
): void {
  causeEvidence.fineAt = Math.max(causeEvidence.fineAt ?? measurement.startedAt, measurement.startedAt)
  if (!doubted) return
  causeEvidence.strong = Math.max(0, causeEvidence.strong - mostOfOne(settings))
  endFailureInterval(causeEvidence)
}

/** What one measurement may say at most: no single one decides. */
function mostOfOne(settings: DetectSettings): number {
  return causeThreshold(settings) / 2
}

/** Nothing of the service was fine since it began to fail. */
export function isWhole(causeEvidence: CauseEvidence): boolean {
  return (
    causeEvidence.stretchFrom !== null &&
    (causeEvidence.fineAt === null || causeEvidence.fineAt < causeEvidence.stretchFrom)
  )
}

/** How long it has failed without a break. */
export function lastedMs({ stretchFrom, stretchTo }: CauseEvidence): number {
  return stretchFrom === null || stretchTo === null ? 0 : stretchTo - stretchFrom
}

/**
 * The cause as the evidence now stands.
 *
 * @param current what it was so far; `null` before the outage opens. `blocked` is only taken back by a control that fails
 *   longer than the measurements that made it so
 */
export function decideCause(
  causeEvidence: CauseEvidence,
  current: Cause | null,
  agreement: Agreement,
  settings: DetectSettings,
): { cause: Cause; reason: string } {
  const { diagnosed } = causeEvidence
  const bearsDowns = current === 'blocked' || diagnosed !== undefined
  if (
    causeEvidence.downsInRow >=
    (bearsDowns ? takeBackMeasurements(causeEvidence, settings) : settings.downLooks)
  ) {
    return { cause: 'down', reason: 'It fails for the control too.' }
  }
  if (diagnosed !== undefined) return { cause: 'blocked', reason: diagnosed.reason }
  if (current === 'blocked') return { cause: 'blocked', reason: 'No evidence contradicts it.' }

  const lasted = lastedMs(causeEvidence)
  const persistence = faultNats(lasted, settings)
  const silence = Math.max(causeEvidence.weak, persistence, causeEvidence.leak)
  const together = isWhole(causeEvidence) ? agreement.nats : 0
  if (causeEvidence.anomalies >= 2 && causeEvidence.strong + silence + together >= causeThreshold(settings)) {
    return { cause: 'blocked', reason: because(causeEvidence, persistence, together, lasted, agreement) }
  }
  if (current === 'down' && causeEvidence.anomaliesInRow < settings.downLooks) {
    return { cause: 'down', reason: 'It fails for the control too.' }
  }
  return causeEvidence.anomalies > 0
    ? {
        cause: 'unreachable',
        reason: 'Unreachable from here; cause not yet determined.',
      }
    : {
        cause: 'unreachable',
        reason: 'Unreachable from here; no control shows whether it can be reached elsewhere.',
      }
}

/** Measurements in a row that fail for the control too, before `blocked` is taken back: more than those that made it so. */
function takeBackMeasurements(
  { anomalies }: CauseEvidence,
  { downLooksWhenBlocked }: DetectSettings,
): number {
  return Math.max(downLooksWhenBlocked, anomalies)
}

/**
 * -ln P(a fault outlasts `ms`): a Weibull law of shape 0.8, so mostly short with a long tail.
 *
 * With a mean of a minute: 1.1 nats after a minute, 3.9 after five, 6.3 after 8.7, which is what `blocked` takes by default.
 */
export function faultNats(ms: number, { faultMeanMs }: DetectSettings): number {
  return ((ms / faultMeanMs) * GAMMA) ** SHAPE
}

const SHAPE = 0.8
/** Γ(1 + 1 / shape): mean over scale of that law */
const GAMMA = 1.133

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

function noteMechanism(causeEvidence: CauseEvidence, mechanism: Mechanism, weight: number): void {
  causeEvidence.mechanisms[mechanism] =
    (causeEvidence.mechanisms[mechanism] ?? 0) + Math.max(LEAST_WEIGHT, weight)
  if (causeEvidence.lately?.mechanism === mechanism) causeEvidence.lately.looks += 1
  else causeEvidence.lately = { mechanism, looks: 1 }
}

function noteFailureInterval(causeEvidence: CauseEvidence, at: number, gapMs: number): void {
  if (causeEvidence.stretchFrom === null || causeEvidence.stretchTo === null) {
    causeEvidence.stretchFrom = at
    causeEvidence.stretchTo = at
    return
  }
  if (at - causeEvidence.stretchTo > gapMs) causeEvidence.stretchFrom += at - causeEvidence.stretchTo
  causeEvidence.stretchFrom = Math.min(causeEvidence.stretchFrom, at)
  causeEvidence.stretchTo = Math.max(causeEvidence.stretchTo, at)
}

function endFailureInterval(causeEvidence: CauseEvidence): void {
  causeEvidence.stretchFrom = null
  causeEvidence.stretchTo = null
}

function because(
  { strong, leak: intermittent }: CauseEvidence,
  persistence: number,
  together: number,
  lasted: number,
  agreement: Agreement,
): string {
  if (intermittent > Math.max(strong, persistence, together))
    return 'Some measurements fail and others succeed, in a way that faults and packet loss do not explain.'
  if (strong >= persistence && strong >= together)
    return 'It fails repeatedly in a way that faults do not cause.'
  if (together >= persistence)
    return `It became unreachable at the same time as ${agreement.with.join(', ')}, while the canaries answered.`
  return `It has been unreachable for ${Math.round(lasted / 1000)} s while the control is answered; a fault on the path rarely lasts that long.`
}
