/** read-measurements: measurements by id, and by time page for page. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import { cursorOf, notAPlace, placeOf } from '../../model/cursor.ts'
import type { Measurement } from '../../model/measurement.ts'
import type { Outcome } from '../../model/verdict.ts'
import { HOUR_MS } from '../../model/time.ts'
import type { Names } from './names.ts'
import type { MeasurementTable, Tables } from '../file/schema.ts'
import { allOf, type Sql, sql, where } from '../file/sql.ts'
import { type StoredMeasurement, fullRecord, storedMeasurement } from './stored.ts'
import { type StateInterval, type Wanted, hoursOf } from './state-intervals.ts'
import { isUuid, uuidBytes } from '../file/uuid.ts'

export interface MeasurementFilter {
  /** Unix ms, inclusive, of the start */
  readonly since: number
  /** Unix ms, exclusive */
  readonly until: number
  readonly endpoint?: string
  /** any endpoint of this service, also one that is watched no more */
  readonly service?: string
  readonly vantage?: string
  readonly outcome?: Outcome
  /** default `newest` first */
  readonly order?: 'oldest' | 'newest'
  /** `next` of the page before */
  readonly after?: string
  readonly limit: number
}

export interface MeasurementPage {
  readonly rows: readonly StoredMeasurement[]
  /** `after` for the next page; `null` = this was the last one */
  readonly next: string | null
}

/** @returns the row and, where it was kept, the full record; `null` when there is no such measurement */
export function readMeasurement(
  db: Database,
  names: Names,
  id: string,
): { summary: StoredMeasurement; measurement: Measurement | null } | null {
  if (!isUuid(id)) return null
  const row = db
    .prepare<[Buffer], MeasurementTable>('select * from measurement where uuid = ?')
    .get(uuidBytes(id))
  if (row === undefined) return null
  const body = db.prepare<[number], Buffer>('select body from record where seq = ?').pluck().get(row.seq)
  return { summary: storedMeasurement(row, names), measurement: fullRecord(body ?? null) }
}

/**
 * Reads one page in order of start; rows that began in the same millisecond come in the order they were saved.
 *
 * It searches hour by hour and lets others run in between, so that no single statement takes long.
 *
 * @throws AppError usage when `after` is not what an earlier page gave
 */
export async function readMeasurements(
  db: Database,
  names: Names,
  filter: MeasurementFilter,
): Promise<MeasurementPage> {
  const { limit, order = 'newest' } = filter
  const wanted = wantedOf(db, filter)
  if (wanted === null || limit < 1) return { rows: [], next: null }
  const cursor = filter.after === undefined ? null : searchedFrom(filter.after)
  const since = cursor !== null && order === 'oldest' ? Math.max(filter.since, cursor.at) : filter.since
  const until = cursor !== null && order === 'newest' ? Math.min(filter.until, cursor.at + 1) : filter.until
  const seriesIds = seriesOf(db, wanted)
  const rows: MeasurementTable[] = []
  for await (const intervals of hoursOf(db, since, until, order, wanted)) {
    const search = { since, until, order, cursor, seriesIds, outcome: wanted.outcome, limit }
    const found = intervals.flatMap((interval) => allOf<MeasurementTable>(db, rowsQuery(interval, search)))
    rows.push(...found.sort((a, b) => inOrder(a, b, order)))
    if (rows.length >= limit) break
    await breathe()
  }
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    rows: page.map((row) => storedMeasurement(row, names)),
    next:
      last !== undefined && page.length === limit
        ? cursorOf({ at: last.started_at, id: String(last.seq) })
        : null,
  }
}

interface Search {
  readonly since: number
  readonly until: number
  readonly order: 'oldest' | 'newest'
  readonly cursor: { readonly at: number; readonly seq: number } | null
  readonly seriesIds: readonly number[] | null
  readonly outcome: Outcome | undefined
  readonly limit: number
}

/** The first `limit` rows of one stretch. Public so that a test can ask SQLite how it goes about it. */
export function rowsQuery(interval: StateInterval, search: Search): Sql {
  const { since, until, order, cursor, seriesIds, outcome, limit } = search
  const [direction, beyond] = order === 'oldest' ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`]
  const within = sql`between ${interval.first_seq} and ${interval.last_seq}`
  // What was not fine is kept in full, so the few full records lead to it past all that was.
  const byRecord = outcome !== undefined && outcome !== 'ok'
  const wanted = where(
    sql`started_at >= ${Math.max(since, interval.hour_at)}`,
    sql`started_at < ${Math.min(until, interval.hour_at + HOUR_MS)}`,
    byRecord ? sql`seq in (select record.seq from record where record.seq ${within})` : sql`seq ${within}`,
    seriesIds !== null && sql`series_id in ${seriesIds}`,
    outcome !== undefined &&
      sql`verdict_id in (select v.id from verdict v join rule r on r.id = v.rule_id where r.outcome = ${outcome})`,
    cursor !== null &&
      sql`(started_at ${beyond} ${cursor.at} or (started_at = ${cursor.at} and seq ${beyond} ${cursor.seq}))`,
  )
  return sql`select * from measurement ${wanted} order by started_at ${direction}, seq ${direction} limit ${limit}`
}

function inOrder(a: MeasurementTable, b: MeasurementTable, order: 'oldest' | 'newest'): number {
  const ascending = a.started_at - b.started_at || a.seq - b.seq
  return order === 'oldest' ? ascending : -ascending
}

/** Names to numbers; `null` when one of them was never seen, so that nothing can match. */
function wantedOf(db: Database, filter: MeasurementFilter): Wanted | null {
  const { vantage, outcome } = filter
  const endpointIds = endpointsOf(db, filter)
  const vantageId =
    vantage === undefined
      ? null
      : db.prepare<[string], number>('select id from vantage where name = ?').pluck().get(vantage)
  if (endpointIds?.length === 0 || vantageId === undefined) return null
  return {
    ...(endpointIds === null ? {} : { endpointIds }),
    ...(vantageId === null ? {} : { vantageId }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

/** An endpoint's name is `service/name`; there are dozens of them. @returns `null` = any */
function endpointsOf(db: Database, { endpoint, service }: MeasurementFilter): number[] | null {
  if (endpoint === undefined && service === undefined) return null
  return db
    .prepare<[], Tables['endpoint']>('select * from endpoint')
    .all()
    .filter(({ name }) => endpoint === undefined || name === endpoint)
    .filter(({ name }) => service === undefined || name.startsWith(`${service}/`))
    .map(({ id }) => id)
}

function seriesOf(db: Database, { endpointIds, vantageId }: Wanted): number[] | null {
  if (endpointIds === undefined && vantageId === undefined) return null
  const wanted = where(
    endpointIds !== undefined && sql`endpoint_id in ${endpointIds}`,
    vantageId !== undefined && sql`vantage_id = ${vantageId}`,
  )
  return allOf<{ id: number }>(db, sql`select id from series ${wanted}`).map(({ id }) => id)
}

function searchedFrom(after: string): NonNullable<Search['cursor']> {
  const { at, id } = placeOf(after)
  if (!/^\d{1,15}$/.test(id)) throw notAPlace(after)
  return { at, seq: Number(id) }
}
