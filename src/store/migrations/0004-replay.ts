/**
 * 0004: what a replay needs to come to the same answer: which controls a look was judged with, the ticks that changed
 * something, where the detector stood each day, and a log of what replays changed.
 */
import { sql, type Kysely } from 'kysely'
import { bytesType } from './bytes-type.ts'

export async function up(db: Kysely<unknown>): Promise<void> {
  const bytes = bytesType(db)
  await db.schema
    .createTable('judged_with')
    .addColumn('seq', 'integer', (c) => c.notNull().references('measurement.seq').onDelete('cascade'))
    .addColumn('position', 'integer', (c) => c.notNull()) // of several controls the order counts
    .addColumn('uuid', bytes, (c) => c.notNull()) // of the control's measurement; no reference: the oldest may be given up
    .addPrimaryKeyConstraint('judged_with_pk', ['seq', 'position'])
    .execute()
  await db.schema.createIndex('judged_with_uuid').on('judged_with').column('uuid').execute()
  await db.schema
    .createTable('tick')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('seq', 'integer', (c) => c.notNull()) // of the last measurement saved before it
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('tick_seq').on('tick').columns(['seq', 'id']).execute()
  await db.schema
    .createTable('detector_past')
    .addColumn('day_at', 'bigint', (c) => c.notNull()) // Unix ms: the first commit of a day, UTC
    .addColumn('vantage', 'text', (c) => c.notNull())
    .addColumn('seq', 'integer', (c) => c.notNull()) // of the last measurement in it
    .addColumn('tick_id', 'integer', (c) => c.notNull()) // of the last tick in it
    .addColumn('state', bytes, (c) => c.notNull()) // as in detector
    .addPrimaryKeyConstraint('detector_past_pk', ['day_at', 'vantage'])
    .execute()
  await db.schema
    .createTable('replay_audit')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('by_whom', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull()) // JSON: the span, the rules, and each outage before and after
    .execute()
  // Measurements saved before this one have neither: their verdict stands, and ticks among them are made anew.
  await sql`insert into meta (key, value)
    select 'replay_from_seq', cast(coalesce(max(seq), 0) + 1 as text) from measurement`.execute(db)
}
