/**
 * intermittent-block: does a censor hit some of the measurements and let others through? A second sequential test beside reach, which a fine measurement
 * does not set back to nothing.
 *
 *     telling: fails here as faults and loss do not (reset after the hello, a lie, silence after the hello alone), the control fine
 *     quiet:   nothing came back, or a resolver gave up: lost packets do that too, so only a large share of it says something
 *
 * Each adds ln P(seen | leaky block) / P(seen | stray failures), between 0 and the threshold; fine measurements take away, and a measurement that
 * fails for the control too takes away what a telling one adds. Memory of what is usual plays no part in it: it would take a
 * leaky block for the custom of the path. Nor does the order of the measurements: all count, those that reach.ts sets aside as well, or
 * silence, which takes ten seconds to be seen, would be dropped for the fine measurements made meanwhile.
 *
 * Of silence what was spared is part of the claim: nothing is said where nothing was spared. Silence at one
 * step and then at another is loss: a filter strikes at one.
 *
 * Silence is compared with a censor (`leakNats`) only if three things say that it is not the path: so many are hit while all else is
 * fine, those spared are unhurried, and it lasts.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import { faultNats } from './cause.ts'
import { RETRY_MS } from './line.ts'
import { isActive, reachThreshold, type DetectSettings } from './settings.ts'
import { newIntermittentBlock } from './new-state.ts'
import type { IntermittentBlock } from './state.ts'

/** Adds a fine measurement, in place. */
export function intermittentFine(
  intermittent: IntermittentBlock,
  measurement: JudgedMeasurement,
  settings: DetectSettings,
): void {
  if (intermittent.failed === 0 || (intermittent.http && !measurement.sawHttp)) return
  const { leakShare, strayChance, quietLeakShare, quietStrayChance } = settings
  // Once it holds, it ends after as many fine measurements in a row as would be strange at the share that was hit.
  const share = intermittent.holds
    ? (intermittent.failed + 0.01) / (intermittent.failed + intermittent.spared + 0.02)
    : 0
  const spare = (least: number, stray: number): number =>
    Math.log((1 - Math.min(0.99, Math.max(least, share))) / (1 - stray))
  intermittent.fineInRow += 1
  intermittent.sure = Math.max(0, intermittent.sure + spare(leakShare, strayChance))
  intermittent.telling = Math.max(0, intermittent.telling + spare(leakShare, strayChance))
  intermittent.quiet = Math.max(0, intermittent.quiet + spare(quietLeakShare, quietStrayChance))
  intermittent.quietSure = Math.max(0, intermittent.quietSure + spare(quietLeakShare, quietStrayChance))
  intermittent.helloSure = Math.max(0, intermittent.helloSure + spare(leakShare, strayChance))
  intermittent.unhurried = Math.min(
    reachThreshold(settings),
    Math.max(0, intermittent.unhurried + noRetryNats(measurement, settings)),
  )
  if (intermittent.telling === 0 && intermittent.quiet === 0)
    Object.assign(intermittent, newIntermittentBlock())
}

/**
 * Adds a measurement that was not fine, in place.
 *
 * @param fineAt start of the last that was
 * @param alone all else at the vantage is fine, and there is something else
 */
export function intermittentFailed(
  intermittent: IntermittentBlock,
  measurement: JudgedMeasurement,
  fineAt: number | null,
  alone: boolean,
  settings: DetectSettings,
): void {
  const { outcome, layer } = measurement.verdict
  const hit = Math.log(settings.leakShare / settings.strayChance)
  const quietHit = Math.log(settings.quietLeakShare / settings.quietStrayChance)
  if (outcome === 'down') {
    intermittent.telling = Math.max(0, intermittent.telling - hit)
    intermittent.quiet = Math.max(0, intermittent.quiet - quietHit)
    intermittent.quietSure = Math.max(0, intermittent.quietSure - quietHit)
    intermittent.helloSure = Math.max(0, intermittent.helloSure - quietHit)
    return
  }
  if (outcome !== 'anomaly' && outcome !== 'confirmed') return
  if (intermittent.failed === 0) {
    intermittent.fineAt = fineAt
    intermittent.failedAt = measurement.endedAt
  }
  intermittent.failed += 1
  intermittent.spared += intermittent.fineInRow
  intermittent.fineInRow = 0
  if (layer === 'http') intermittent.http = true
  const top = reachThreshold(settings)
  const { silentAt } = intermittent
  if (measurement.verdict.silent && layer !== null) silentAt[layer] = (silentAt[layer] ?? 0) + 1
  if (isActive(measurement.verdict, settings)) {
    if (intermittent.holds) intermittent.sure += hit
    intermittent.telling = Math.min(top, intermittent.telling + hit)
  } else if (isAfterHello(measurement) && !isByTurns(intermittent)) {
    if (intermittent.holds) intermittent.helloSure = Math.min(top, intermittent.helloSure + hit)
    intermittent.telling = Math.min(top, intermittent.telling + hit)
  } else {
    const sure = intermittent.quietSure + (alone ? quietHit : -quietHit)
    if (intermittent.holds) intermittent.quietSure = Math.min(top, Math.max(0, sure))
    intermittent.quiet = Math.min(top, intermittent.quiet + quietHit)
  }
  if (intermittent.telling >= top || intermittent.quiet >= top) intermittent.holds = true
}

/** What it says about the cause, in nats for interference. @param at now, Unix ms */
export function intermittentNats(
  intermittent: IntermittentBlock,
  at: number,
  settings: DetectSettings,
): number {
  const { sure, helloSure, quietSure, unhurried, failedAt, spared } = intermittent
  const lastedMs = failedAt === null ? 0 : Math.max(0, at - failedAt)
  const silent = isByTurns(intermittent)
    ? 0
    : Math.min(
        spared * SPARED_NATS,
        unhurried,
        Math.max(helloSure, Math.min(quietSure, faultNats(lastedMs, settings))),
      )
  return Math.max(sure, silent)
}

/** Nats that each measurement spared lets silence say: five of them are as much as it takes. */
const SPARED_NATS = 1.4
/** So much of the silence falls at another step than the most of it: a filter has one step, loss strikes at any. */
const OTHER_STEPS_SHARE = 1 / 8
const OTHER_STEPS_LEAST = 2

function isByTurns({ silentAt }: IntermittentBlock): boolean {
  const counts = Object.values(silentAt)
  const all = counts.reduce((sum, count) => sum + count, 0)
  const others = all - Math.max(0, ...counts)
  return others >= OTHER_STEPS_LEAST && others >= all * OTHER_STEPS_SHARE
}

/** A censor spares a connection as a whole; where loss spares one, it mostly took a second try. Pages may be slow by themselves. */
function noRetryNats({ startedAt, endedAt, sawHttp }: JudgedMeasurement, settings: DetectSettings): number {
  const { quickShare, lossyQuickShare } = settings
  if (endedAt - startedAt < RETRY_MS) return Math.log(quickShare / lossyQuickShare)
  return sawHttp ? 0 : Math.log((1 - quickShare) / (1 - lossyQuickShare))
}

/** Loss strikes the opening of a connection, which has the fewest tries, long before it strikes the handshake alone. */
function isAfterHello({ verdict }: JudgedMeasurement): boolean {
  return verdict.mechanism === 'tls.sni-timeout'
}
