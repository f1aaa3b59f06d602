/** answer: JSON or CSV, as the query or the Accept header has it; tagged, so that what did not change is not sent again. */
import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Row, type RowSchema, toCsv } from '../../views/csv.ts'
import { Problem } from './problem.ts'

export type Format = 'json' | 'csv'

/** Rows for the CSV of an answer. */
export interface Sheet {
  /** file name without its ending */
  readonly name: string
  readonly schema: RowSchema
  readonly rows: readonly Row[]
  readonly only: readonly string[] | null
}

/**
 * Chooses the format of an answer, before it is looked up.
 *
 * @param format what `format=` says; it goes before the Accept header
 * @throws Problem 406 when the caller takes neither
 */
export function negotiateFormat(
  request: FastifyRequest,
  formats: readonly Format[],
  format: Format | undefined,
): Format {
  if (format !== undefined) return format
  const taken = request.accepts().type([...formats])
  if (taken === false || Array.isArray(taken)) {
    const types = formats.map((format) => (format === 'csv' ? 'text/csv' : 'application/json'))
    throw new Problem(406, `This is available as ${types.join(' or ')}; the Accept header accepts neither.`)
  }
  return taken as Format
}

/** Rows written before others get a turn. */
const LINES_AT_ONCE = 500

/** Sends rows as a CSV file; what is long is written a piece at a time, so that nobody else has to wait for all of it. */
export async function sendCsv(
  reply: FastifyReply,
  { name, schema, rows, only }: Sheet,
): Promise<FastifyReply> {
  const pieces = [toCsv(schema, rows.slice(0, LINES_AT_ONCE), only)]
  for (let at = LINES_AT_ONCE; at < rows.length; at += LINES_AT_ONCE) {
    await breathe()
    pieces.push(toCsv(schema, rows.slice(at, at + LINES_AT_ONCE), only, { header: false }))
  }
  return reply
    .type('text/csv; charset=utf-8; header=present')
    .header('content-disposition', `inline; filename="${name}.csv"`)
    .send(pieces.join(''))
}

/** Marks an answer with what it holds, and answers 304 to whoever has the same. @returns what to send */
export function tag(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const kept = reads && reply.statusCode === 200 && reply.getHeader('cache-control') !== 'no-store'
  if (!kept || typeof payload !== 'string') return payload
  // Weak: the same tag stands for the gzipped answer.
  const etag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`
  reply.header('etag', etag)
  if (!knows(request.headers['if-none-match'], etag)) return payload
  reply.code(304).removeHeader('content-type').removeHeader('content-length')
  return null
}

/** @see RFC 9110, 13.1.2: a list of tags compared weakly, or any */
function knows(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const tags = header.split(',').map((tag) => tag.trim())
  return tags.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag.slice(2))
}
