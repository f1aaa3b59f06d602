/**
 * cause: is it interference, a fault, or the site itself? The second score, with a clock of its own.
 *
 *     nats = strong evidence, measurement by measurement + the largest of {the weightiest weak evidence, persistence, leak} + agreement + address
 *
 * - **strong** (a forged answer, a reset after the ClientHello): each measurement counts, none for more than half of what it
 *   takes, and a fine measurement takes as much away.
 * - **weak** (silence, an unreachable host): faults say it too and say it in bursts, so it counts once.
 * - **persistence**: a block outlasts t for certain, a fault of one path seldom: `faultNats`. It starts anew when a measurement
 *   is fine and when the control fails too; a gap in which nobody looked is not counted.
 * - **leak**: looks hit and spared by turns, in a way that loss is not, see intermittent-block.ts.
 * - **agreement**: see agreement.ts.
 * - **address**: a diagnosis found that it fails whatever the name, while neutral servers answer and the control connects there.
 * - **proof** by trials: see diagnosis.ts. It decides alone, and a control that fails too does not outweigh it: the same filter may be in
 *   the control's way. It is taken back by a later diagnosis, or by a control that fails in another way for long.
 * - **strays**: what goes astray at everything else at the vantage in the same minutes sets the most that strong evidence, leak and
 *   agreement may say together, see strays.ts.
 *
 * Only looks judged against a control, or proved without one, count; what a control did not see stays `unreachable`.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { Cause } from '../model/outage.ts'
import { layerOf, type Verdict } from '../model/verdict.ts'
import { noteMechanism } from './mechanism.ts'
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
  const { verdict } = measurement
  const { outcome, weight } = verdict
  if (causeEvidence.evidence.length < EVIDENCE_MAX) causeEvidence.evidence.push(measurement.id)
  noteMechanism(causeEvidence, measurement, settings)
  causeEvidence.looks += 1

  if (outcome === 'down') return noteDown(causeEvidence, measurement, settings)
  if (outcome !== 'anomaly' && outcome !== 'confirmed') return
  endDowns(causeEvidence)
  causeEvidence.anomalies += 1
  causeEvidence.anomaliesInRow += 1
  if (!verdict.silent) causeEvidence.active += 1
  if (!verdict.silent && Math.abs(weight) >= settings.strongNats) {
    const rare = outcome === 'confirmed' ? Infinity : -Math.log(settings.burstFactor * stray)
    const most = Math.max(0, Math.min(mostOfOne(settings), rare))
    causeEvidence.strong = Math.max(0, causeEvidence.strong + Math.min(most, Math.max(-most, weight)))
  } else {
    causeEvidence.weak = Math.max(causeEvidence.weak, weight)
  }
  // What says nothing for interference says no more by lasting.
  if (weight !== 0) noteFailureInterval(causeEvidence, measurement.startedAt, gapMs)
}

function noteDown(
  causeEvidence: CauseEvidence,
  { verdict, startedAt }: JudgedMeasurement,
  settings: DetectSettings,
): void {
  if (isExplained(causeEvidence, verdict)) return
  causeEvidence.downsInRow += 1
  causeEvidence.downsSinceAt ??= startedAt
  causeEvidence.anomaliesInRow = 0
  if (causeEvidence.downsInRow >= settings.downLooks) endFailureInterval(causeEvidence)
  // Gone for the control for so long that whatever was proved before is not what keeps people away now.
  const lastedMs = startedAt - causeEvidence.downsSinceAt
  if (
    lastedMs >= settings.proofHoldsMs &&
    causeEvidence.downsInRow >= takeBackMeasurements(causeEvidence, settings)
  )
    delete causeEvidence.diagnosed
}

/** It fails where what was proved makes it fail: the control may have the same filter in its way, and says nothing. */
function isExplained({ diagnosed }: CauseEvidence, { layer }: Verdict): boolean {
  if (diagnosed === undefined) return false
  const { mechanism, inPlaceOf } = diagnosed
  return layer === layerOf(mechanism) || (inPlaceOf !== null && layer === layerOf(inPlaceOf))
}

function endDowns(causeEvidence: CauseEvidence): void {
  causeEvidence.downsInRow = 0
  causeEvidence.downsSinceAt = null
}

/** Adds a fine probe of a primary endpoint. @param doubted the endpoint was in doubt or out, so the path was back for once */
export function noteFine(
  causeEvidence: CauseEvidence,
  measurement: JudgedMeasurement,
  doubted: boolean,
  settings: DetectSettings,
): void {
  causeEvidence.fineAt = Math.max(causeEvidence.fineAt ?? measurement.startedAt, measurement.startedAt)
  causeEvidence.looks += 1
  if (!doubted) return
  causeEvidence.strong = Math.max(0, causeEvidence.strong - mostOfOne(settings))
  causeEvidence.address = 0
  endDowns(causeEvidence)
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

/** What all else at the vantage allows the evidence to say, see strays.ts. */
export interface Allowed {
  /** nats that strong evidence, leak and agreement may say together */
  readonly mostNats: number
  /** looks in a row at which the control must fail too */
  readonly downLooks: number
  /** neutral servers fail alike: no leak and no agreement then */
  readonly groundless: boolean
}

/**
 * The cause as the evidence now stands.
 *
 * @param current what it was so far; `null` before the outage opens. `blocked` is only taken back by a control that fails
 *   longer than the measurements that made it so, and where it was going together or by turns, by neutral servers that fail alike
 */
export function decideCause(
  causeEvidence: CauseEvidence,
  current: Cause | null,
  agreement: Agreement,
  settings: DetectSettings,
  allowed: Allowed = { mostNats: Infinity, downLooks: settings.downLooks, groundless: false },
): { cause: Cause; reason: string } {
  const { diagnosed, downsInRow } = causeEvidence
  if (diagnosed !== undefined) return { cause: 'blocked', reason: diagnosed.reason }
  const takesDowns = current === 'blocked' ? takeBackMeasurements(causeEvidence, settings) : allowed.downLooks
  if (downsInRow >= takesDowns) return { cause: 'down', reason: 'It fails for the control too.' }
  if (current === 'blocked' && !allowed.groundless)
    return { cause: 'blocked', reason: 'No evidence contradicts it.' }

  const weighed = weigh(causeEvidence, agreement, settings, allowed)
  if (causeEvidence.anomalies >= 2 && weighed.nats >= causeThreshold(settings))
    return { cause: 'blocked', reason: because(weighed, agreement) }
  if (current === 'blocked')
    return { cause: 'unreachable', reason: 'Neutral servers fail in the same way: it may be the line.' }
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

/** The evidence in nats, part by part, and how much it all is. */
interface Weighed {
  readonly strong: number
  readonly persistence: number
  readonly leak: number
  readonly spared: number
  readonly together: number
  readonly address: number
  readonly lastedMs: number
  readonly nats: number
}

function weigh(
  causeEvidence: CauseEvidence,
  agreement: Agreement,
  settings: DetectSettings,
  { mostNats, groundless }: Allowed,
): Weighed {
  const { strong, weak, address } = causeEvidence
  const lasted = lastedMs(causeEvidence)
  const persistence = causeEvidence.nameless ? 0 : faultNats(lasted, settings)
  const silence = Math.max(weak, persistence)
  const leak = groundless || causeEvidence.nameless ? 0 : causeEvidence.leak
  const together = isWhole(causeEvidence) && !groundless ? agreement.nats : 0
  const telling = Math.min(mostNats, strong + together + Math.max(0, leak - silence))
  return {
    strong,
    persistence,
    leak,
    spared: causeEvidence.spared,
    together,
    address,
    lastedMs: lasted,
    nats: telling + silence + address,
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
  { strong, persistence, leak, spared, together, address, lastedMs: lasted }: Weighed,
  agreement: Agreement,
): string {
  if (spared > 0 && leak > Math.max(strong, persistence, together))
    return 'Some measurements fail and others succeed, in a way that faults and packet loss do not explain.'
  if (Math.max(strong, leak) >= Math.max(persistence, together))
    return 'It fails repeatedly in a way that faults do not cause.'
  if (together >= persistence)
    return `It became unreachable at the same time as ${agreement.with.join(', ')}, while the canaries answered.`
  const how =
    address > 0 ? 'Its addresses fail whatever name is sent to them, while neutral servers answer: it' : 'It'
  return `${how} has been unreachable for ${Math.round(lasted / 1000)} s while the control is answered; a fault on the path rarely lasts that long.`
}
