/** read-outages: outages with their causes and evidence, newest onset first. */
import type { Kysely } from 'kysely'
import type { Cause, Outage } from '../model/outage.ts'
import type { OutageTable, Tables } from './schema.ts'
import { uuidText } from './uuid.ts'

/** A missing key means any. */
export interface OutageFilter {
  /** `null`: of the vantage itself */
  readonly service?: string | null
  readonly vantage?: string
  readonly cause?: Cause
  /** Unix ms: was not over by then */
  readonly since?: number
  /** Unix ms: had begun before then */
  readonly until?: number
  readonly open?: boolean
  readonly limit?: number
}

/** Outages whose children are read with one statement. */
const AT_ONCE = 500

/** An outage runs from the first look that failed to the first that was fine again; it is listed when it overlaps [since, until). */
export async function readOutages(db: Kysely<Tables>, filter: OutageFilter): Promise<Outage[]> {
  const rows = await outagesQuery(db, filter).execute()
  const outages: Outage[] = []
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    outages.push(...(await withChildren(db, rows.slice(i, i + AT_ONCE))))
  }
  return outages
}

export async function readOutage(db: Kysely<Tables>, id: string): Promise<Outage | null> {
  const rows = await db.selectFrom('outage').selectAll().where('id', '=', id).execute()
  return (await withChildren(db, rows))[0] ?? null
}

/** Public so that a test can ask SQLite how it goes about it. */
export function outagesQuery(db: Kysely<Tables>, filter: OutageFilter) {
  const { service, vantage, cause, since, until, open, limit } = filter
  let query = db.selectFrom('outage').selectAll().orderBy('onset_before_at', 'desc').orderBy('id', 'desc')
  if (service === null) query = query.where('service', 'is', null)
  else if (service !== undefined) query = query.where('service', '=', service)
  if (vantage !== undefined) query = query.where('vantage', '=', vantage)
  if (cause !== undefined) query = query.where('cause', '=', cause)
  if (until !== undefined) query = query.where('onset_before_at', '<', until)
  if (since !== undefined) {
    query = query.where((eb) => eb.or([eb('end_before_at', 'is', null), eb('end_before_at', '>', since)]))
  }
  if (open !== undefined) query = query.where('closed_at', open ? 'is' : 'is not', null)
  if (limit !== undefined) query = query.limit(limit)
  return query
}

async function withChildren(db: Kysely<Tables>, rows: readonly OutageTable[]): Promise<Outage[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const causes = await db
    .selectFrom('cause_change')
    .selectAll()
    .where('outage_id', 'in', ids)
    .orderBy('outage_id')
    .orderBy('position')
    .execute()
  const evidence = await db
    .selectFrom('evidence')
    .selectAll()
    .where('outage_id', 'in', ids)
    .orderBy('outage_id')
    .orderBy('position')
    .execute()
  const causesOf = Map.groupBy(causes, (row) => row.outage_id)
  const evidenceOf = Map.groupBy(evidence, (row) => row.outage_id)
  return rows.map((row) => ({
    id: row.id,
    service: row.service,
    vantage: row.vantage,
    cause: row.cause,
    mechanism: row.mechanism,
    onsetAfterAt: row.onset_after_at,
    onsetBeforeAt: row.onset_before_at,
    openedAt: row.opened_at,
    endAfterAt: row.end_after_at,
    endBeforeAt: row.end_before_at,
    closedAt: row.closed_at,
    causes: (causesOf.get(row.id) ?? []).map(({ at, cause, mechanism, reason }) => ({
      at,
      cause,
      mechanism,
      reason,
    })),
    reopened: row.reopened,
    evidence: (evidenceOf.get(row.id) ?? []).map(({ uuid }) => uuidText(uuid)),
  }))
}
