/** read-outages: outages with their causes and evidence, in order of onset. */
import { type Kysely, sql } from 'kysely'
import type { Cause, Outage } from '../../model/outage.ts'
import type { Mechanism } from '../../model/verdict.ts'
import type { OutageTable, Tables } from '../file/schema.ts'
import { uuidOfHex } from '../file/uuid.ts'

/** A missing key means any. */
export interface OutageFilter {
  /** `null`: of the vantage itself */
  readonly service?: string | null
  readonly vantage?: string
  readonly cause?: Cause
  readonly mechanism?: Mechanism
  /** Unix ms: was not over by then */
  readonly since?: number
  /** Unix ms: had begun before then */
  readonly until?: number
  readonly open?: boolean
  readonly limit?: number
  /** default `newest` first */
  readonly order?: 'newest' | 'oldest'
  /** only those beyond this one, in that order */
  readonly after?: { readonly at: number; readonly id: string }
}

/**
 * Which outages a statement looks through. Nearly all that overlap a span began in it or in the week before (`recent`); what
 * began earlier still is among the few that lasted longer than a week (`long`). Without a start of span there is but one part.
 */
export type OutagePart = 'all' | 'recent' | 'long'

/** As in the index outage_long. */
const LONG_MS = 604_800_000

/** Outages whose children are read with one statement. */
const AT_ONCE = 500

/** An outage runs from the first look that failed to the first that was fine again; it is listed when it overlaps [since, until). */
export async function readOutages(db: Kysely<Tables>, filter: OutageFilter): Promise<Outage[]> {
  const rows = await rowsOf(db, filter)
  const outages: Outage[] = []
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    outages.push(...(await withChildren(db, rows.slice(i, i + AT_ONCE))))
  }
  return outages
}

/** Those there are, the earliest onset first. */
export async function readOutagesById(db: Kysely<Tables>, ids: readonly string[]): Promise<Outage[]> {
  const outages: Outage[] = []
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const rows = await db
      .selectFrom('outage')
      .selectAll()
      .where('id', 'in', ids.slice(i, i + AT_ONCE))
      .execute()
    outages.push(...(await withChildren(db, rows)))
  }
  return outages.sort((a, b) => a.onsetBeforeAt - b.onsetBeforeAt || (a.id < b.id ? -1 : 1))
}

async function rowsOf(db: Kysely<Tables>, filter: OutageFilter): Promise<OutageTable[]> {
  if (filter.since === undefined) return outagesQuery(db, filter, 'all').execute()
  const rows: OutageTable[] = []
  for (const part of filter.order === 'oldest'
    ? (['long', 'recent'] as const)
    : (['recent', 'long'] as const)) {
    const limit = filter.limit === undefined ? undefined : filter.limit - rows.length
    if (limit !== undefined && limit <= 0) break
    rows.push(
      ...(await outagesQuery(db, { ...filter, ...(limit !== undefined && { limit }) }, part).execute()),
    )
  }
  return rows
}

/** Public so that a test can ask SQLite how it goes about it. */
export function outagesQuery(db: Kysely<Tables>, filter: OutageFilter, part: OutagePart) {
  const { service, vantage, cause, mechanism, since, until, open, limit, order = 'newest', after } = filter
  const direction = order === 'oldest' ? 'asc' : 'desc'
  let query = db
    .selectFrom('outage')
    .selectAll()
    .orderBy('onset_before_at', direction)
    .orderBy('id', direction)
  if (service === null) query = query.where('service', 'is', null)
  else if (service !== undefined) query = query.where('service', '=', service)
  if (vantage !== undefined) query = query.where('vantage', '=', vantage)
  if (cause !== undefined) query = query.where('cause', '=', cause)
  if (mechanism !== undefined) query = query.where('mechanism', '=', mechanism)
  if (until !== undefined) query = query.where('onset_before_at', '<', until)
  if (since !== undefined) {
    query = query.where((eb) => eb.or([eb('end_before_at', 'is', null), eb('end_before_at', '>', since)]))
    if (part === 'recent') query = query.where('onset_before_at', '>=', since - LONG_MS)
    if (part === 'long') {
      query = query
        .where('onset_before_at', '<', since - LONG_MS)
        // word for word as in the index, or SQLite cannot tell that it serves
        .where(sql<boolean>`(end_before_at is null or end_before_at - onset_before_at > 604800000)`)
    }
  }
  if (open !== undefined) query = query.where('closed_at', open ? 'is' : 'is not', null)
  if (limit !== undefined) query = query.limit(limit)
  if (after !== undefined) {
    const beyond = order === 'oldest' ? '>' : '<'
    query = query.where((eb) =>
      eb(eb.refTuple('onset_before_at', 'id'), beyond, eb.tuple(after.at, after.id)),
    )
  }
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
  // One text per outage: as rows of bytes these would be most of what a page costs.
  const evidence = await db
    .selectFrom('evidence')
    .select(['outage_id', sql<string>`group_concat(lower(hex(uuid)), ' ' order by position)`.as('uuids')])
    .where('outage_id', 'in', ids)
    .groupBy('outage_id')
    .execute()
  const causesOf = Map.groupBy(causes, (row) => row.outage_id)
  const evidenceOf = new Map(evidence.map((row) => [row.outage_id, row.uuids.split(' ').map(uuidOfHex)]))
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
    evidence: evidenceOf.get(row.id) ?? [],
  }))
}
