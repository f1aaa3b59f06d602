/** What goes wrong on our side, or before anything of ours is asked: what is said outside, and what is not. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../src/model/error.ts'
import type { RecordAccess } from '../../../src/serve/api/context.ts'
import { problemOf } from '../../../src/serve/api/problem.ts'
import { type ServerOptions, startServer } from '../../../src/serve/server.ts'
import { type Served, anEntry, contents, serve } from './served.ts'

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.close())

test.each([
  {
    name: 'the database is held',
    error: new AppError('store_locked', '/var/lib/x is held'),
    status: 503,
    after: '1',
  },
  { name: 'a query that takes too long', error: new AppError('busy', 'worker 3'), status: 503, after: '10' },
  {
    name: 'a request Fastify cannot read',
    error: { code: 'FST_X', statusCode: 431 },
    status: 431,
    after: undefined,
  },
])('$name -> $status, when to ask again, and nothing internal', ({ error, status, after }) => {
  const problem = problemOf(error)!
  expect([problem.statusCode, problem.headers['retry-after']]).toEqual([status, after])
  expect(problem.message).not.toMatch(/var|worker|FST/)
})

test.each([
  { name: 'a damaged store', error: new AppError('store_damaged', '/var/lib/x is damaged') },
  { name: 'a configuration', error: new AppError('config_invalid', 'x') },
  { name: 'what a library calls 500', error: { statusCode: 500 } },
  { name: 'a status that is none', error: { statusCode: '404' } },
  { name: 'a bug', error: new TypeError('x is not a function') },
  { name: 'text', error: 'thrown' },
])('$name -> a fault of ours', ({ error }) => {
  expect(problemOf(error)).toBeNull()
})

async function serving(over: Partial<ServerOptions>) {
  const faults: unknown[] = []
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    expose: async () => '',
    status: () => [],
    vantages: () => [],
    heightened: () => new Map(),
    notReady: () => [],
    now: () => 0,
    onError: (error) => faults.push(error),
    ...over,
  })
  onTestFinished(() => server.close())
  return { url: server.url, close: server.close, faults }
}

const broken = (): never => {
  throw new Error('secret detail')
}

test.each([
  { path: '/metrics', over: { expose: broken } },
  { path: '/readyz', over: { notReady: broken } },
  { path: '/api/v1/status', over: { status: broken } },
  { path: '/api/v1/vantages', over: { vantages: broken } },
] as const)(
  '$path fails through a fault of ours -> 500 without the detail, which the daemon hears',
  async ({ path, over }) => {
    const { url, faults } = await serving(over)
    const answer = await fetch(url + path)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'application/problem+json'])
    expect(await answer.text()).not.toContain('secret')
    expect(faults).toMatchObject([{ message: 'secret detail' }])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  },
)

test('no record is given -> live state alone; the history is not there rather than empty', async () => {
  const { url } = await serving({})
  expect((await fetch(`${url}/api/v1/status`)).status).toBe(200)
  for (const path of ['outages', 'events', 'services', 'timeline'])
    expect((await fetch(`${url}/api/v1/${path}`)).status).toBe(404)
})

test('closed while a client is in the midst of asking -> its connection ends at once', async () => {
  const { url, close } = await serving({})
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
  await once(socket, 'data')
  socket.write('GET /healthz HTTP/1.1\r\nho')
  await new Promise((resolve) => setImmediate(resolve))
  const ended = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve))
  await close()
  await ended
})

/** fetch would mend these. */
function raw(
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<{ status: number; said: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${served.url}/api/v1/events`, { method: 'POST', headers }, (response) => {
      void text(response).then((said) => resolve({ status: response.statusCode!, said }), reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

test.each([
  { name: 'bytes that are no UTF-8', body: Buffer.from([0x22, 0xff, 0xfe, 0x22]) },
  { name: 'a prototype', body: Buffer.from('{"__proto__": {"id": "x"}}') },
  {
    name: 'a constructor with a prototype',
    body: Buffer.from('{"constructor": {"prototype": {"id": "x"}}}'),
  },
  { name: 'lists in lists', body: Buffer.from('['.repeat(30_000) + ']'.repeat(30_000)) },
  { name: 'a number beyond all', body: Buffer.from('{"id": 1e999}') },
])('POST of $name -> 4xx, nothing is written, and no fault of ours', async ({ body }) => {
  const before = contents(served)
  const { status, said } = await raw(
    { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' },
    body,
  )
  expect([400, 413, 422]).toContain(status)
  expect(JSON.parse(said)).toMatchObject({ status, detail: expect.stringMatching(/.{10}/) })
  expect(contents(served)).toBe(before)
  expect(served.faults).toEqual([])
})

test('an event of just under 64 KiB -> read, and refused for what is in it; of one byte more than that -> 413', async () => {
  const headers = { authorization: `Bearer ${served.token}`, 'content-type': 'application/json' }
  const bodyOf = (bytes: number) => {
    const bare = JSON.stringify(anEntry({ notes: '' })).length
    return Buffer.from(JSON.stringify(anEntry({ notes: 'x'.repeat(bytes - bare) })))
  }
  expect(bodyOf(65_536)).toHaveLength(65_536)
  expect((await raw(headers, bodyOf(65_536))).status).not.toBe(413)
  expect((await raw(headers, bodyOf(65_537))).status).toBe(413)
})

test.each(['bearer', 'BEARER', 'Bearer  '])('Authorization: "%s <token>" -> known', async (scheme) => {
  const headers = { authorization: `${scheme} ${served.token}  ` }
  const answer = await served.write('DELETE', '/api/v1/events/nobody', undefined, headers)
  expect(answer.status).toBe(404)
})

test.each(['Bearer', 'Bearer a b', 'Bearer ä', 'Bearer a=b', 'Bearer ""', 'Token x'])(
  'Authorization: %j -> 401, how it must read',
  async (authorization) => {
    const sent = Buffer.from(authorization).toString('latin1')
    const answer = await served.write('DELETE', '/api/v1/events/nobody', undefined, { authorization: sent })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="didbon", error="invalid_request"',
    ])
  },
)

test('two tokens of the configuration -> each by its own name', async () => {
  const tokens: RecordAccess['tokens'] = ['one', 'two'].map((name) => ({
    name,
    sha256: createHash('sha256').update(name).digest('hex'),
  }))
  const other = await serve({ tokens })
  onTestFinished(() => other.close())
  for (const name of ['one', 'two']) {
    const id = `by-${name}`
    const headers = { authorization: `Bearer ${name}` }
    expect((await other.write('POST', '/api/v1/events', anEntry({ id }), headers)).status).toBe(201)
    expect(await (await other.get(`/api/v1/events/${id}`)).json()).toMatchObject({ addedBy: `token:${name}` })
  }
})
