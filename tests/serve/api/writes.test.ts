import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Served } from './served.ts'
import { CONFIGURED_TOKEN, anEntry, contents, serve } from './served.ts'

interface Detail {
  readonly title: string
  readonly retracted: string | null
  readonly audit: readonly { readonly action: string; readonly by: string; readonly at: string }[]
}

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.close())

async function detail(id: string): Promise<Detail> {
  return (await (await served.get(`/api/v1/events/${id}`)).json()) as Detail
}

test('a new event -> 201, where it is, and who added it in the audit', async () => {
  const response = await served.write('POST', '/api/v1/events', anEntry())
  expect([response.status, response.headers.get('location')]).toEqual([201, '/api/v1/events/a-video'])
  expect(await response.json()).toEqual(await detail('a-video'))
  expect((await detail('a-video')).audit).toMatchObject([
    { action: 'added', by: 'token:newsroom', at: '2025-10-09T13:00:00.000Z' },
  ])
})

test('an event added, then asked for -> candidates of the block are ranked anew', async () => {
  const path = '/api/v1/correlations?incident=measured.tj.20251009T080000Z'
  const before = await (await served.get(path)).text()
  await served.write('POST', '/api/v1/events', anEntry({ id: 'a-likely-video' }))
  const after = await (await served.get(path)).text()
  expect(before).not.toContain('a-likely-video')
  expect(after).toContain('a-likely-video')
})

test('an id that is taken -> 409 with the way to change it, and it stays as it was', async () => {
  const before = contents(served)
  const id = 'halimov-disappearance-2015-04'
  const response = await served.write('POST', '/api/v1/events', anEntry({ id }))
  expect([response.status, await response.json()]).toMatchObject([
    409,
    { detail: expect.stringContaining(`PUT /api/v1/events/${id}`) },
  ])
  expect(contents(served)).toBe(before)
})

test('two posts of one new id at once -> one is added, the other refused, and one change is in the audit', async () => {
  const posts = Array.from({ length: 8 }, (_, n) =>
    served.write('POST', '/api/v1/events', anEntry({ id: 'a-raced-video', title: `Take ${n}` })),
  )
  const statuses = (await Promise.all(posts)).map(({ status }) => status).sort((a, b) => a - b)
  expect(statuses).toEqual([201, 409, 409, 409, 409, 409, 409, 409])
  expect((await detail('a-raced-video')).audit).toHaveLength(1)
})

test('two retractions at once -> one is done, the other 404', async () => {
  await served.write('POST', '/api/v1/events', anEntry({ id: 'a-raced-retraction' }))
  const both = [1, 2].map(() => served.write('DELETE', '/api/v1/events/a-raced-retraction'))
  expect((await Promise.all(both)).map(({ status }) => status).sort((a, b) => a - b)).toEqual([204, 404])
})

test('a service nobody watches -> 422 with its place and the nearest, nothing is written', async () => {
  const before = contents(served)
  const entry = anEntry({ id: 'a-typo', services: ['facebook', 'facebok', 'myspace'] })
  for (const response of [
    await served.write('POST', '/api/v1/events', entry),
    await served.write('PUT', '/api/v1/events/a-typo', entry),
  ]) {
    expect([response.status, await response.json()]).toMatchObject([
      422,
      {
        detail: expect.stringContaining('not "facebok"; did you mean facebook?'),
        errors: [
          { in: 'body', at: 'services[1]' },
          { in: 'body', at: 'services[2]', detail: expect.stringContaining('there are facebook') },
        ],
      },
    ])
  }
  expect(contents(served)).toBe(before)
})

test('a service that is watched no more, and in the record -> taken', async () => {
  const entry = anEntry({ id: 'an-old-site', services: ['odnoklassniki'] })
  expect((await served.write('POST', '/api/v1/events', entry)).status).toBe(201)
})

test('what GET gave, changed and sent back -> changed, and the same again changes nothing', async () => {
  await served.write('POST', '/api/v1/events', anEntry({ id: 'a-changed-video' }))
  const got = (await detail('a-changed-video')) as object
  const changed = { ...got, title: 'Another title' }
  const first = await served.write('PUT', '/api/v1/events/a-changed-video', changed)
  expect([first.status, ((await first.json()) as Detail).title]).toEqual([200, 'Another title'])
  const second = await served.write('PUT', '/api/v1/events/a-changed-video', changed)
  expect(second.status).toBe(200)
  expect((await detail('a-changed-video')).audit.map(({ action }) => action)).toEqual(['added', 'changed'])
})

test('PUT of what is not there -> 201', async () => {
  expect(
    (await served.write('PUT', '/api/v1/events/a-put-video', anEntry({ id: 'a-put-video' }))).status,
  ).toBe(201)
})

test('PUT with another id in the body -> 422, nothing is written', async () => {
  const before = contents(served)
  const response = await served.write('PUT', '/api/v1/events/b-video', anEntry({ id: 'a-other-video' }))
  expect([response.status, await response.json()]).toMatchObject([
    422,
    { detail: 'id: must be b-video, as in the path, not "a-other-video"' },
  ])
  expect(contents(served)).toBe(before)
})

test('DELETE -> retracted, not gone; a second time 404; PUT brings it back', async () => {
  await served.write('POST', '/api/v1/events', anEntry({ id: 'a-retracted-video' }))
  const first = await served.write('DELETE', '/api/v1/events/a-retracted-video')
  expect([first.status, await first.text()]).toEqual([204, ''])
  expect((await detail('a-retracted-video')).retracted).toBe('2025-10-09T13:00:00.000Z')
  expect(await (await served.get('/api/v1/events?limit=1000')).text()).not.toContain('a-retracted-video')
  expect(await (await served.get('/api/v1/events?limit=1000&retracted=true')).text()).toContain(
    'a-retracted-video',
  )
  expect((await served.write('DELETE', '/api/v1/events/a-retracted-video')).status).toBe(404)
  await served.write('PUT', '/api/v1/events/a-retracted-video', anEntry({ id: 'a-retracted-video' }))
  expect((await detail('a-retracted-video')).retracted).toBeNull()
  expect((await detail('a-retracted-video')).audit.map(({ action, by }) => [action, by])).toEqual([
    ['added', 'token:newsroom'],
    ['retracted', 'token:newsroom'],
    ['restored', 'token:newsroom'],
  ])
})

test.each([
  ['no header', {}, 'didbon token create'],
  ['another scheme', { authorization: 'Basic YTpi' }, 'must read: Bearer'],
  ['a token nobody made', { authorization: `Bearer ${'x'.repeat(43)}` }, 'is not valid here'],
  ['the hash in place of the token', { authorization: `Bearer ${'0'.repeat(64)}` }, 'is not valid here'],
])('%s -> 401 with a challenge, nothing is written', async (_what, headers, sentence) => {
  const before = contents(served)
  for (const [method, path] of [
    ['POST', '/api/v1/events'],
    ['PUT', '/api/v1/events/a-video'],
    ['DELETE', '/api/v1/events/halimov-disappearance-2015-04'],
  ] as const) {
    const response = await fetch(served.url + path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(method !== 'DELETE' && { body: JSON.stringify(anEntry()) }),
    })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer realm="didbon"/),
    ])
    expect(await response.json()).toMatchObject({ status: 401, detail: expect.stringContaining(sentence) })
  }
  expect(contents(served)).toBe(before)
})

test('a token of the configuration -> may write, and the audit says whose it is', async () => {
  const headers = { authorization: `Bearer ${CONFIGURED_TOKEN}` }
  const response = await served.write('POST', '/api/v1/events', anEntry({ id: 'a-desk-video' }), headers)
  expect(response.status).toBe(201)
  expect((await detail('a-desk-video')).audit).toMatchObject([{ action: 'added', by: 'token:desk' }])
})

test('too many writes, whatever their kind or success -> 429 and when to go on; reads are not held up', async () => {
  const limited = await serve({ writesPerMinute: 6 })
  for (let n = 0; n < 2; n++) {
    await limited.write('POST', '/api/v1/events', anEntry())
    await limited.write('PUT', '/api/v1/events/a-video', {})
    await limited.write('DELETE', '/api/v1/events/nobody', undefined, { authorization: 'Bearer wrong' })
  }
  const before = contents(limited)
  const response = await limited.write('PUT', '/api/v1/events/a-video', anEntry({ title: 'Too late' }))
  expect(response.status).toBe(429)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(contents(limited)).toBe(before)
  expect((await limited.get('/api/v1/events')).status).toBe(200)
  await limited.close()
})

test('a token that was removed -> refused from then on', async () => {
  served.record.tokens.remove('newsroom')
  expect((await served.write('POST', '/api/v1/events', anEntry({ id: 'a-late-video' }))).status).toBe(401)
})
