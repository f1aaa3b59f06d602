/** record-span: over which stretch of time the documented record counts events. */
import type { TriggerEvent } from '../model/event.ts'
import type { ReportRecord } from '../model/report.ts'
import type { RecordSpan } from './candidates.ts'

/**
 * The stretch of time over which the rate of events is counted: what the reports' file says was searched, for the years since were
 * not; without such a file, from the first dated event to the last measurement.
 */
export function recordSpan(
  events: readonly TriggerEvent[],
  reports: ReportRecord | null,
  measured: { readonly lastAt: number } | null,
): RecordSpan | null {
  if (reports !== null) return { fromAt: reports.fromAt, untilAt: reports.untilAt }
  const dates = events.flatMap(({ at }) => [at.earliestAt ?? [], at.latestAt ?? []].flat())
  const fromAt = dates.reduce((least, at) => Math.min(least, at), Infinity)
  const untilAt = dates.reduce((most, at) => Math.max(most, at), measured?.lastAt ?? -Infinity)
  return fromAt < untilAt && fromAt !== Infinity ? { fromAt, untilAt } : null
}
