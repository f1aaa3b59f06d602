/**
 * leak: does a censor hit some of the looks and let others through? A second sequential test beside reach, which a fine look
 * does not set back to nothing.
 *
 *     telling: fails here as faults and loss do not (reset after the hello, a lie, silence after the hello alone), the control fine
 *     quiet:   nothing came back, or a resolver gave up: lost packets do that too, so only a large share of it says something
 *
 * Each adds ln P(seen | leaky block) / P(seen | stray failures), between 0 and the threshold; fine looks take away, and a look that
 * fails for the control too takes away what a telling one adds. Memory of what is usual plays no part in it: it would take a
 * leaky block for the custom of the path. Nor does the order of the looks: all count, those that reach.ts sets aside as well, or
 * silence, which takes ten seconds to be seen, would be dropped for the fine looks made meanwhile.
 *
 * Silence is held against a censor (`leakNats`) only if three things say that it is not the path: so many are hit while all else is
 * fine, those spared are unhurried, and it lasts.
 */
import type { Look } from '../model/look.ts'
import type { Mechanism } from '../model/verdict.ts'
import { faultNats } from './cause.ts'
import { RETRY_MS } from './line.ts'
import { outNats, type DetectSettings } from './settings.ts'
import { type Leak, newLeak } from './state.ts'

/** Adds a fine look, in place. */
export function leakFine(leak: Leak, look: Look, settings: DetectSettings): void {
  if (leak.failed === 0 || (leak.http && !look.sawHttp)) return
  const { leakShare, strayChance, quietLeakShare, quietStrayChance } = settings
  // Once it holds, it ends after as many fine looks in a row as would be strange at the share that was hit.
  const share = leak.holds ? (leak.failed + 0.01) / (leak.failed + leak.spared + 0.02) : 0
  const spare = (least: number, stray: number): number =>
    Math.log((1 - Math.min(0.99, Math.max(least, share))) / (1 - stray))
  leak.fineInRow += 1
  leak.sure = Math.max(0, leak.sure + spare(leakShare, strayChance))
  leak.telling = Math.max(0, leak.telling + spare(leakShare, strayChance))
  leak.quiet = Math.max(0, leak.quiet + spare(quietLeakShare, quietStrayChance))
  leak.quietSure = Math.max(0, leak.quietSure + spare(quietLeakShare, quietStrayChance))
  leak.unhurried = Math.min(outNats(settings), Math.max(0, leak.unhurried + unhurriedNats(look, settings)))
  if (leak.telling === 0 && leak.quiet === 0) Object.assign(leak, newLeak())
}

/**
 * Adds a look that was not fine, in place.
 *
 * @param fineAt start of the last that was
 * @param alone all else at the vantage is fine, and there is something else
 */
export function leakFailed(
  leak: Leak,
  look: Look,
  fineAt: number | null,
  alone: boolean,
  settings: DetectSettings,
): void {
  const { outcome, layer } = look.verdict
  const hit = Math.log(settings.leakShare / settings.strayChance)
  const quietHit = Math.log(settings.quietLeakShare / settings.quietStrayChance)
  if (outcome === 'down') {
    leak.telling = Math.max(0, leak.telling - hit)
    leak.quiet = Math.max(0, leak.quiet - quietHit)
    leak.quietSure = Math.max(0, leak.quietSure - quietHit)
    return
  }
  if (outcome !== 'anomaly' && outcome !== 'confirmed') return
  if (leak.failed === 0) {
    leak.fineAt = fineAt
    leak.failedAt = look.endedAt
  }
  leak.failed += 1
  leak.spared += leak.fineInRow
  leak.fineInRow = 0
  if (layer === 'http') leak.http = true
  const top = outNats(settings)
  if (isTelling(look, settings)) {
    if (leak.holds) leak.sure += hit
    leak.telling = Math.min(top, leak.telling + hit)
  } else {
    const sure = leak.quietSure + (alone ? quietHit : -quietHit)
    if (leak.holds) leak.quietSure = Math.min(top, Math.max(0, sure))
    leak.quiet = Math.min(top, leak.quiet + quietHit)
  }
  if (leak.telling >= top || leak.quiet >= top) leak.holds = true
}

/** What it says about the cause, in nats for interference. @param at now, Unix ms */
export function leakNats(leak: Leak, at: number, settings: DetectSettings): number {
  const { sure, quietSure, unhurried, failedAt } = leak
  if (failedAt === null) return sure
  return Math.max(sure, Math.min(quietSure, unhurried, faultNats(Math.max(0, at - failedAt), settings)))
}

/** A censor spares a connection as a whole; where loss spares one, it mostly took a second try. Pages may be slow by themselves. */
function unhurriedNats({ startedAt, endedAt, sawHttp }: Look, settings: DetectSettings): number {
  const { quickShare, lossyQuickShare } = settings
  if (endedAt - startedAt < RETRY_MS) return Math.log(quickShare / lossyQuickShare)
  return sawHttp ? 0 : Math.log((1 - quickShare) / (1 - lossyQuickShare))
}

/** Loss strikes the opening of a connection, which has the fewest tries, long before it strikes the handshake alone. */
const AFTER_HELLO: ReadonlySet<Mechanism | null> = new Set<Mechanism | null>(['tls.sni-timeout'])

function isTelling({ verdict }: Look, { strongNats }: DetectSettings): boolean {
  return AFTER_HELLO.has(verdict.mechanism) || (!verdict.silent && verdict.weight >= strongNats)
}
