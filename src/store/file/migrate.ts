/** migrate: brings a database to the newest schema, whole or not at all. Forward only. */
import type { Database } from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import * as start from '../migrations/0001-start.ts'
import * as record from '../migrations/0002-record.ts'
import * as vantageFacts from '../migrations/0003-vantage-facts.ts'
import * as replay from '../migrations/0004-replay.ts'
import * as rates from '../migrations/0005-rates.ts'

const MIGRATIONS: Record<string, Migration> = {
  '0001-start': start,
  '0002-record': record,
  '0003-vantage-facts': vantageFacts,
  '0004-replay': replay,
  '0005-rates': rates,
}

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
export async function migrate(raw: Database, also: () => void): Promise<string[]> {
  const migrator = new Migrator({
    db: new Kysely<unknown>({ dialect: new SqliteDialect({ database: raw }) }),
    provider: { getMigrations: async () => MIGRATIONS },
  })
  // By hand: Kysely holds that SQLite cannot roll schema changes back, but it can, and a half-made schema helps nobody.
  raw.exec('begin immediate')
  try {
    const { error, results = [] } = await migrator.migrateToLatest({ disableTransactions: true })
    if (error !== undefined) throw error
    also()
    raw.exec('commit')
    return results.map(({ migrationName }) => migrationName)
  } catch (error) {
    if (raw.inTransaction) raw.exec('rollback')
    throw error
  }
}
