/** What a route may answer, for the OpenAPI document. */
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'

const problem = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong and what would be right'),
    errors: z
      .array(
        z.strictObject({
          in: z.enum(['query', 'body']),
          at: z.string().describe('Parameter, or path into the body; empty: the whole body'),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem' })

/**
 * What a route answers when all is well, and the problems it may have.
 *
 * Typed loosely on purpose: what is sent is frozen, what zod describes is not. The tests hold the one against the other.
 *
 * @param csv it can be had as CSV too
 */
export function responses(
  good: Readonly<Record<number, z.ZodType>>,
  { csv = false, problems = [] }: { readonly csv?: boolean; readonly problems?: readonly number[] } = {},
): Readonly<Record<number, unknown>> {
  const table = csv ? { 'text/csv': { schema: z.string() } } : {}
  return Object.fromEntries([
    ...Object.entries(good).map(([status, schema]) => [
      status,
      described(status, { 'application/json': { schema }, ...table }),
    ]),
    ...problems.map((status) => [
      status,
      described(status, { 'application/problem+json': { schema: problem } }),
    ]),
  ]) as Record<number, unknown>
}

function described(status: number | string, content: Readonly<Record<string, { schema: z.ZodType }>>) {
  return { description: STATUS_CODES[status] ?? '', content }
}
