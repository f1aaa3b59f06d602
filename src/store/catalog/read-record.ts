/** read-record: documented events and reports, whole; there are hundreds of them, not millions. */
import type { Database } from 'better-sqlite3'
import type { TriggerEvent } from '../../model/event.ts'
import type { AuditEntry, KeptEvent } from '../../model/history.ts'
import type { Report, ReportRecord } from '../../model/report.ts'
import type { Tables } from '../file/schema.ts'

/** All events by id, including retracted ones. */
export function readEvents(db: Database): KeptEvent[] {
  return db.prepare<[], Tables['event']>('select * from event order by id').all().map(keptEvent)
}

export function keptEvent(row: Pick<Tables['event'], 'body' | 'added_by' | 'retracted_at'>): KeptEvent {
  return {
    event: JSON.parse(row.body) as TriggerEvent,
    addedBy: row.added_by,
    retractedAt: row.retracted_at,
  }
}

/** What was done to one event, oldest first. */
export function readAudit(db: Database, event: string): AuditEntry[] {
  const rows = db
    .prepare<[string], Tables['event_audit']>('select * from event_audit where event_id = ? order by id')
    .all(event)
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    by: row.by_whom,
    action: row.action,
    event: row.event_id,
    before: row.before_body === null ? null : (JSON.parse(row.before_body) as TriggerEvent),
    after: row.after_body === null ? null : (JSON.parse(row.after_body) as TriggerEvent),
  }))
}

/** The reports in the order of their file; `null` when none were ever imported. */
export function readReportRecord(db: Database): ReportRecord | null {
  const span = db.prepare<[], Tables['meta']>(
    "select * from meta where key in ('reports_from', 'reports_until')",
  )
  const bodies = db.prepare<[], string>('select body from report order by position').pluck()
  return reportRecord(span.all(), bodies.all())
}

function reportRecord(span: readonly Tables['meta'][], bodies: readonly string[]): ReportRecord | null {
  const at = (key: string) => span.find((row) => row.key === key)?.value
  const [from, until] = [at('reports_from'), at('reports_until')]
  if (from === undefined || until === undefined) return null
  return {
    fromAt: Number(from),
    untilAt: Number(until),
    reports: bodies.map((body) => JSON.parse(body) as Report),
  }
}
