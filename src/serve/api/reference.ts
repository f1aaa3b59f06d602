/** The OpenAPI document and the page made from it; open to all, they hold nothing but how to ask. */
import { createHash } from 'node:crypto'
import type { Api } from './context.ts'
import { referencePage, STYLE, type Document } from '../pages/reference-page.ts'

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Adds GET /openapi.json and /docs. */
export function referenceRoutes(api: Api): void {
  // Neither changes while the process runs.
  let page: string | null = null
  api.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => reply.send(api.swagger()))
  api.get('/docs', { schema: { hide: true } }, async (_request, reply) => {
    page ??= referencePage(api.swagger() as unknown as Document)
    return reply.type('text/html; charset=utf-8').header('content-security-policy', POLICY).send(page)
  })
}
