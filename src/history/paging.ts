/** paging: pages of rows, each with the cursor to the next. */
import { type Place, cursorOf, placeOf } from '../model/cursor.ts'
import type { Page, Paging } from '../model/history.ts'

interface Searched {
  readonly limit: number
  readonly order: 'newest' | 'oldest'
  readonly after?: Place
}

/** A query as it is searched for: one row more than asked for, so that the last page is known to be the last. */
export function searched<Query extends Paging>(query: Query): Omit<Query, keyof Paging> & Searched {
  const { limit, after, order = 'newest', ...filter } = query
  return { ...filter, limit: limit + 1, order, ...(after !== undefined && { after: placeOf(after) }) }
}

/** @param found up to `limit` + 1 rows, in order */
export function pageOf<Found, Row>(
  found: readonly Found[],
  limit: number,
  { placed, row }: { readonly placed: (found: Found) => Place; readonly row: (found: Found) => Row },
): Page<Row> {
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const more = found.length > limit && last !== undefined
  return { rows: rows.map(row), next: more ? cursorOf(placed(last)) : null }
}
