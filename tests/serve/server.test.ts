import { afterEach, expect, test } from 'vitest'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type Server, type ServerOptions, startServer } from '../../src/serve/server.ts'

const open: Server[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

async function serve(over: Partial<ServerOptions> = {}): Promise<string> {
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    expose: async (format) => `# as ${format}\n`,
    status: () => [],
    vantages: () => [],
    heightened: () => new Map([['facebook', Date.UTC(2026, 0, 4)]]),
    notReady: () => [],
    now: () => Date.UTC(2026, 0, 1),
    ...over,
  })
  open.push(server)
  return server.url
}

test('healthz -> 200 while the process answers, ready or not', async () => {
  const url = await serve({ notReady: () => ['the database is closed'] })
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('readyz -> 503 with the reasons until there are none', async () => {
  const reasons = ['the schedule is not running']
  const url = await serve({ notReady: () => reasons })
  const before = await fetch(`${url}/readyz`)
  expect([before.status, await before.json()]).toEqual([
    503,
    { ready: false, reasons: ['the schedule is not running'] },
  ])
  reasons.pop()
  const after = await fetch(`${url}/readyz`)
  expect([after.status, await after.json()]).toEqual([200, { ready: true, reasons: [] }])
})

test('status -> services with ISO times, no look yet is null', async () => {
  const url = await serve({
    status: () => [
      {
        service: 'facebook',
        vantage: 'dushanbe',
        state: 'insufficient',
        partial: false,
        blockedOver: null,
        sinceAt: Date.UTC(2026, 0, 1),
        mechanism: null,
        because: 'Not measured yet.',
        outageId: null,
        lastMeasurementAt: null,
        quic: { standing: 'not_offered', because: 'Not offered.' },
      },
    ],
  })
  const body = await (await fetch(`${url}/api/v1/status`)).json()
  expect(body).toEqual({
    at: '2026-01-01T00:00:00.000Z',
    vantages: [],
    services: [
      {
        service: 'facebook',
        vantage: 'dushanbe',
        state: 'insufficient',
        partial: false,
        blockedOver: null,
        since: '2026-01-01T00:00:00.000Z',
        mechanism: null,
        because: 'Not measured yet.',
        outageId: null,
        lastMeasurement: null,
        lastLook: null,
        quic: { standing: 'not_offered', because: 'Not offered.' },
        heightenedUntil: '2026-01-04T00:00:00.000Z',
      },
    ],
  })
})

test('a path that is not there -> 404', async () => {
  expect((await fetch(`${await serve()}/nothing`)).status).toBe(404)
})

test('a port already taken -> listen_failed, naming it and the way out', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const { port } = holder.address() as AddressInfo
  await expect(serve({ port })).rejects.toMatchObject({
    code: 'listen_failed',
    message: expect.stringContaining(`cannot listen on 127.0.0.1:${port} (EADDRINUSE)`),
  })
  holder.close()
})
