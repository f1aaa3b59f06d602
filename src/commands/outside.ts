/** How what is in the record looks outside: times in ISO 8601, `null` for what is not known. */
import type { KeptEvent } from '../model/history.ts'
import type { AuditEntry } from '../model/history.ts'
import type { Incident } from '../model/incident.ts'
import type { Report } from '../model/report.ts'
import type { Dating, Window } from '../model/event.ts'
import { entryOf } from './event-entry.ts'

export type IsoWindow = readonly [string | null, string | null]

export function isoOf(at: number): string
export function isoOf(at: number | null): string | null
export function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

export function isoWindow({ earliestAt, latestAt }: Window): IsoWindow {
  return [isoOf(earliestAt), isoOf(latestAt)]
}

/** An event as a file would hold it, with its life in the record. */
export function eventRow({ event, addedBy, retractedAt }: KeptEvent) {
  return { ...entryOf(event), addedBy, retracted: isoOf(retractedAt) }
}

export function auditRow({ id, at, by, action, before, after }: AuditEntry) {
  return {
    id,
    at: isoOf(at),
    by,
    action,
    before: before === null ? null : entryOf(before),
    after: after === null ? null : entryOf(after),
  }
}

/** An incident with its windows as pairs. */
export function incidentRow(incident: Incident) {
  const { onset, end, ...rest } = incident
  return { ...rest, onset: isoWindow(onset), end: isoWindow(end) }
}

export function reportRow({ onset, end, ...rest }: Report) {
  return { ...rest, onset: datingRow(onset), end: datingRow(end) }
}

function datingRow({ stated, precision, earliestAt, latestAt }: Dating) {
  return { stated, precision, earliest: isoOf(earliestAt), latest: isoOf(latestAt) }
}
