/** cursor: where a page ended: the moment its last row is sorted by, and the row's id. Opaque outside. */
import { AppError } from '../model/error.ts'
import type { Page, Paging } from '../model/history.ts'

export interface Place {
  readonly at: number
  readonly id: string
}

/** @throws AppError usage when this is not what an earlier page gave */
export function placeOf(after: string): Place {
  let parsed: unknown = null
  try {
    parsed = JSON.parse(Buffer.from(after, 'base64url').toString('utf8'))
  } catch {
    parsed = null // said below, together with what parses and is no place
  }
  if (Array.isArray(parsed) && parsed.length === 2) {
    const [at, id] = parsed as unknown[]
    if (typeof at === 'number' && Number.isSafeInteger(at) && typeof id === 'string') return { at, id }
  }
  throw new AppError('usage', `"${after}" is not where a page ended. Pass "next" of the page before.`)
}

/** What a query that pages needs to know; one row more than asked for, so that the last page is known to be the last. */
export function pagingOf({ limit, after, order = 'newest' }: Paging): {
  readonly limit: number
  readonly order: 'newest' | 'oldest'
  readonly after?: Place
} {
  return { limit: limit + 1, order, ...(after !== undefined && { after: placeOf(after) }) }
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

function cursorOf({ at, id }: Place): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}
