/** read-record: documented events and reports, whole; there are hundreds of them, not millions. */
import type { Kysely } from 'kysely'
import type { TriggerEvent } from '../../model/event.ts'
import type { AuditEntry, KeptEvent } from '../../model/history.ts'
import type { Report, ReportRecord } from '../../model/report.ts'
import type { Tables } from '../file/schema.ts'

/** All events by id, including retracted ones. */
export async function readEvents(db: Kysely<Tables>): Promise<KeptEvent[]> {
  const rows = await db.selectFrom('event').selectAll().orderBy('id').execute()
  return rows.map(keptEvent)
}

export function keptEvent(row: Pick<Tables['event'], 'body' | 'added_by' | 'retracted_at'>): KeptEvent {
  return {
    event: JSON.parse(row.body) as TriggerEvent,
    addedBy: row.added_by,
    retractedAt: row.retracted_at,
  }
}

/** What was done to one event, oldest first. */
export async function readAudit(db: Kysely<Tables>, event: string): Promise<AuditEntry[]> {
  const rows = await db
    .selectFrom('event_audit')
    .selectAll()
    .where('event_id', '=', event)
    .orderBy('id')
    .execute()
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
export async function readReportRecord(db: Kysely<Tables>): Promise<ReportRecord | null> {
  const span = await db
    .selectFrom('meta')
    .selectAll()
    .where('key', 'in', ['reports_from', 'reports_until'])
    .execute()
  const rows = await db.selectFrom('report').select('body').orderBy('position').execute()
  return reportRecord(
    span,
    rows.map(({ body }) => body),
  )
}

export function reportRecord(
  span: readonly Tables['meta'][],
  bodies: readonly string[],
): ReportRecord | null {
  const at = (key: string) => span.find((row) => row.key === key)?.value
  const [from, until] = [at('reports_from'), at('reports_until')]
  if (from === undefined || until === undefined) return null
  return {
    fromAt: Number(from),
    untilAt: Number(until),
    reports: bodies.map((body) => JSON.parse(body) as Report),
  }
}
