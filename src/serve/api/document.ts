/** The OpenAPI 3.1 document, made from the schemas of the routes. */
import swagger from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { VERSION } from '../../version.ts'
import type { Api } from './context.ts'

/** Gathers the routes that are added after this; `api.swagger()` gives the document. */
export async function gatherDocument(api: Api): Promise<void> {
  await api.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'didbon',
        version: VERSION,
        description:
          'What was blocked, when, for how long and after what. Times are ISO 8601 in UTC; onsets and ends are ' +
          'intervals, because probes are made at intervals. Measured outages and outages reported by others are kept apart.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'now', description: 'The current state' },
        { name: 'history', description: 'The record' },
        { name: 'writing', description: 'Changes to the record; require a token' },
      ],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'As `didbon token create <name>` prints it' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  })
}

interface Document {
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> }
}

/** Shapes come in two variants each, as sent and as taken; most of them nothing refers to. */
function withoutUnused<D>(document: D): D {
  const { schemas = {}, ...components } = (document as Document).components ?? {}
  const text = JSON.stringify(document)
  const used = Object.entries(schemas).filter(([name]) => text.includes(`"#/components/schemas/${name}"`))
  const slimmer = { ...document, components: { ...components, schemas: Object.fromEntries(used) } }
  return used.length === Object.keys(schemas).length ? slimmer : withoutUnused(slimmer)
}
