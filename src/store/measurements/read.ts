/** read-measurements: measurements by id, and by time page for page. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { cursorOf, notAPlace, placeOf } from '../../model/cursor.ts'
import type { Measurement } from '../../model/measurement.ts'
import type { Outcome } from '../../model/verdict.ts'
import { HOUR_MS } from '../../model/time.ts'
import type { Names } from './names.ts'
import type { MeasurementTable, Tables } from '../file/schema.ts'
import { type StoredMeasurement, fullRecord, storedMeasurement } from './stored.ts'
import { type Stretch, type Wanted, hoursOf } from './stretches.ts'
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
export async function readMeasurement(
  db: Kysely<Tables>,
  names: Names,
  id: string,
): Promise<{ summary: StoredMeasurement; measurement: Measurement | null } | null> {
  if (!isUuid(id)) return null
  const row = await db
    .selectFrom('measurement')
    .selectAll()
    .where('uuid', '=', uuidBytes(id))
    .executeTakeFirst()
  if (row === undefined) return null
  const record = await db.selectFrom('record').select('body').where('seq', '=', row.seq).executeTakeFirst()
  return { summary: await storedMeasurement(row, names), measurement: fullRecord(record?.body ?? null) }
}

/**
 * Reads one page in order of start; rows that began in the same millisecond come in the order they were saved.
 *
 * It searches hour by hour and lets others run in between, so that no single statement takes long.
 *
 * @throws AppError usage when `after` is not what an earlier page gave
 */
export async function readMeasurements(
  db: Kysely<Tables>,
  names: Names,
  filter: MeasurementFilter,
): Promise<MeasurementPage> {
  const { limit, order = 'newest' } = filter
  const wanted = await wantedOf(db, filter)
  if (wanted === null || limit < 1) return { rows: [], next: null }
  const cursor = filter.after === undefined ? null : searchedFrom(filter.after)
  const since = cursor !== null && order === 'oldest' ? Math.max(filter.since, cursor.at) : filter.since
  const until = cursor !== null && order === 'newest' ? Math.min(filter.until, cursor.at + 1) : filter.until
  const seriesIds = await seriesOf(db, wanted)
  const rows: MeasurementTable[] = []
  for await (const stretches of hoursOf(db, since, until, order, wanted)) {
    const found: MeasurementTable[] = []
    for (const stretch of stretches) {
      found.push(
        ...(await rowsOf(db, stretch, {
          since,
          until,
          order,
          cursor,
          seriesIds,
          outcome: wanted.outcome,
          limit,
        })),
      )
    }
    rows.push(...found.sort((a, b) => inOrder(a, b, order)))
    if (rows.length >= limit) break
    await breathe()
  }
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const stored: StoredMeasurement[] = []
  for (const row of page) stored.push(await storedMeasurement(row, names)) // in turn: the next one finds the names known
  return {
    rows: stored,
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
export function rowsQuery(db: Kysely<Tables>, stretch: Stretch, search: Search) {
  const { since, until, order, cursor, seriesIds, outcome, limit } = search
  const direction = order === 'oldest' ? 'asc' : 'desc'
  let query = db
    .selectFrom('measurement')
    .selectAll()
    .where('started_at', '>=', Math.max(since, stretch.hour_at))
    .where('started_at', '<', Math.min(until, stretch.hour_at + HOUR_MS))
    .orderBy('started_at', direction)
    .orderBy('seq', direction)
    .limit(limit)
  // What was not fine is kept in full, so the few full records lead to it past all that was.
  if (outcome !== undefined && outcome !== 'ok') {
    query = query.where('seq', 'in', (eb) =>
      eb
        .selectFrom('record')
        .select('record.seq')
        .where('record.seq', '>=', stretch.first_seq)
        .where('record.seq', '<=', stretch.last_seq),
    )
  } else query = query.where('seq', '>=', stretch.first_seq).where('seq', '<=', stretch.last_seq)
  if (seriesIds !== null) query = query.where('series_id', 'in', seriesIds)
  if (outcome !== undefined) {
    query = query.where('verdict_id', 'in', (eb) =>
      eb
        .selectFrom('verdict')
        .innerJoin('rule', 'rule.id', 'verdict.rule_id')
        .select('verdict.id')
        .where('rule.outcome', '=', outcome),
    )
  }
  if (cursor !== null) {
    const beyond = order === 'oldest' ? '>' : '<'
    query = query.where((eb) =>
      eb.or([
        eb('started_at', beyond, cursor.at),
        eb.and([eb('started_at', '=', cursor.at), eb('seq', beyond, cursor.seq)]),
      ]),
    )
  }
  return query
}

function rowsOf(db: Kysely<Tables>, stretch: Stretch, search: Search): Promise<MeasurementTable[]> {
  return rowsQuery(db, stretch, search).execute()
}

function inOrder(a: MeasurementTable, b: MeasurementTable, order: 'oldest' | 'newest'): number {
  const ascending = a.started_at - b.started_at || a.seq - b.seq
  return order === 'oldest' ? ascending : -ascending
}

/** Names to numbers; `null` when one of them was never seen, so that nothing can match. */
async function wantedOf(db: Kysely<Tables>, filter: MeasurementFilter): Promise<Wanted | null> {
  const { vantage, outcome } = filter
  const endpointIds = await endpointsOf(db, filter)
  const vantageId = vantage === undefined ? null : await idOf(db, 'vantage', vantage)
  if (endpointIds?.length === 0 || vantageId === undefined) return null
  return {
    ...(endpointIds === null ? {} : { endpointIds }),
    ...(vantageId === null ? {} : { vantageId }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

/** An endpoint's name is `service/name`; there are dozens of them. @returns `null` = any */
async function endpointsOf(
  db: Kysely<Tables>,
  { endpoint, service }: MeasurementFilter,
): Promise<number[] | null> {
  if (endpoint === undefined && service === undefined) return null
  const all = await db.selectFrom('endpoint').selectAll().execute()
  return all
    .filter(({ name }) => endpoint === undefined || name === endpoint)
    .filter(({ name }) => service === undefined || name.startsWith(`${service}/`))
    .map(({ id }) => id)
}

async function idOf(db: Kysely<Tables>, table: 'vantage', name: string): Promise<number | undefined> {
  return (await db.selectFrom(table).select('id').where('name', '=', name).executeTakeFirst())?.id
}

async function seriesOf(db: Kysely<Tables>, { endpointIds, vantageId }: Wanted): Promise<number[] | null> {
  if (endpointIds === undefined && vantageId === undefined) return null
  let query = db.selectFrom('series').select('id')
  if (endpointIds !== undefined) query = query.where('endpoint_id', 'in', endpointIds)
  if (vantageId !== undefined) query = query.where('vantage_id', '=', vantageId)
  return (await query.execute()).map(({ id }) => id)
}

function searchedFrom(after: string): NonNullable<Search['cursor']> {
  const { at, id } = placeOf(after)
  if (!/^\d{1,15}$/.test(id)) throw notAPlace(after)
  return { at, seq: Number(id) }
}
