/** 0005: how fast bytes came, beside the few measurements that timed them: detect/ folds it, so a replay must find it again. */
import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('rates')
    .addColumn('seq', 'integer', (c) => c.primaryKey().references('measurement.seq').onDelete('cascade'))
    .addColumn('body', 'text', (c) => c.notNull()) // JSON: Rates
    .execute()
}
