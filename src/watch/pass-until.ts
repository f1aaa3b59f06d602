/** pass-until: lets time pass for a watchkeeper whose events lie in the past and whose ticks were not kept. Pure. */
import { SECOND_MS } from '../model/time.ts'
import type { Watchkeeper } from './keeper.ts'

/** When nothing has come for so long beyond what grows stale, nothing changes any more until something does. */
const CALM_MS = 10 * SECOND_MS

/**
 * Ticks at the moments between two measurements at which time matters, and at the end where it does.
 *
 * @param since the end of the measurement before, Unix ms; 0 = there was none
 * @param until the end of the one to come
 * @param staleMs how long what was measured holds
 */
export function passUntil(
  keeper: Pick<Watchkeeper<never>, 'nextWakeAt'>,
  since: number,
  until: number,
  staleMs: number,
  tick: (at: number) => void,
): void {
  if (since === 0) return
  const first = secondOf(since) + SECOND_MS
  const calmFrom = since + staleMs + CALM_MS
  for (let wakeAt = keeper.nextWakeAt(); wakeAt !== null; wakeAt = keeper.nextWakeAt()) {
    const next = Math.max(wakeAt, first)
    const at = next > calmFrom ? Math.max(next, secondOf(until)) : next
    if (at > until) return
    tick(at)
  }
}

function secondOf(at: number): number {
  return Math.floor(at / SECOND_MS) * SECOND_MS
}
