/** witness: keeps every outage as the daemon last told it, and lets the story wait for what should happen. */
import type { Outage, OutageChange } from '../model/outage.ts'

export interface Witness {
  readonly receive: (change: OutageChange) => void
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
    receive({ outage }) {
      known.set(outage.id, outage)
      for (const measurement of waiting) measurement()
    },
    outages,
    until: (condition, withinMs, signal) =>
      new Promise((resolve, reject) => {
        const finish = () => {
          clearTimeout(deadline)
          waiting.delete(check)
          signal.removeEventListener('abort', finish)
          if (signal.aborted) reject(signal.reason as Error)
          else resolve()
        }
        const check = () => {
          if (condition(outages())) finish()
        }
        const deadline = setTimeout(finish, withinMs)
        waiting.add(check)
        signal.addEventListener('abort', finish)
        if (signal.aborted) finish()
        else check()
      }),
  }
}
