import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Served, serve } from './served.ts'

let served: Served
beforeAll(async () => {
  served = await serve({ reads: 'token' })
})
afterAll(() => served.close())

test.each([
  'services',
  'vantages',
  'status',
  'outages',
  'outages/nothing',
  'incidents',
  'events',
  'reports',
  'correlations',
  'measurements',
  'timeline',
  'outages?limit=none',
])('reads closed, %s without a token -> 401, HEAD too', async (path) => {
  const url = `/api/v1/${path}`
  expect((await served.get(url)).status).toBe(401)
  expect((await fetch(served.url + url, { method: 'HEAD' })).status).toBe(401)
})

test('reads closed, with the token -> answered', async () => {
  const response = await served.get('/api/v1/outages', { authorization: `Bearer ${served.token}` })
  expect(response.status).toBe(200)
})

test('reads closed -> how to ask and how the process fares stay open', async () => {
  for (const path of ['/api/v1/openapi.json', '/api/v1/docs', '/healthz', '/readyz', '/metrics'])
    expect((await served.get(path)).status).toBe(200)
})
