/**
 * 0001: measurements in small rows, outages with their causes and evidence, hourly counts, and the detector's state.
 *
 * A measurement is found by its id, or by `seq`, the order in which it was saved; `stretch` says which `seq` an hour of
 * time lies in. One index fewer than by time keeps an ok measurement under 100 bytes.
 */
import { sql, type Kysely } from 'kysely'
import { bytesType } from './bytes-type.ts'

export async function up(db: Kysely<unknown>): Promise<void> {
  const bytes = bytesType(db)
  await db.schema
    .createTable('meta')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute()
  await createDictionaries(db)
  await createMeasurements(db, bytes)
  await createOutages(db, bytes)
  await db.schema
    .createTable('detector')
    .addColumn('vantage', 'text', (c) => c.primaryKey())
    .addColumn('saved_at', 'bigint', (c) => c.notNull())
    .addColumn('state', bytes, (c) => c.notNull()) // JSON, zstd: it is written with nearly every commit
    .execute()
}

/** Words that repeat in every row; an entry is never changed nor removed, so an id means the same for ever. */
async function createDictionaries(db: Kysely<unknown>): Promise<void> {
  for (const table of ['vantage', 'endpoint']) {
    await db.schema
      .createTable(table)
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull().unique())
      .execute()
  }
  await db.schema
    .createTable('series')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('endpoint_id', 'integer', (c) => c.notNull().references('endpoint.id'))
    .addColumn('vantage_id', 'integer', (c) => c.notNull().references('vantage.id'))
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('purpose', 'text', (c) => c.notNull())
    .addUniqueConstraint('series_once', ['endpoint_id', 'vantage_id', 'url', 'plan', 'purpose'])
    .execute()
  await db.schema
    .createTable('rule')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addUniqueConstraint('rule_once', ['outcome', 'name'])
    .execute()
  await db.schema
    .createTable('verdict')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('rule_id', 'integer', (c) => c.notNull().references('rule.id'))
    .addColumn('body', 'text', (c) => c.notNull()) // JSON, keys in a fixed order
    .addUniqueConstraint('verdict_once', ['body', 'rule_id'])
    .execute()
}

async function createMeasurements(db: Kysely<unknown>, bytes: ReturnType<typeof bytesType>): Promise<void> {
  await db.schema
    .createTable('measurement')
    .addColumn('seq', 'integer', (c) => c.primaryKey()) // order saved, which is the order replayed
    .addColumn('uuid', bytes, (c) => c.notNull().unique())
    .addColumn('series_id', 'integer', (c) => c.notNull().references('series.id'))
    .addColumn('verdict_id', 'integer', (c) => c.references('verdict.id')) // null: never judged
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('duration_ms', 'integer', (c) => c.notNull())
    .addColumn('dns_ms', 'integer') // null: no such step succeeded
    .addColumn('tcp_ms', 'integer')
    .addColumn('tls_ms', 'integer')
    .addColumn('http_ms', 'integer')
    .addColumn('saw_http', 'integer', (c) => c.notNull().check(sql`saw_http in (0, 1)`))
    .addColumn('unfit', 'text')
    .addColumn('answered', 'text') // what a canary said of its vantage; null for all others
    .execute()
  await db.schema
    .createTable('record')
    .addColumn('seq', 'integer', (c) => c.primaryKey().references('measurement.seq').onDelete('cascade'))
    .addColumn('body', bytes, (c) => c.notNull()) // the whole measurement: JSON, zstd
    .execute()
  await db.schema
    .createTable('stretch')
    .addColumn('hour_at', 'bigint', (c) => c.notNull()) // Unix ms, start of hour, UTC
    .addColumn('first_seq', 'integer', (c) => c.notNull())
    .addColumn('last_seq', 'integer', (c) => c.notNull()) // rows of other hours may lie between the two
    .addColumn('n', 'integer', (c) => c.notNull().check(sql`n >= 0`)) // rows of this hour still there
    .addColumn('pruned', 'integer', (c) => c.notNull().check(sql`pruned in (0, 1)`))
    .addPrimaryKeyConstraint('stretch_pk', ['hour_at', 'first_seq'])
    .execute()
  await db.schema.createIndex('stretch_unpruned').on('stretch').columns(['pruned', 'hour_at']).execute()
  await db.schema
    .createTable('cell')
    .addColumn('hour_at', 'bigint', (c) => c.notNull()) // Unix ms, start of hour, UTC
    .addColumn('endpoint_id', 'integer', (c) => c.notNull().references('endpoint.id'))
    .addColumn('vantage_id', 'integer', (c) => c.notNull().references('vantage.id'))
    .addColumn('rule_id', 'integer', (c) => c.notNull().references('rule.id'))
    .addColumn('n', 'integer', (c) => c.notNull().check(sql`n > 0`))
    .addPrimaryKeyConstraint('cell_pk', ['hour_at', 'endpoint_id', 'vantage_id', 'rule_id'])
    .execute()
}

async function createOutages(db: Kysely<unknown>, bytes: ReturnType<typeof bytesType>): Promise<void> {
  await db.schema
    .createTable('outage')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('service', 'text') // null: the vantage itself
    .addColumn('vantage', 'text', (c) => c.notNull())
    .addColumn('cause', 'text', (c) => c.notNull())
    .addColumn('mechanism', 'text')
    .addColumn('onset_after_at', 'bigint')
    .addColumn('onset_before_at', 'bigint', (c) => c.notNull())
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .addColumn('end_after_at', 'bigint')
    .addColumn('end_before_at', 'bigint')
    .addColumn('closed_at', 'bigint')
    .addColumn('reopened', 'integer', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('outage_onset').on('outage').columns(['onset_before_at', 'id']).execute()
  await db.schema
    .createTable('cause_change')
    .addColumn('outage_id', 'text', (c) => c.notNull().references('outage.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('cause', 'text', (c) => c.notNull())
    .addColumn('mechanism', 'text')
    .addColumn('reason', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('cause_change_pk', ['outage_id', 'position'])
    .execute()
  await db.schema
    .createTable('evidence')
    .addColumn('outage_id', 'text', (c) => c.notNull().references('outage.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('uuid', bytes, (c) => c.notNull()) // no reference: it may be saved after the outage that cites it
    .addPrimaryKeyConstraint('evidence_pk', ['outage_id', 'position'])
    .execute()
  await db.schema.createIndex('evidence_uuid').on('evidence').column('uuid').execute()
}
