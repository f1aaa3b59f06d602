/** count-rows: how many rows each table of a store has, so that a copy can be compared with it. */
import type { Database } from 'better-sqlite3'

/** By table, in order of name; SQLite's own tables are left out. */
export function countRows(db: Database): Record<string, number> {
  const tables = db
    .prepare<[], string>(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
    )
    .pluck()
    .all()
  const count = (table: string) =>
    db
      .prepare<[], number>(`select count(*) from "${table.replaceAll('"', '""')}"`)
      .pluck()
      .get()!
  return Object.fromEntries(tables.map((table) => [table, count(table)]))
}
