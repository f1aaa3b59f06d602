/**
 * trials: makes a list of trials a few at a time, one at a time per server, within the number and the time a diagnosis may use.
 *
 * A trial that could not run to its own end before the time is up is not begun, and one that was cut short is not recorded:
 * the end of our patience must never look like silence.
 */
import type { Experiment } from '../../model/experiment.ts'
import type { Run } from '../run.ts'

/** One trial to be made. */
export interface Planned {
  /** trials with the same key wait for each other, so that a trigger and what it may have tainted follow in order */
  readonly server: string
  /** the longest it may take, ms */
  readonly atMostMs: number
  readonly make: () => Promise<Experiment | null>
}

export type Trials = ReturnType<typeof createTrials>

/** Gentle: a household's line opens more than this for one page. */
const AT_ONCE = 4

/** @param endsAtMs on the run's own clock */
export function createTrials(run: Run, maxTrials: number, endsAtMs: number) {
  const made: Experiment[] = []
  let begun = 0
  let leftOut = 0
  const leftMs = (): number => endsAtMs - run.watch()

  async function one(planned: Planned): Promise<void> {
    if (run.signal.aborted || run.unfit !== null || begun >= maxTrials || leftMs() < planned.atMostMs) {
      leftOut += 1
      return
    }
    begun += 1
    const experiment = await planned.make()
    if (experiment !== null && !run.signal.aborted) made.push(experiment)
  }

  return {
    /** in the order they ended */
    made: made as readonly Experiment[],
    /** how many were not begun */
    leftOut: () => leftOut,
    leftMs,
    /** Makes all of them, in the order given as far as servers allow. */
    async all(planned: readonly Planned[]): Promise<void> {
      const waiting = [...planned]
      const busy = new Set<string>()
      const worker = async (): Promise<void> => {
        for (;;) {
          const at = waiting.findIndex(({ server }) => !busy.has(server))
          if (at === -1) return
          const [next] = waiting.splice(at, 1)
          busy.add(next!.server)
          await one(next!)
          busy.delete(next!.server)
        }
      }
      // A worker that finds every server busy goes home; whoever is with that server takes what is left for it.
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      while (waiting.length > 0) await worker()
    },
  }
}
