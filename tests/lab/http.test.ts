import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { HttpRule } from '../../src/lab/censor.ts'
import { startLab } from '../../src/lab/lab.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { SILENCE_MS, dial, failureOf, get } from './client.ts'

const NEWS = '185.193.12.20'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterEach(() => {
  for (const network of lab.networks) {
    network.censor.clear()
    network.set({ delayMs: 0 })
  }
})
afterAll(() => lab.close())

const add = (rule: { action: HttpRule['action'] } & Record<string, unknown>): (() => void) =>
  lab.network('babilon').censor.add({ layer: 'http', names: ['*.news.tj'], ...rule })

/** Everything the server sends after a request, and how it ends; `null` for still open once `enough` says so. */
async function raw(
  pieces: readonly string[],
  enough: (text: string) => boolean = () => false,
  silenceMs = 10_000,
): Promise<{ text: string; end: 'FIN' | 'RST' | null }> {
  const tcp = await dial(lab.network('babilon'), NEWS, 80)
  let text = ''
  const ended = new Promise<'FIN' | 'RST' | null>((resolve) => {
    tcp.setTimeout(silenceMs, () => resolve(null))
    tcp.on('data', (chunk) => {
      text += chunk.toString()
      if (enough(text)) resolve(null)
    })
    tcp.on('end', () => resolve('FIN'))
    tcp.on('error', () => resolve('RST'))
  })
  for (const piece of pieces) {
    tcp.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const end = await ended
  tcp.destroy()
  return { text, end }
}

const REQUEST = 'GET / HTTP/1.1\r\nhost: news.tj\r\n\r\n'

test("redirect -> 302 to the block page on the provider's own host, which is there", async () => {
  const lift = add({ action: 'redirect' })
  const network = lab.network('babilon')
  const { status, headers } = await get(lab, network, 'http://news.tj/')
  expect({ status, location: headers.location }).toEqual({ status: 302, location: network.blockPageUrl })
  expect((await get(lab, network, network.blockPageUrl)).body).toContain('<title>Access restricted</title>')
  expect((await get(lab, network, 'https://news.tj/')).status).toBe(200)
  expect((await get(lab, network, 'http://example.com/')).body).toContain('Example Domain')
  expect((await get(lab, lab.network('tcell'), 'http://news.tj/')).status).toBe(200)
  lift()
  expect((await get(lab, network, 'http://news.tj/')).status).toBe(200)
})

test('redirect to a place of its own -> there', async () => {
  add({ action: 'redirect', location: 'http://elsewhere.example/x' })
  expect((await get(lab, lab.network('babilon'), 'http://news.tj/')).headers.location).toBe(
    'http://elsewhere.example/x',
  )
})

test.each([
  { rule: { action: 'blockpage' }, shows: 'Access restricted' },
  { rule: { action: 'blockpage', page: '<p>nothing to see</p>' }, shows: '<p>nothing to see</p>' },
] as const)('$rule -> 200 with it, none of the site', async ({ rule, shows }) => {
  add(rule)
  const { status, body } = await get(lab, lab.network('babilon'), 'http://news.tj/')
  expect(status).toBe(200)
  expect(body).toContain(shows)
  expect(body).not.toContain('ASIA-Plus')
})

test('the head in pieces, the Host in capitals -> still seen', async () => {
  add({ action: 'blockpage' })
  const { text, end } = await raw(['G', 'ET / HTTP/1.1\r\nHO', 'ST: WWW.NEWS.TJ\r\n', '\r\n'])
  expect(text).toContain('Access restricted')
  expect(end).toBe('FIN')
})

test('another Host at the same address -> untouched', async () => {
  add({ action: 'reset' })
  expect((await raw(['GET / HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n'])).text).toMatch(
    /^HTTP\/1.1 200/,
  )
})

test.each([
  { action: 'reset', end: 'RST' },
  { action: 'drop', end: null },
] as const)('$action -> not a byte, $end', async ({ action, end }) => {
  add({ action })
  expect(await raw([REQUEST], undefined, end === null ? SILENCE_MS : undefined)).toEqual({ text: '', end })
})

test.each([
  { action: 'reset-after', end: 'RST' },
  { action: 'truncate', end: 'FIN' },
  { action: 'drop-after', end: null },
] as const)('$action -> the head and part of the promised body, then $end', async ({ action, end }) => {
  add({ action, afterBytes: 700 })
  const cut = await raw([REQUEST], undefined, end === null ? SILENCE_MS : undefined)
  expect(cut.end).toBe(end)
  expect(cut.text).toHaveLength(700)
  expect(cut.text).toMatch(/^HTTP\/1.1 200 OK/)
  expect(Number(/content-length: (\d+)/i.exec(cut.text)![1])).toBeGreaterThan(10_000)
})

test('truncate, as an HTTP client sees it -> the body ends early', async () => {
  add({ action: 'truncate' })
  expect(await failureOf(get(lab, lab.network('babilon'), 'http://news.tj/'))).toBe('ECONNRESET')
})

test('drip -> a head that promises much, then a byte at a time without an end', async () => {
  add({ action: 'drip', everyMs: 10 })
  const startedAt = performance.now()
  const { text, end } = await raw([REQUEST], (sofar) => /\r\n\r\n\.{8}/.test(sofar))
  expect(end).toBeNull()
  expect(text).toMatch(/content-length: 1000000\r\n/)
  expect(performance.now() - startedAt).toBeGreaterThan(70)
})

test('a second request on a kept connection -> censored like a first', async () => {
  const tcp = await dial(lab.network('babilon'), NEWS, 80)
  const heard = once(tcp, 'data') as Promise<[Buffer]>
  tcp.write('GET /a HTTP/1.1\r\nhost: www.news.tj\r\n\r\n')
  expect((await heard)[0].toString()).toMatch(/^HTTP\/1.1 301/)
  add({ action: 'reset' })
  const closed = new Promise((resolve) =>
    tcp.once('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
  )
  tcp.write('GET /b HTTP/1.1\r\nho')
  tcp.write('st: news.tj\r\n\r\n')
  expect(await closed).toBe('ECONNRESET')
})

test('delay on the network -> the censor answers that late as well', async () => {
  add({ action: 'blockpage' })
  lab.network('babilon').set({ delayMs: 50 })
  const startedAt = performance.now()
  await get(lab, lab.network('babilon'), 'http://news.tj/')
  expect(performance.now() - startedAt).toBeGreaterThan(95)
})

test('a client that speaks neither TLS nor HTTP -> carried to the server as it is', async () => {
  const { text, end } = await raw(['\u0001\u0002 nonsense\r\n\r\n'])
  expect(end).not.toBe('RST')
  expect(text === '' || text.startsWith('HTTP/1.1 400')).toBe(true)
})
