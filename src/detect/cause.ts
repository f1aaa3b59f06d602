/**
 * cause: is it interference, a fault, or the site itself? The second score, with a clock of its own.
 *
 *     nats = strong evidence, look by look + the largest of {the weightiest weak evidence, persistence, leak} + agreement
 *
 * - **strong** (a forged answer, a reset after the ClientHello): each look counts, none for more than half of what it
 *   takes, and a fine look takes as much away.
 * - **weak** (silence, an unreachable host): faults say it too and say it in bursts, so it counts once.
 * - **persistence**: a block outlasts t for certain, a fault of one path seldom: `faultNats`. It starts anew when a look
 *   is fine and when the control fails too; a gap in which nobody looked is not counted.
 * - **leak**: looks hit and spared by turns, in a way that loss is not, see leak.ts.
 * - **agreement**: see agreement.ts.
 * - **proof** by trials: see diagnosis.ts. It decides alone.
 *
 * Only looks judged against a control, or proved without one, count; what a control did not see stays `unreachable`.
 */
import type { Look } from '../model/look.ts'
import type { Cause } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'
import { provedMechanism } from './diagnosis.ts'
import { blockedNats, type DetectSettings } from './settings.ts'
import type { Case } from './state.ts'

/** What went together with it, see agreement.ts. */
export interface Agreement {
  /** nats for interference */
  readonly nats: number
  /** who went together with it, for the reason */
  readonly with: readonly string[]
}

/** Ids a case keeps. */
const EVIDENCE_MAX = 10
/** What a look is worth to its mechanism when it weighs nothing for the cause. */
const LEAST_WEIGHT = 0.25

export function newCase(): Case {
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
 * Adds a look that was not fine.
 *
 * @param gapMs a longer pause than this between looks is not counted as persistence
 * @param stray how often looks at the service were seen to fail so though nothing was the matter
 */
export function noteFailed(
  about: Case,
  look: Look,
  gapMs: number,
  settings: DetectSettings,
  stray: number = 0,
): void {
  const { outcome, mechanism, weight, silent } = look.verdict
  if (about.evidence.length < EVIDENCE_MAX) about.evidence.push(look.id)
  if (mechanism !== null) noteMechanism(about, mechanism, weight)

  if (outcome === 'down') {
    about.downsInRow += 1
    about.anomaliesInRow = 0
    if (about.downsInRow >= settings.downLooks) breakStretch(about)
    // Gone for the control for so long that whatever was proved before is not what keeps people away now.
    if (about.downsInRow >= takeBackLooks(about, settings)) delete about.diagnosed
    return
  }
  if (outcome !== 'anomaly' && outcome !== 'confirmed') return
  about.downsInRow = 0
  about.anomalies += 1
  about.anomaliesInRow += 1
  if (!silent && Math.abs(weight) >= settings.strongNats) {
    const rare = outcome === 'confirmed' ? Infinity : -Math.log(settings.burstFactor * stray)
    const most = Math.max(0, Math.min(mostOfOne(settings), rare))
    about.strong = Math.max(0, about.strong + Math.min(most, Math.max(-most, weight)))
  } else {
    about.weak = Math.max(about.weak, weight)
  }
  noteStretch(about, look.startedAt, gapMs)
}

/** Adds a fine look at a primary endpoint. @param doubted the endpoint was in doubt or out, so the path was back for once */
export function noteFine(about: Case, look: Look, doubted: boolean, settings: DetectSettings): void {
  about.fineAt = Math.max(about.fineAt ?? look.startedAt, look.startedAt)
  if (!doubted) return
  about.strong = Math.max(0, about.strong - mostOfOne(settings))
  breakStretch(about)
}

/** What one look may say at most: no single one decides. */
function mostOfOne(settings: DetectSettings): number {
  return blockedNats(settings) / 2
}

/** Nothing of the service was fine since it began to fail. */
export function isWhole(about: Case): boolean {
  return about.stretchFrom !== null && (about.fineAt === null || about.fineAt < about.stretchFrom)
}

/** How long it has failed without a break. */
export function lastedMs({ stretchFrom, stretchTo }: Case): number {
  return stretchFrom === null || stretchTo === null ? 0 : stretchTo - stretchFrom
}

/**
 * The cause as the evidence now stands.
 *
 * @param current what it was so far; `null` before the outage opens. `blocked` is only taken back by a control that fails
 *   longer than the looks that made it so
 */
export function decideCause(
  about: Case,
  current: Cause | null,
  agreement: Agreement,
  settings: DetectSettings,
): { cause: Cause; reason: string } {
  const { diagnosed } = about
  const bearsDowns = current === 'blocked' || diagnosed !== undefined
  if (about.downsInRow >= (bearsDowns ? takeBackLooks(about, settings) : settings.downLooks)) {
    return { cause: 'down', reason: 'It fails for the control too.' }
  }
  if (diagnosed !== undefined) return { cause: 'blocked', reason: diagnosed.reason }
  if (current === 'blocked') return { cause: 'blocked', reason: 'No evidence contradicts it.' }

  const lasted = lastedMs(about)
  const persistence = faultNats(lasted, settings)
  const quiet = Math.max(about.weak, persistence, about.leak)
  const together = isWhole(about) ? agreement.nats : 0
  if (about.anomalies >= 2 && about.strong + quiet + together >= blockedNats(settings)) {
    return { cause: 'blocked', reason: because(about, persistence, together, lasted, agreement) }
  }
  if (current === 'down' && about.anomaliesInRow < settings.downLooks) {
    return { cause: 'down', reason: 'It fails for the control too.' }
  }
  return about.anomalies > 0
    ? {
        cause: 'unreachable',
        reason: 'Unreachable from here; cause not yet determined.',
      }
    : {
        cause: 'unreachable',
        reason: 'Unreachable from here; no control shows whether it can be reached elsewhere.',
      }
}

/** Looks in a row that fail for the control too, before `blocked` is taken back: more than those that made it so. */
function takeBackLooks({ anomalies }: Case, { downLooksWhenBlocked }: DetectSettings): number {
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
export function likeliestMechanism(about: Case, settings: DetectSettings): Mechanism | null {
  const proved = provedMechanism(about, settings)
  if (proved !== null) return proved
  let best: Mechanism | null = null
  for (const mechanism of Object.keys(about.mechanisms) as Mechanism[]) {
    if (best === null || about.mechanisms[mechanism]! > about.mechanisms[best]!) best = mechanism
  }
  return best
}

function noteMechanism(about: Case, mechanism: Mechanism, weight: number): void {
  about.mechanisms[mechanism] = (about.mechanisms[mechanism] ?? 0) + Math.max(LEAST_WEIGHT, weight)
  if (about.lately?.mechanism === mechanism) about.lately.looks += 1
  else about.lately = { mechanism, looks: 1 }
}

function noteStretch(about: Case, at: number, gapMs: number): void {
  if (about.stretchFrom === null || about.stretchTo === null) {
    about.stretchFrom = at
    about.stretchTo = at
    return
  }
  if (at - about.stretchTo > gapMs) about.stretchFrom += at - about.stretchTo
  about.stretchFrom = Math.min(about.stretchFrom, at)
  about.stretchTo = Math.max(about.stretchTo, at)
}

function breakStretch(about: Case): void {
  about.stretchFrom = null
  about.stretchTo = null
}

function because(
  { strong, leak }: Case,
  persistence: number,
  together: number,
  lasted: number,
  agreement: Agreement,
): string {
  if (leak > Math.max(strong, persistence, together))
    return 'Some measurements fail and others succeed, in a way that faults and packet loss do not explain.'
  if (strong >= persistence && strong >= together)
    return 'It fails repeatedly in a way that faults do not cause.'
  if (together >= persistence)
    return `It became unreachable at the same time as ${agreement.with.join(', ')}, while the canaries answered.`
  return `It has been unreachable for ${Math.round(lasted / 1000)} s while the control is answered; a fault on the path rarely lasts that long.`
}
