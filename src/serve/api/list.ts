/** list: a route that gives rows a page at a time: filters, sort, fields, JSON or CSV, and a link to the next page. */
import { z } from 'zod'
import { AppError } from '../../model/error.ts'
import type { History, Page, Paging, Span } from '../../model/history.ts'
import { sendCsv, negotiateFormat, type Format } from './answer.ts'
import { type Row, fieldsOf } from '../../views/csv.ts'
import type { Api } from './context.ts'
import { cursor, fields, format, limit, sort, time } from './parameters.ts'
import { responses } from './response-schemas.ts'
import { Problem } from './problem.ts'
import { isoOf } from '../../views/iso.ts'

export interface Listing<Found, Filters extends z.ZodRawShape> {
  /** last step of the path, and name of the file */
  readonly name: string
  readonly summary: string
  readonly description?: string
  readonly filters: Filters
  /** the time rows are sorted by, as their field is called outside */
  readonly sortedBy: string
  /** what has no length is found by its start alone, this far back when `since` is left out; missing = what lasts, all of it */
  readonly reachMs?: number
  readonly row: z.ZodType
  readonly find: (
    history: History,
    query: z.output<z.ZodObject<Filters>> & Paging & (Span | Required<Span>),
  ) => Promise<Page<Found>>
  readonly show: (found: Found) => Row
}

interface ListQuery extends Span {
  readonly limit: number
  readonly after?: string
  readonly sort: 'newest' | 'oldest'
  readonly fields?: readonly string[]
  readonly format?: Format
}

/** @returns what adds GET /<name>; `now` is for relative times */
export function listRoute<Found, const Filters extends z.ZodRawShape>(
  listing: Listing<Found, Filters>,
): (api: Api, history: History, now: () => number) => void {
  return (api, history, now) => {
    api.get(
      `/${listing.name}`,
      {
        schema: {
          tags: ['history'],
          summary: listing.summary,
          ...(listing.description !== undefined && { description: listing.description }),
          querystring: querystringOf(listing, now),
          response: responses({ 200: pageOf(listing.row) }, { csv: true, problems: [406, 422] }),
        },
      },
      async (request, reply) => {
        const query = request.query as unknown as ListQuery & z.output<z.ZodObject<Filters>>
        const { limit, after, sort, fields, format: wanted, since, until, ...filters } = query
        const written = negotiateFormat(request, ['json', 'csv'], wanted)
        const span = spanOf(since, until, listing.reachMs, now())
        const paging = { limit, order: sort, ...(after !== undefined && { after }) }
        const { rows, next } = await listing
          .find(history, { ...filters, ...span, ...paging } as never)
          .catch(refuseParameter)
        const only = fields ?? null
        const shown = rows.map((row) => pick(listing.show(row), only))
        const nextUrl = next === null ? null : nextPage(request.url, next, span)
        if (nextUrl !== null) reply.header('link', `<${nextUrl}>; rel="next"`)
        if (written === 'json') return reply.send({ rows: shown, next: nextUrl })
        return sendCsv(reply, { name: listing.name, schema: listing.row, rows: shown, only })
      },
    )
  }
}

function querystringOf<Found, Filters extends z.ZodRawShape>(
  { filters, sortedBy, reachMs, row }: Listing<Found, Filters>,
  now: () => number,
) {
  const since = reachMs === undefined ? 'Only what had not ended by then' : 'Only what began then or later'
  return z
    .strictObject({
      ...filters,
      since: time('since', now, since).exactOptional(),
      until: time('until', now, 'Only what began before then').exactOptional(),
      limit: limit(),
      after: cursor().exactOptional(),
      sort: sort(sortedBy),
      fields: fields(fieldsOf(row)).exactOptional(),
      format: format().exactOptional(),
    })
    .refine((query) => inOrder((query as Span).since, (query as Span).until), {
      error: 'must be after since; swap the two, or correct the wrong one',
      path: ['until'],
    })
}

/** Whether a span has a length, as far as it is given. */
export function inOrder(since: number | undefined, until: number | undefined): boolean {
  return since === undefined || until === undefined || since < until
}

function spanOf(
  since: number | undefined,
  until: number | undefined,
  reachMs: number | undefined,
  now: number,
): Span {
  if (reachMs !== undefined) {
    const end = until ?? now
    return { since: since ?? end - reachMs, until: end }
  }
  return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) }
}

function pageOf(row: z.ZodType) {
  return z.strictObject({
    rows: z.array(row),
    next: z.string().nullable().describe('Path and query of the next page; null: this was the last'),
  })
}

/** What the history refuses of a query, as a problem of the parameter that is wrong; all else as it is. For `catch`. */
export function refuseParameter(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'usage' || error.field === null) throw error
  const { field: at, detail } = error
  throw new Problem(422, error.message, { complaints: [{ in: 'query', at, detail }] })
}

function pick(row: Row, only: readonly string[] | null): Row {
  return only === null ? row : Object.fromEntries(Object.entries(row).filter(([name]) => only.includes(name)))
}

/** The same question from the next row on; times that were relative stay where they were. */
export function nextPage(url: string, after: string, { since, until }: Span): string {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  if (since !== undefined) searchParams.set('since', isoOf(since))
  if (until !== undefined) searchParams.set('until', isoOf(until))
  searchParams.set('after', after)
  return `${pathname}?${searchParams.toString()}`
}
