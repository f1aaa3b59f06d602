/**
 * state-intervals: where in saved order the measurements of a span of time lie.
 *
 * No index by time stands on the measurements, to keep them small. An hour's rows lie in one stretch of saved order, or in a
 * few when some came late, so a search by time is a search of a few hours by primary key.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { Outcome } from '../../model/verdict.ts'
import { DAY_MS, HOUR_MS, hourOf } from '../../model/time.ts'
import type { Tables } from '../file/schema.ts'
import { allOf, sql, where } from '../file/sql.ts'

/** Hours looked up per statement. */
const WEEK_MS = 7 * DAY_MS

/** Which rows are wanted, by dictionary numbers; a missing one means all. */
export interface Wanted {
  /** never empty */
  readonly endpointIds?: readonly number[]
  readonly vantageId?: number
  readonly outcome?: Outcome
}

export type StateInterval = Tables['stretch']

/**
 * Walks the hours of [since, until) that hold at least one wanted row, told by the hourly counts.
 *
 * @param order which end to begin at
 * @yields the stretches of one hour
 */
export async function* hoursOf(
  db: Database,
  since: number,
  until: number,
  order: 'oldest' | 'newest',
  wanted: Wanted,
): AsyncGenerator<readonly StateInterval[]> {
  const bounds = boundsOf(db)
  if (bounds === null) return
  const first = Math.max(hourOf(since), bounds.first)
  const end = Math.min(until, bounds.last + HOUR_MS)
  const weeks = Math.max(0, Math.ceil((end - first) / WEEK_MS))
  for (let i = 0; i < weeks; i += 1) {
    const from = first + (order === 'oldest' ? i : weeks - 1 - i) * WEEK_MS
    const found = intervalsBetween(db, from, Math.min(from + WEEK_MS, end), wanted)
    const hours = [...Map.groupBy(found, ({ hour_at: hourAt }) => hourAt).values()]
    yield* order === 'oldest' ? hours : hours.reverse()
    await breathe()
  }
}

function boundsOf(db: Database): { first: number; last: number } | null {
  const { first, last } = db
    .prepare<[], { first: number | null; last: number | null }>(
      'select (select min(hour_at) from stretch) as first, (select max(hour_at) from stretch) as last',
    )
    .get()!
  return first === null || last === null ? null : { first, last }
}

function intervalsBetween(
  db: Database,
  from: number,
  to: number,
  { endpointIds, vantageId, outcome }: Wanted,
): StateInterval[] {
  const any = endpointIds === undefined && vantageId === undefined && outcome === undefined
  const cells = where(
    sql`cell.hour_at = stretch.hour_at`,
    endpointIds !== undefined && sql`cell.endpoint_id in ${endpointIds}`,
    vantageId !== undefined && sql`cell.vantage_id = ${vantageId}`,
    outcome !== undefined && sql`cell.rule_id in (select rule.id from rule where rule.outcome = ${outcome})`,
  )
  const wanted = where(
    sql`hour_at >= ${from}`,
    sql`hour_at < ${to}`,
    sql`n > 0`,
    !any && sql`exists (select cell.n from cell ${cells})`,
  )
  return allOf(db, sql`select * from stretch ${wanted} order by hour_at, first_seq`)
}
