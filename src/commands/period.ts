/** period: the stretch of time a command is asked about. */
import { AppError } from '../model/error.ts'
import { parseTime } from '../model/time.ts'
import type { Period } from './strip.ts'

/**
 * Reads `--since` and `--until`; without the latter, until now.
 *
 * @throws AppError `usage` when there is nothing between them
 */
export function periodOf(since: string, until: string | undefined, now: number): Period {
  const fromAt = parseTime(since, '--since', now)
  const untilAt = until === undefined ? now : parseTime(until, '--until', now)
  if (fromAt >= untilAt) {
    throw new AppError(
      'usage',
      `--since (${new Date(fromAt).toISOString()}) must lie before --until (${new Date(untilAt).toISOString()})`,
    )
  }
  return { fromAt, untilAt }
}
