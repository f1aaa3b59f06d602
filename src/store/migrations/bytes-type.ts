/** What a column of raw bytes is called: the one word on which SQLite and PostgreSQL differ in our migrations. */
import { PostgresAdapter, type Kysely } from 'kysely'

export function bytesType(db: Kysely<unknown>): 'bytea' | 'blob' {
  return db.getExecutor().adapter instanceof PostgresAdapter ? 'bytea' : 'blob'
}
