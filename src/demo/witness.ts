/** witness: keeps every outage as the daemon last told it, and lets the story wait for what should happen. */
import type { Outage, OutageChange } from '../model/outage.ts'

export interface Witness {
  readonly hear: (change: OutageChange) => void
  /** every outage told so far, as it now stands */
  readonly outages: () => readonly Outage[]
  /**
   * Resolves when the condition holds, asked after every change; or at the deadline, whether it does or not.
   *
   * @throws the signal's reason
   */
  readonly until: (
    condition: (outages: readonly Outage[]) => boolean,
    withinMs: number,
    signal: AbortSignal,
  ) => Promise<void>
}

export function openWitness(): Witness {
  const known = new Map<string, Outage>()
  const waiting = new Set<() => void>()
  const outages = () => [...known.values()]
  return {
    hear({ outage }) {
      known.set(outage.id, outage)
      for (const look of waiting) look()
    },
    outages,
    until: (condition, withinMs, signal) =>
      new Promise((resolve, reject) => {
        const finish = () => {
          clearTimeout(deadline)
          waiting.delete(look)
          signal.removeEventListener('abort', finish)
          if (signal.aborted) reject(signal.reason as Error)
          else resolve()
        }
        const look = () => {
          if (condition(outages())) finish()
        }
        const deadline = setTimeout(finish, withinMs)
        waiting.add(look)
        signal.addEventListener('abort', finish)
        if (signal.aborted) finish()
        else look()
      }),
  }
}
