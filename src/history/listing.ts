/** listing: a page of things held in memory, in order of time, with the same cursors as pages of tables. */
import { byPlace } from '../model/cursor.ts'
import type { Page, Paging, Span } from '../model/history.ts'
import { type Extent, UNDATED_AT } from '../model/extent.ts'
import { pageOf, searched } from './paging.ts'

/** One thing with its place in time. */
export interface Listed<Row> extends Extent {
  readonly id: string
  readonly row: Row
}

/** Those that overlap [since, until), newest start first unless asked otherwise. Undated ones are in no span of time. */
export function listing<Row>(all: readonly Listed<Row>[], query: Span & Paging): Page<Row> {
  const { limit, order, after } = searched(query)
  const compare = byPlace(order)
  const found = all
    .filter((item) => overlaps(item, query))
    .map((item) => ({ at: item.startAt, id: item.id, row: item.row }))
    .filter((place) => after === undefined || compare(place, after) > 0)
    .sort(compare)
    .slice(0, limit)
  return pageOf(found, query.limit, { placed: ({ at, id }) => ({ at, id }), row: ({ row }) => row })
}

/** Whether a thing is listed for a span of time. */
export function overlaps({ startAt, untilAt }: Extent, { since, until }: Span): boolean {
  if (since === undefined && until === undefined) return true
  if (untilAt === UNDATED_AT) return false
  return startAt < (until ?? Infinity) && (untilAt === null || untilAt >= (since ?? -Infinity))
}
