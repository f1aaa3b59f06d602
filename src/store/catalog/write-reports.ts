/** write-reports: documented outages in. Only files write them, so the table always says what the file says. */
import { isDeepStrictEqual } from 'node:util'
import type { Database } from 'better-sqlite3'
import type { ReportRecord } from '../../model/report.ts'
import { createBump } from '../file/versions.ts'

export interface ReportsImported {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  /** those the file no longer holds */
  readonly removed: number
}

/** @returns imports a whole record, in one transaction */
export function createReportWriter(db: Database): (record: ReportRecord) => ReportsImported {
  const bump = createBump(db)
  const all = db.prepare<[], { id: string; body: string }>('select id, body from report')
  const upsert = db.prepare(
    `insert into report (id, position, body) values (?, ?, ?)
     on conflict (id) do update set position = excluded.position, body = excluded.body`,
  )
  const remove = db.prepare('delete from report where id = ?')
  const span = db.prepare(
    'insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value where value <> excluded.value',
  )
  const importAll = db.transaction(({ fromAt, untilAt, reports }: ReportRecord): ReportsImported => {
    const known = new Map(all.all().map(({ id, body }) => [id, body]))
    const tally = { added: 0, changed: 0, unchanged: 0, removed: 0 }
    for (const [position, report] of reports.entries()) {
      const body = JSON.stringify(report)
      const before = known.get(report.id)
      known.delete(report.id)
      if (before === undefined) tally.added += 1
      else if (isDeepStrictEqual(JSON.parse(before), JSON.parse(body))) tally.unchanged += 1
      else tally.changed += 1
      upsert.run(report.id, position, body)
    }
    for (const id of known.keys()) tally.removed += remove.run(id).changes
    const moved =
      span.run('reports_from', String(fromAt)).changes + span.run('reports_until', String(untilAt)).changes
    if (tally.added + tally.changed + tally.removed + moved > 0) bump('record_version')
    return tally
  })
  return (record) => importAll.immediate(record)
}
