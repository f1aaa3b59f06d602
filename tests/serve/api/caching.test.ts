import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULTS } from '../../../src/correlate/settings.ts'
import { startHistoryThread } from '../../../src/history/thread.ts'
import { type Served, anEntry, serve } from './served.ts'

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.close())

/** fetch unzips by itself; here the bytes matter. */
function raw(path: string, headers: Readonly<Record<string, string>>, method = 'GET') {
  return new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>((resolve, reject) => {
    request(served.url + path, { headers, method }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        resolve({ headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
      .on('error', reject)
      .end()
  })
}

test('the same again with its tag -> 304 and nothing more, however the tag is written', async () => {
  const first = await served.get('/api/v1/reports')
  const etag = first.headers.get('etag')!
  expect(first.headers.get('cache-control')).toBe('no-cache')
  for (const tags of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
    const again = await served.get('/api/v1/reports', { 'if-none-match': tags })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
  }
})

test('something else was asked, or something changed -> another tag', async () => {
  const tagOf = async (path: string) => (await served.get(path)).headers.get('etag')!
  const events = await tagOf('/api/v1/events')
  expect(await tagOf('/api/v1/events?format=csv')).not.toBe(events)
  await served.write('POST', '/api/v1/events', anEntry())
  const again = await served.get('/api/v1/events', { 'if-none-match': events })
  expect(again.status).toBe(200)
})

test('gzip taken -> gzipped, and the same as without', async () => {
  const zipped = await raw('/api/v1/events', { 'accept-encoding': 'gzip' })
  const plain = await raw('/api/v1/events', { 'accept-encoding': 'identity' })
  expect([zipped.headers['content-encoding'], plain.headers['content-encoding']]).toEqual(['gzip', undefined])
  expect(zipped.headers.vary).toMatch(/accept-encoding/i)
  expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true)
  expect(zipped.body.length).toBeLessThan(plain.body.length / 2)
})

test('HEAD -> the headers of GET without the body', async () => {
  const head = await raw('/api/v1/vantages', {}, 'HEAD')
  const get = await raw('/api/v1/vantages', {})
  expect([head.headers.etag, head.headers['content-length'], head.body.length]).toEqual([
    get.headers.etag,
    get.headers['content-length'],
    0,
  ])
})

test('status and problems -> kept by nobody', async () => {
  for (const path of ['/api/v1/status', '/api/v1/outages/nothing', '/api/v1/outages?limit=0'])
    expect((await served.get(path)).headers.get('cache-control')).toBe('no-store')
})

test('a fault of ours -> 500 that tells nothing of it, and the daemon hears it', async () => {
  const history = startHistoryThread({ path: '/nowhere/didbon.db', correlate: DEFAULTS })
  const broken = await serve({ history })
  const response = await broken.get('/api/v1/outages')
  const body = await response.text()
  await broken.close()
  await history.close()
  expect(response.status).toBe(500)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(body).not.toMatch(/nowhere|thread|pool|\.ts|at /i)
  expect(broken.faults).toMatchObject([{ code: expect.any(String) }])
})

test('a stream of many reads at once -> all are answered', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, async () => (await served.get('/api/v1/outages')).status),
  )
  expect(answers.every((status) => status === 200)).toBe(true)
})
