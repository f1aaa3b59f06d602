/** attempt: work for a timer. What goes wrong there would end the process; it is logged, and comes round again. */
import type { Log } from './log.ts'

export function attempt(log: Log, work: () => void): void {
  try {
    work()
  } catch (err) {
    log.error({ err }, 'periodic work failed')
  }
}
