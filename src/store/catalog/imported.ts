/** imported: which files the record was last imported from, so that nobody imports the same ones twice. */
import type { Database } from 'better-sqlite3'

export function createImported(db: Database) {
  const read = db.prepare<[], string>("select value from meta where key = 'imported_from'").pluck()
  const write = db.prepare(
    `insert into meta (key, value) values ('imported_from', ?)
     on conflict (key) do update set value = excluded.value where value <> excluded.value`,
  )
  return {
    /** what `noteImported` was last given; `null` = nothing, or the last import did not end */
    importedFrom: (): string | null => read.get() ?? null,
    /** @param print tells these files from any others */
    noteImported(print: string): void {
      write.run(print)
    },
  }
}
