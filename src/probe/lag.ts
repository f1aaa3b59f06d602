/**
 * How late this thread runs: one ticking timer, shared by all probes in flight, whose lateness each of them remembers at worst.
 *
 * A timer that runs late means every timing taken meanwhile is too long, by up to as much.
 */

const TICK_MS = 20

interface Watcher {
  readonly since: number
  worstMs: number
}

const watchers = new Set<Watcher>()
let ticker: NodeJS.Timeout | null = null
let dueAt = 0

/** Starts watching. @returns ends it and says the worst lateness in ms; the timer lives only while somebody watches. */
export function watchLag(): () => number {
  const now = performance.now()
  const watcher: Watcher = { since: now, worstMs: 0 }
  watchers.add(watcher)
  if (ticker === null) {
    dueAt = now + TICK_MS
    ticker = setInterval(tick, TICK_MS)
  }
  return () => {
    const endAt = performance.now()
    note(watcher, endAt)
    watchers.delete(watcher)
    if (watchers.size === 0 && ticker !== null) {
      clearInterval(ticker)
      ticker = null
    }
    return Math.round(watcher.worstMs * 1000) / 1000
  }
}

function tick(): void {
  const now = performance.now()
  for (const watcher of watchers) note(watcher, now)
  dueAt = now + TICK_MS
}

/** Lateness up to this share of the whole spoils no timing: a measurement that waits ten seconds in vain is as vain half a second late. */
const SHARE_OF_ALL = 0.05

/**
 * Whether the thread ran too late for what was timed on it. Otherwise what is silent for long would be thrown away more often than
 * what answers, and on a small machine silence would hardly be seen.
 *
 * @param maxLagMs allowed whatever it took
 */
export function isTooLate(lagMs: number, durationMs: number, maxLagMs: number): boolean {
  return lagMs > Math.max(maxLagMs, durationMs * SHARE_OF_ALL)
}

/** A probe that began while the thread was already late suffered only the rest of it. */
function note(watcher: Watcher, now: number): void {
  watcher.worstMs = Math.max(watcher.worstMs, now - Math.max(dueAt, watcher.since))
}
