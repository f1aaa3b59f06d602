/**
 * 0002: the record beside the measurements: documented events with their audit log, reports, incidents, the states of services
 * over time, and the tokens that may write events.
 *
 * Nouns are kept whole, as JSON, beside the few columns that are searched.
 */
import { sql, type Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await createEvents(db)
  await createIncidents(db)
  await createStates(db)
  await db.schema
    .createTable('token')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('hash', 'text', (c) => c.notNull().unique()) // SHA-256, hex; the token itself is nowhere
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  for (const key of ['record_version', 'incident_version']) {
    await sql`insert into meta (key, value) values (${key}, '0')`.execute(db)
  }
  // What began long ago and reaches into a span of time is found among these few; what began lately, by its onset.
  await db.schema
    .createIndex('outage_long')
    .on('outage')
    .columns(['onset_before_at', 'id'])
    .where(sql<boolean>`end_before_at is null or end_before_at - onset_before_at > 604800000`)
    .execute()
}

async function createEvents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('event')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('body', 'text', (c) => c.notNull()) // JSON: the event as it stands
    .addColumn('imported', 'text') // JSON: what the file last said; null: it never came from a file
    .addColumn('added_by', 'text', (c) => c.notNull())
    .addColumn('retracted_at', 'bigint') // null: it stands
    .execute()
  await db.schema
    .createTable('event_audit')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('by_whom', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('event_id', 'text', (c) => c.notNull().references('event.id'))
    .addColumn('before_body', 'text') // JSON; null: there was none
    .addColumn('after_body', 'text')
    .execute()
  await db.schema.createIndex('event_audit_event').on('event_audit').columns(['event_id', 'id']).execute()
  await db.schema
    .createTable('report')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('position', 'integer', (c) => c.notNull()) // in the file
    .addColumn('body', 'text', (c) => c.notNull()) // JSON
    .execute()
}

async function createIncidents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('incident')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('country', 'text', (c) => c.notNull())
    .addColumn('start_at', 'bigint', (c) => c.notNull()) // see extent.ts; undated ones come before all others
    .addColumn('until_at', 'bigint') // null: not over
    .addColumn('body', 'text', (c) => c.notNull()) // JSON
    .addColumn('gone_at', 'bigint') // null: it stands
    .addColumn('merged_into', 'text') // the incident that took its members in
    .execute()
  await db.schema.createIndex('incident_start').on('incident').columns(['start_at', 'id']).execute()
  await db.schema
    .createTable('incident_service')
    .addColumn('incident_id', 'text', (c) => c.notNull().references('incident.id'))
    .addColumn('service', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('incident_service_pk', ['incident_id', 'service'])
    .execute()
  await db.schema
    .createTable('incident_member')
    .addColumn('member', 'text', (c) => c.notNull()) // outage or report id
    .addColumn('incident_id', 'text', (c) => c.notNull().references('incident.id'))
    .addPrimaryKeyConstraint('incident_member_pk', ['member', 'incident_id'])
    .execute()
  await db.schema
    .createIndex('incident_member_incident')
    .on('incident_member')
    .column('incident_id')
    .execute()
  await db.schema
    .createTable('incident_change')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('at', 'bigint', (c) => c.notNull()) // when it was noticed
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('incident_id', 'text', (c) => c.notNull())
    .addColumn('others', 'text', (c) => c.notNull()) // JSON: incident ids
    .execute()
  await db.schema
    .createIndex('incident_change_incident')
    .on('incident_change')
    .columns(['incident_id', 'id'])
    .execute()
}

async function createStates(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('strip')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('service', 'text', (c) => c.notNull())
    .addColumn('vantage', 'text', (c) => c.notNull())
    .addUniqueConstraint('strip_once', ['service', 'vantage'])
    .execute()
  await db.schema
    .createTable('state_change')
    .addColumn('strip_id', 'integer', (c) => c.notNull().references('strip.id'))
    .addColumn('at', 'bigint', (c) => c.notNull()) // from here on
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('mechanism', 'text')
    .addColumn('ref', 'text') // outage id
    .addPrimaryKeyConstraint('state_change_pk', ['strip_id', 'at'])
    .execute()
}
