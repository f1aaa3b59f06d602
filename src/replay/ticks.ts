/**
 * ticks: lets time pass in a replay whose past is not known to the second.
 *
 * A daemon ticks once a second by its own clock, and keeps the ticks that changed something; a replay that gives what it gave uses
 * those. Where rules differ, or none were kept, time passes here: at each whole second while an outage is open, which another
 * network's looks may settle, and at every tenth otherwise, when only canaries grow stale.
 */
import { SECOND_MS } from '../model/time.ts'
const CALM_MS = 10 * SECOND_MS

/**
 * @param staleMs nothing changes any more when nobody has looked for so long
 * @returns calls `tick` for moments after the last time it was asked, up to this one (Unix ms): never for one that looks folded
 *   before then lie ahead of
 */
export function createTicks(
  staleMs: number,
  isOpen: () => boolean,
  tick: (at: number) => void,
): (until: number) => void {
  let askedAt: number | null = null
  let tickedAt = 0
  return (until) => {
    const from = wholeSecond(askedAt ?? until)
    const end = wholeSecond(until)
    askedAt = until
    const quietFrom = from + staleMs + CALM_MS
    for (let at = from + SECOND_MS; at <= end; at = at >= quietFrom && at < end ? end : at + SECOND_MS) {
      const often = isOpen() && (at === end || at - from <= CALM_MS)
      if (!often && at - tickedAt < CALM_MS) continue
      tickedAt = at
      tick(at)
    }
  }
}

function wholeSecond(at: number): number {
  return Math.floor(at / SECOND_MS) * SECOND_MS
}
