/** Queries and bodies against their zod schema, for Fastify. */
import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { validationProblem } from './validation-problem.ts'

/** Validates with zod; what does not fit becomes a problem that says how to mend it. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (input: unknown) => {
    const parsed = schema.safeParse(input)
    if (parsed.success) return { value: parsed.data }
    const part = httpPart === 'body' ? 'body' : 'query'
    return { error: validationProblem(parsed.error, { part, input, known: keysOf(schema) }) }
  }

function keysOf(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodPipe)
    return keysOf((schema.in instanceof z.ZodTransform ? schema.out : schema.in) as z.ZodType)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}
