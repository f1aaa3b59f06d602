import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Document } from '../../../src/serve/pages/reference-page.ts'
import { BLOCK, type Served, serve } from './served.ts'

let served: Served
let document: Document & { readonly openapi: string }
beforeAll(async () => {
  served = await serve()
  document = (await (await served.get('/api/v1/openapi.json')).json()) as typeof document
})
afterAll(() => served.close())

test('the document -> valid OpenAPI 3.1', async () => {
  expect(document.openapi).toMatch(/^3\.1\./)
  expect(await new Validator().validate(document as unknown as Record<string, unknown>)).toMatchObject({
    valid: true,
  })
})

test('the document -> holds every path there is, with the methods it has', () => {
  const paths = Object.entries(document.paths).map(([path, methods]) => [
    path.replace('/api/v1/', ''),
    Object.keys(methods).sort().join(' '),
  ])
  expect(Object.fromEntries(paths)).toEqual({
    services: 'get',
    vantages: 'get',
    status: 'get',
    outages: 'get',
    'outages/{id}': 'get',
    incidents: 'get',
    'incidents/{id}': 'get',
    events: 'get post',
    'events/{id}': 'delete get put',
    reports: 'get',
    'reports/{id}': 'get',
    correlations: 'get',
    measurements: 'get',
    timeline: 'get',
  })
})

test('every GET of the document -> answers with a status and a type that the document names', async () => {
  const known: Readonly<Record<string, string>> = {
    outages: BLOCK.id,
    incidents: 'measured.tj.20251009T080000Z',
    events: 'halimov-disappearance-2015-04',
    reports: 'tj-2022-05-gbao-shutdown',
  }
  for (const [path, { get }] of Object.entries(document.paths)) {
    const kind = path.split('/')[3]!
    for (const id of [known[kind] ?? '', 'nobody']) {
      const response = await served.get(path.replace('{id}', id))
      const named = get?.responses?.[String(response.status)]
      const type = response.headers.get('content-type')!.split(';', 1)[0]!
      expect(Object.keys(named?.content ?? {}), `${path} ${response.status}`).toContain(type)
    }
  }
})

test('every GET -> every query parameter says what it does', () => {
  for (const [path, { get }] of Object.entries(document.paths)) {
    for (const { name, in: where, description } of get?.parameters ?? [])
      expect(where === 'path' || (description ?? '') !== '', `${path} ${name}`).toBe(true)
  }
})

test('the page -> names every operation, and needs nothing from elsewhere', async () => {
  const response = await served.get('/api/v1/docs')
  const page = await response.text()
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of Object.keys(methods)) expect(page).toContain(`${method.toUpperCase()} ${path}</h3>`)
  }
  expect(page).not.toMatch(/<script|<link|src=|https?:\/\//)
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1])
  for (const target of targets) expect(page).toContain(`id="${target}"`)
})
