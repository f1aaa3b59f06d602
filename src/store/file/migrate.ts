/** migrate: brings a database to the newest schema, whole or not at all. Forward only. */
import type { Database } from 'better-sqlite3'
import { sql as start } from '../migrations/0001-start.ts'
import { sql as record } from '../migrations/0002-record.ts'
import { sql as vantageFacts } from '../migrations/0003-vantage-facts.ts'
import { sql as replay } from '../migrations/0004-replay.ts'
import { sql as rates } from '../migrations/0005-rates.ts'

const MIGRATIONS: Readonly<Record<string, string>> = {
  '0001-start': start,
  '0002-record': record,
  '0003-vantage-facts': vantageFacts,
  '0004-replay': replay,
  '0005-rates': rates,
}

/** Which were applied. Kysely, which wrote them first, gave the tables their names. */
const APPLIED = `
  create table if not exists kysely_migration (
    name varchar(255) not null primary key,
    timestamp varchar(255) not null
  );
  create table if not exists kysely_migration_lock (
    id varchar(255) not null primary key,
    is_locked integer default 0 not null
  );
  insert into kysely_migration_lock (id, is_locked) values ('migration_lock', 0) on conflict do nothing;
`

/** The schema this program writes; the number of its last migration. */
export const SCHEMA_VERSION = versionOf(Object.keys(MIGRATIONS))

/** The schema a list of applied migrations amounts to; 0 for none. */
export function versionOf(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number.parseInt(name, 10)))
}

/**
 * Applies what is missing, in one transaction.
 *
 * @param also runs inside that transaction once the schema is there
 * @returns names of the migrations applied, oldest first
 */
export function migrate(db: Database, also: () => void): string[] {
  const apply = db.transaction(() => {
    db.exec(APPLIED)
    const applied = new Set(db.prepare<[], string>('select name from kysely_migration').pluck().all())
    const missing = Object.entries(MIGRATIONS).filter(([name]) => !applied.has(name))
    const note = db.prepare('insert into kysely_migration (name, timestamp) values (?, ?)')
    for (const [name, sql] of missing) {
      db.exec(sql)
      note.run(name, new Date().toISOString())
    }
    also()
    return missing.map(([name]) => name)
  })
  return apply.immediate()
}
