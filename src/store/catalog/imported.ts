/** imported: which files the record was last taken over from, so that nobody imports the same ones twice. */
import type { Database } from 'better-sqlite3'

export interface Imported {
  /** what `noteImported` was last given; `null` = nothing, or the last import did not end */
  readonly importedFrom: () => string | null
  /** @param print tells these files from any others */
  readonly noteImported: (print: string) => void
}

export function openImported(db: Database): Imported {
  const read = db.prepare<[], string>("select value from meta where key = 'imported_from'").pluck()
  const write = db.prepare(
    `insert into meta (key, value) values ('imported_from', ?)
     on conflict (key) do update set value = excluded.value where value <> excluded.value`,
  )
  return {
    importedFrom: () => read.get() ?? null,
    noteImported(print) {
      write.run(print)
    },
  }
}
