/** period: the stretch of time a command is asked about. */
import { AppError } from '../model/error.ts'
import { parseTime } from '../model/time.ts'
import type { Span } from '../model/history.ts'
import type { Period } from '../views/state-series.ts'

/** Reads `--since` and `--until`; without the latter, until now. @throws AppError `usage` when there is nothing between them */
export function periodOf(since: string, until: string | undefined, now: number): Period {
  const fromAt = parseTime(since, '--since', now)
  const untilAt = until === undefined ? now : parseTime(until, '--until', now)
  inOrder(fromAt, untilAt)
  return { fromAt, untilAt }
}

/** The same for lists, where either may be left out and then means any. @throws AppError `usage` when there is nothing between them */
export function spanOf(
  { since, until }: { readonly since?: string | undefined; readonly until?: string | undefined },
  now: number,
): Span {
  const fromAt = since === undefined ? null : parseTime(since, '--since', now)
  const untilAt = until === undefined ? null : parseTime(until, '--until', now)
  if (fromAt !== null && untilAt !== null) inOrder(fromAt, untilAt)
  return { ...(fromAt !== null && { since: fromAt }), ...(untilAt !== null && { until: untilAt }) }
}

function inOrder(fromAt: number, untilAt: number): void {
  if (fromAt < untilAt) return
  throw new AppError(
    'usage',
    `--since (${new Date(fromAt).toISOString()}) must lie before --until (${new Date(untilAt).toISOString()})`,
  )
}
