/** candidates: which events may have caused a block at all, how often such events come, and how windows become lags. */
import { isClosed, type ClosedWindow, type TriggerEvent } from '../model/event.ts'
import { HOUR_MS } from '../model/time.ts'
import type { Span } from './lag.ts'

/** The stretch of time over which events were registered: rates are counted over it. Unix ms. */
export interface RecordSpan {
  readonly fromAt: number
  readonly untilAt: number
}

export interface Candidate {
  readonly event: TriggerEvent
  readonly window: ClosedWindow
}

/** The dated triggers of a country. Undated events, and every other role, never take part. */
export function candidatesOf(events: readonly TriggerEvent[], country: string): Candidate[] {
  return events.flatMap((event) =>
    event.role === 'trigger' && event.country === country && isClosed(event.at)
      ? [{ event, window: event.at }]
      : [],
  )
}

/** Candidate events per hour over the record; at least one is assumed, or nothing could be compared with it. */
export function rateOf(candidates: readonly Candidate[], record: RecordSpan): number {
  return Math.max(1, within(candidates, record).length) / ((record.untilAt - record.fromAt) / HOUR_MS)
}

/** Those that began inside the record. */
export function within(candidates: readonly Candidate[], record: RecordSpan): Candidate[] {
  return candidates.filter(
    ({ window }) => record.fromAt <= window.earliestAt && window.latestAt <= record.untilAt,
  )
}

export function spanOf(onset: ClosedWindow, event: ClosedWindow): Span {
  return {
    leastLag: (onset.earliestAt - event.latestAt) / HOUR_MS,
    onsetWidth: widthHours(onset),
    eventWidth: widthHours(event),
  }
}

export function widthHours(window: ClosedWindow): number {
  return (window.latestAt - window.earliestAt) / HOUR_MS
}
