/** cursor: where a page ended: the moment its last row is sorted by, and the row's id. Opaque outside. */
import { AppError } from './error.ts'
import type { Page, Paging } from './history.ts'

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
  throw notAPlace(after)
}

/** What is said of a cursor that no page of this list gave. */
export function notAPlace(after: string): AppError {
  const detail = `"${after}" is not the end of a page; use what the page before gave as next`
  return new AppError('usage', detail, { field: 'after' })
}

/** What `placeOf` reads back. */
export function cursorOf({ at, id }: Place): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

/** Which of two places comes first, in an order of time; negative = `a`. */
export function byPlace(order: 'newest' | 'oldest'): (a: Place, b: Place) => number {
  const sign = order === 'oldest' ? 1 : -1
  return (a, b) => sign * (a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id)))
}

const PAGE_ROWS = 500

/** Every row of an answer that comes in pages, up to a limit. */
export async function allRows<Row>(
  page: (paging: Paging) => Promise<Page<Row>>,
  limit = Infinity,
): Promise<Row[]> {
  const rows: Row[] = []
  let after: string | null = null
  do {
    const wanted = Math.min(PAGE_ROWS, limit - rows.length)
    const found: Page<Row> = await page({ limit: wanted, ...(after !== null && { after }) })
    rows.push(...found.rows)
    after = found.next
  } while (after !== null && rows.length < limit)
  return rows
}
