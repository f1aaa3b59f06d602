/** passing: what time alone brings about: planned probes come due, waits end, canaries grow stale, open outages are weighed again. Pure. */
import { SECOND_MS } from '../model/time.ts'
import { foldTick } from '../detect/fold.ts'
import { canaryRoundOf } from '../detect/settings.ts'
import { confirmNow, diagnose } from './due.ts'
import { resolve } from './measured.ts'
import type { Held } from './state.ts'
import { TIME_PASSED } from './steps.ts'

/** What an outage's change brings about elsewhere comes within this. */
const LIVELY_MS = 90 * SECOND_MS
const CALM_EVERY_MS = 10 * SECOND_MS

export function onTick<M>(held: Held<M>, at: number): void {
  const { detector, watch, watching } = held
  held.asks.forget(at)
  for (const planned of held.confirmations.take(at)) confirmNow(held, planned)
  const since = { clockWentBack: at < held.newestAt, watchChanged: watch !== held.tickedWatch }
  const { changes, moved } = foldTick(detector, at, watch, watching.settings, since)
  for (const [i, vantage] of moved.entries()) {
    const here = changes.filter(({ outage }) => outage.vantage === vantage)
    held.step({ ...TIME_PASSED, tickAt: i === 0 ? at : null }, vantage, here, at)
  }
  // Only now: after a sleep what the canaries said before it no longer holds.
  resolve(held, at)
  held.step(TIME_PASSED, null, [], at)
  held.tickedAt = at
  held.tickedWatch = watch
  held.newestAt = at
  held.staleAt = staleAt(held)
  if (!held.past) for (const outage of held.diagnoses.due(at)) diagnose(held, outage)
}

/**
 * When time next matters, Unix ms; Infinity = not before something happens. While an outage is open another vantage may settle what
 * this one could not: at each whole second for a while after one has changed, at every tenth afterwards.
 */
export function nextWakeAt<M>(held: Held<M>): number {
  const { confirmations, pending, open } = held
  const everyMs = held.tickedAt - held.changedAt < LIVELY_MS ? SECOND_MS : CALM_EVERY_MS
  const weighAt = open.size === 0 ? Infinity : Math.floor(held.tickedAt / everyMs) * everyMs + everyMs
  return Math.min(confirmations.nextAt(), pending.nextAt(), weighAt, held.staleAt)
}

/** When the canary that was asked longest ago stops counting. */
function staleAt<M>({ detector, watch, watching }: Held<M>): number {
  let oldestAt = Infinity
  for (const { canaries } of Object.values(detector.vantages))
    for (const { endedAt } of Object.values(canaries)) oldestAt = Math.min(oldestAt, endedAt)
  return oldestAt + canaryRoundOf(watch) * watching.settings.gapRounds + 1
}
