/** JSON Schema for editors, from the same lines that validate. Committed as config/*.schema.json; a test keeps them in step. */
import { z } from 'zod'
import { fileSchema } from '../../src/config/schema.ts'
import { servicesSchema } from '../../src/config/services-schema.ts'

/** @returns the text of each schema file by its name in config/ */
export function jsonSchemas(): Record<string, string> {
  return {
    'didbon.schema.json': textOf(fileSchema, 'didbon.yaml'),
    'services.schema.json': textOf(servicesSchema, 'services.yaml'),
  }
}

function textOf(schema: z.ZodType, title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`
}
