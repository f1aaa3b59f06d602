/** Whatever goes wrong, as an RFC 9457 problem document: a status, and a sentence that helps. Never anything internal. */
import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import { AppError } from '../../model/error.ts'

/** One thing to put right. */
export interface Complaint {
  readonly in: 'query' | 'body'
  /** parameter, or path into the body; empty = all of it */
  readonly at: string
  readonly detail: string
}

/** An answer that is not what was asked for. */
export class Problem extends Error {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly complaints: readonly Complaint[]

  constructor(
    status: number,
    detail: string,
    rest: { headers?: Readonly<Record<string, string>>; complaints?: readonly Complaint[] } = {},
  ) {
    super(detail)
    this.name = 'Problem'
    this.statusCode = status
    this.headers = rest.headers ?? {}
    this.complaints = rest.complaints ?? []
  }
}

/** What is said of an id that is not there. @param list the path under which all of its kind are listed */
export function notFound(what: string, list: string): Problem {
  return new Problem(404, `There is no ${what} with this id; GET /api/v1/${list} lists those there are.`)
}

/** What Fastify itself refuses, in words that say what to do. */
const REFUSALS: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'The body is empty; send the event as JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'The body is not as long as Content-Length says.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'Send the event as JSON, with the header Content-Type: application/json.',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'The body is too large: an event may take 64 KiB.'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'No id here is that long.'],
  FST_ERR_BAD_URL: [400, 'The path is malformed: a percent sign is not followed by two hex digits of UTF-8.'],
}

/** Turns anything thrown into a problem. @returns `null` when it is a fault of ours, which nobody outside can mend */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error
  if (error instanceof AppError) return ofAppError(error)
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  const refusal = REFUSALS[String(code)]
  if (refusal !== undefined) return new Problem(...refusal)
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return new Problem(statusCode, 'The request could not be read.')
  return null
}

/** Only what passes by itself: the others speak of files of ours, and nobody outside can mend them. */
function ofAppError({ code }: AppError): Problem | null {
  if (code === 'store_locked')
    return new Problem(503, 'The database is busy; try again in a moment.', {
      headers: { 'retry-after': '1' },
    })
  if (code === 'busy')
    return new Problem(503, 'The query took too long, or too many queries ran at once; ask for less.', {
      headers: { 'retry-after': '10' },
    })
  return null
}

/** Sends a problem. What has no problem of its own is our fault, and all that is said of it. */
export function sendProblem(reply: FastifyReply, problem: Problem | null): FastifyReply {
  const status = problem?.statusCode ?? 500
  return reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...problem?.headers })
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: problem?.message ?? 'Internal error; see the log of didbon for details.',
      ...((problem?.complaints.length ?? 0) > 0 && { errors: problem?.complaints }),
    })
}
