/**
 * When a cron expression comes due. node-cron is the calendar; the clock is schedule.ts's own, because node-cron's runner
 * computes every slot it missed (a day of a 30 s expression blocks the thread for a third of a second, so a month of sleep for
 * ten), and after the clock was set back it waits until the old time comes round again.
 */
import { createTask } from 'node-cron'

/** The next time a round is due, and the one after it. Unix ms. */
export interface Turn {
  readonly firesAt: number
  readonly nextAt: number
}

export type Calendar = ReturnType<typeof createCalendar>

/**
 * @param cron five fields, or six with seconds first
 * @param timezone IANA name the fields are read in
 * @throws what node-cron throws when the expression is not one; config/ has looked at it before
 */
export function createCalendar(cron: string, timezone: string) {
  const task = createTask(cron, () => {}, { timezone })
  return {
    /** counted from now */
    next(): Turn {
      const [first, second] = task.getNextRuns(2)
      return { firesAt: first!.getTime(), nextAt: second!.getTime() }
    },
    close(): void {
      void task.destroy() // never started: this only takes it off node-cron's list of tasks
    },
  }
}
