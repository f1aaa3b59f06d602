/**
 * stretches: where in saved order the measurements of a span of time lie.
 *
 * No index by time stands on the measurements, to keep them small. An hour's rows lie in one stretch of saved order, or in a
 * few when some came late, so a search by time is a search of a few hours by primary key.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Kysely, Selectable } from 'kysely'
import type { Outcome } from '../../model/verdict.ts'
import { DAY_MS, HOUR_MS, hourOf } from '../../model/time.ts'
import type { Tables } from '../file/schema.ts'

/** Hours looked up per statement. */
const WEEK_MS = 7 * DAY_MS

/** Which rows are wanted, by dictionary numbers; a missing one means all. */
export interface Wanted {
  /** never empty */
  readonly endpointIds?: readonly number[]
  readonly vantageId?: number
  readonly outcome?: Outcome
}

export type Stretch = Selectable<Tables['stretch']>

/**
 * Walks the hours of [since, until) that hold at least one wanted row, told by the hourly counts.
 *
 * @param order which end to begin at
 * @yields the stretches of one hour
 */
export async function* hoursOf(
  db: Kysely<Tables>,
  since: number,
  until: number,
  order: 'oldest' | 'newest',
  wanted: Wanted,
): AsyncGenerator<readonly Stretch[]> {
  const bounds = await boundsOf(db)
  if (bounds === null) return
  const first = Math.max(hourOf(since), bounds.first)
  const end = Math.min(until, bounds.last + HOUR_MS)
  const weeks = Math.max(0, Math.ceil((end - first) / WEEK_MS))
  for (let i = 0; i < weeks; i += 1) {
    const from = first + (order === 'oldest' ? i : weeks - 1 - i) * WEEK_MS
    const found = await stretchesBetween(db, from, Math.min(from + WEEK_MS, end), wanted)
    const hours = [...Map.groupBy(found, ({ hour_at: hourAt }) => hourAt).values()]
    yield* order === 'oldest' ? hours : hours.reverse()
    await breathe()
  }
}

async function boundsOf(db: Kysely<Tables>): Promise<{ first: number; last: number } | null> {
  const edge = (direction: 'asc' | 'desc') =>
    db.selectFrom('stretch').select('hour_at').orderBy('hour_at', direction).limit(1).executeTakeFirst()
  const [first, last] = [await edge('asc'), await edge('desc')]
  return first === undefined || last === undefined ? null : { first: first.hour_at, last: last.hour_at }
}

function stretchesBetween(db: Kysely<Tables>, from: number, to: number, wanted: Wanted): Promise<Stretch[]> {
  const { endpointIds, vantageId, outcome } = wanted
  let query = db
    .selectFrom('stretch')
    .selectAll()
    .where('hour_at', '>=', from)
    .where('hour_at', '<', to)
    .where('n', '>', 0)
    .orderBy('hour_at')
    .orderBy('first_seq')
  if (endpointIds !== undefined || vantageId !== undefined || outcome !== undefined) {
    query = query.where((eb) => {
      let cells = eb.selectFrom('cell').select('cell.n').whereRef('cell.hour_at', '=', 'stretch.hour_at')
      if (endpointIds !== undefined) cells = cells.where('cell.endpoint_id', 'in', endpointIds)
      if (vantageId !== undefined) cells = cells.where('cell.vantage_id', '=', vantageId)
      if (outcome !== undefined) {
        cells = cells.where(
          'cell.rule_id',
          'in',
          eb.selectFrom('rule').select('rule.id').where('rule.outcome', '=', outcome),
        )
      }
      return eb.exists(cells)
    })
  }
  return query.execute()
}
