/** dictionary: gives each distinct entry a small number, once and for ever. */
import type { Database } from 'better-sqlite3'

/** Entries remembered between commits; beyond it, the unique index answers. */
const REMEMBERED = 5000

/** @param columns together unique in the table */
export function createDictionary(db: Database, table: string, columns: readonly string[]) {
  const find = db.prepare<(string | number)[], { id: number }>(
    `select id from ${table} where ${columns.map((name) => `${name} = ?`).join(' and ')}`,
  )
  const add = db.prepare<(string | number)[], { id: number }>(
    `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')}) returning id`,
  )
  const known = new Map<string, number>()
  return {
    /** The number of an entry, which is added when new. Call it inside the transaction that uses it. */
    idOf(...entry: (string | number)[]): number {
      const key = entry.join('\0')
      const seen = known.get(key)
      if (seen !== undefined) return seen
      const { id } = find.get(...entry) ?? add.get(...entry)!
      if (known.size >= REMEMBERED) known.clear()
      known.set(key, id)
      return id
    },
    /** Forgets what was remembered: after a rollback the numbers given in it are void. */
    forget: () => known.clear(),
  }
}
