/** read-outages: outages with their causes and evidence, in order of onset. */
import type { Database } from 'better-sqlite3'
import type { Cause, CauseChange, Outage } from '../../model/outage.ts'
import type { Mechanism } from '../../model/verdict.ts'
import { allOf, type Sql, sql, where } from '../file/sql.ts'
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

/** An outage without its children. */
type OutageRow = Omit<Outage, 'causes' | 'evidence'>

const COLUMNS = sql`id, service, vantage, cause, mechanism, onset_after_at as onsetAfterAt, onset_before_at as onsetBeforeAt,
  opened_at as openedAt, end_after_at as endAfterAt, end_before_at as endBeforeAt, closed_at as closedAt, reopened`

/** As in the index outage_long. */
const LONG_MS = 604_800_000

/** Outages whose children are read with one statement. */
const AT_ONCE = 500

/** An outage runs from the first measurement that failed to the first that was fine again; it is listed when it overlaps [since, until). */
export function readOutages(db: Database, filter: OutageFilter): Outage[] {
  return inParts(rowsOf(db, filter), (rows) => withChildren(db, rows))
}

/** Those there are, the earliest onset first. */
export function readOutagesById(db: Database, ids: readonly string[]): Outage[] {
  const outages = inParts(ids, (some) =>
    withChildren(db, allOf<OutageRow>(db, sql`select ${COLUMNS} from outage where id in ${some}`)),
  )
  return outages.sort((a, b) => a.onsetBeforeAt - b.onsetBeforeAt || (a.id < b.id ? -1 : 1))
}

function inParts<T>(all: readonly T[], read: (some: readonly T[]) => Outage[]): Outage[] {
  const outages: Outage[] = []
  for (let i = 0; i < all.length; i += AT_ONCE) outages.push(...read(all.slice(i, i + AT_ONCE)))
  return outages
}

function rowsOf(db: Database, filter: OutageFilter): OutageRow[] {
  if (filter.since === undefined) return allOf(db, outagesQuery(filter, 'all'))
  const rows: OutageRow[] = []
  for (const part of filter.order === 'oldest'
    ? (['long', 'recent'] as const)
    : (['recent', 'long'] as const)) {
    const limit = filter.limit === undefined ? undefined : filter.limit - rows.length
    if (limit !== undefined && limit <= 0) break
    const some = { ...filter, ...(limit !== undefined && { limit }) }
    rows.push(...allOf<OutageRow>(db, outagesQuery(some, part)))
  }
  return rows
}

/** Public so that a test can ask SQLite how it goes about it. */
export function outagesQuery(filter: OutageFilter, part: OutagePart): Sql {
  const { service, vantage, cause, mechanism, since, until, open, limit, order = 'newest', after } = filter
  const [direction, beyond] = order === 'oldest' ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`]
  const wanted = where(
    service === null ? sql`service is null` : service !== undefined && sql`service = ${service}`,
    vantage !== undefined && sql`vantage = ${vantage}`,
    cause !== undefined && sql`cause = ${cause}`,
    mechanism !== undefined && sql`mechanism = ${mechanism}`,
    until !== undefined && sql`onset_before_at < ${until}`,
    since !== undefined && sql`(end_before_at is null or end_before_at > ${since})`,
    since !== undefined && part === 'recent' && sql`onset_before_at >= ${since - LONG_MS}`,
    since !== undefined && part === 'long' && sql`onset_before_at < ${since - LONG_MS}`,
    // word for word as in the index, or SQLite cannot tell that it serves
    part === 'long' && sql`(end_before_at is null or end_before_at - onset_before_at > 604800000)`,
    open !== undefined && (open ? sql`closed_at is null` : sql`closed_at is not null`),
    after !== undefined && sql`(onset_before_at, id) ${beyond} ${[after.at, after.id]}`,
  )
  return sql`select ${COLUMNS} from outage ${wanted} order by onset_before_at ${direction}, id ${direction} limit ${limit ?? -1}`
}

function withChildren(db: Database, rows: readonly OutageRow[]): Outage[] {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const causes = allOf<CauseChange & { outageId: string }>(
    db,
    sql`select outage_id as outageId, at, cause, mechanism, reason from cause_change
        where outage_id in ${ids} order by outage_id, position`,
  )
  // One text per outage: as rows of bytes these would be most of what a page costs.
  const evidence = allOf<{ outage_id: string; uuids: string }>(
    db,
    sql`select outage_id, group_concat(lower(hex(uuid)), ' ' order by position) as uuids from evidence
        where outage_id in ${ids} group by outage_id`,
  )
  const causesOf = Map.groupBy(causes, (row) => row.outageId)
  const evidenceOf = new Map(evidence.map((row) => [row.outage_id, row.uuids.split(' ').map(uuidOfHex)]))
  return rows.map(({ reopened, ...row }) => ({
    ...row,
    causes: (causesOf.get(row.id) ?? []).map(causeChange),
    reopened,
    evidence: evidenceOf.get(row.id) ?? [],
  }))
}

function causeChange({ at, cause, mechanism, reason }: CauseChange): CauseChange {
  return { at, cause, mechanism, reason }
}
