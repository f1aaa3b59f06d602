/** Inside verified TLS: what only the server can have sent is told from what anybody on the path can bring about. */
import http2 from 'node:http2'
import net from 'node:net'
import type tls from 'node:tls'
import { expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import type { HttpObservation } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { makeCa } from './certificates.ts'
import { aTask, serveHttps, serveTcp, serveTls } from './servers.ts'

const never = new AbortController().signal
const ca = makeCa()
const site = ca.issue(['127.0.0.1'])

async function pageOf(port: number): Promise<{ page: HttpObservation; reached: string; rule: string }> {
  const m = await probeOnce(
    aTask(`https://127.0.0.1:${port}/`, { settings: { extraCa: [ca.pem], httpTimeoutMs: 400 } }),
    never,
  )
  expect(m.unfit).toBeNull()
  const pages = m.observations.filter((o): o is HttpObservation => o.layer === 'http')
  const { reached, rule } = judge(m, [], 'online')
  return { page: pages.at(-1)!, reached, rule }
}

const UNUSABLE = { reached: 'yes', rule: 'server_answer_unusable' } as const

test.each([
  { name: 'no HTTP', answer: 'SSH-2.0-OpenSSH_9.9\r\n\r\n' },
  {
    name: 'two different lengths',
    answer: 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabc',
  },
  { name: 'a length that is no number', answer: 'HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\nabc' },
  {
    name: 'a chunk size that is no number',
    answer: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nab',
  },
  { name: 'a NUL in a header', answer: 'HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 3\r\n\r\nabc' },
])('$name, and the connection stays open -> the server answered', async ({ answer }) => {
  await using server = await serveTls(site, (s) => void s.once('data', () => s.write(answer)))
  expect(await pageOf(server.port)).toMatchObject({
    page: { failure: 'http_request_failed', endedBy: 'peer' },
    ...UNUSABLE,
  })
})

test.each([
  { name: 'no HTTP, then FIN', answer: 'SSH-2.0-OpenSSH_9.9\r\n\r\n' },
  {
    name: 'a redirect to an app',
    answer: 'HTTP/1.1 302 Found\r\nlocation: intent://x\r\ncontent-length: 0\r\n\r\n',
  },
  {
    name: 'a redirect that never ends',
    answer: 'HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n',
  },
])('$name -> the server answered', async ({ answer }) => {
  await using server = await serveTls(site, (s) => void s.once('data', () => s.end(answer)))
  expect(await pageOf(server.port)).toMatchObject(UNUSABLE)
})

test.each([
  { name: 'silence', act: () => undefined, failure: 'generic_timeout_error' },
  { name: 'FIN', act: (s: tls.TLSSocket) => s.end(), failure: 'eof_error' },
  {
    name: 'silence in mid header',
    act: (s: tls.TLSSocket) => s.write('HTTP/1.1 200 OK\r\nx: '),
    failure: 'generic_timeout_error',
  },
  {
    name: 'FIN in mid header',
    act: (s: tls.TLSSocket) => s.end('HTTP/1.1 200 OK\r\nx: '),
    failure: 'eof_error',
  },
  {
    name: 'FIN in mid body',
    act: (s: tls.TLSSocket) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
    failure: 'eof_error',
  },
  {
    name: 'FIN in mid chunk, where the connection was to be closed anyway',
    act: (s: tls.TLSSocket) =>
      s.end('HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n8\r\nhalf'),
    failure: 'eof_error',
  },
])('$name -> anybody on the path', async ({ act, failure }) => {
  await using server = await serveTls(site, (s) => void s.once('data', () => act(s)))
  const { page, reached } = await pageOf(server.port)
  expect(page.failure).toEqual(failure)
  expect(page).not.toHaveProperty('endedBy')
  expect(reached).not.toBe('yes')
})

test('a reset in mid body -> anybody on the path', async () => {
  const raws = new Set<net.Socket>()
  await using server = await serveTls(
    site,
    (s) =>
      void s.once('data', () =>
        s.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () =>
          setImmediate(() => raws.forEach((raw) => raw.resetAndDestroy())),
        ),
      ),
  )
  await using line = await serveTcp((near) => {
    const far = net.connect(server.port, '127.0.0.1')
    raws.add(near)
    near.on('error', () => undefined).pipe(far)
    far.on('error', () => undefined).pipe(near)
  })
  const { page, reached } = await pageOf(line.port)
  expect(page).toMatchObject({ failure: 'connection_reset' })
  expect(page).not.toHaveProperty('endedBy')
  expect(reached).not.toBe('yes')
})

test.each([
  { name: 'before the headers', begin: false, code: http2.constants.NGHTTP2_INTERNAL_ERROR },
  { name: 'in mid page', begin: true, code: http2.constants.NGHTTP2_INTERNAL_ERROR },
  { name: 'in mid page, as cancelled', begin: true, code: http2.constants.NGHTTP2_CANCEL },
])('over h2: the stream is reset $name -> the server answered', async ({ begin, code }) => {
  await using server = await serveHttps(
    site,
    (_request, response) => {
      const { stream } = response as unknown as http2.Http2ServerResponse
      stream.on('error', () => undefined)
      if (!begin) return stream.close(code)
      stream.respond({ ':status': 200, 'content-length': '100000' })
      stream.write('x'.repeat(8000), () => stream.close(code))
    },
    { h2: true },
  )
  expect(await pageOf(server.port)).toMatchObject({
    page: { failure: 'http_request_failed', endedBy: 'peer' },
    ...UNUSABLE,
  })
})

test('over h2: the stream is reset in mid page whose length was not given -> the server answered', async () => {
  await using server = await serveHttps(
    site,
    (_request, response) => {
      const { stream } = response as unknown as http2.Http2ServerResponse
      stream.on('error', () => undefined)
      stream.respond({ ':status': 200 })
      stream.write('x'.repeat(8000), () => stream.close(http2.constants.NGHTTP2_CANCEL))
    },
    { h2: true },
  )
  const { page, reached } = await pageOf(server.port)
  expect(page).toMatchObject({ status: 200, bodyBytes: 8000 })
  expect(reached).toBe('yes')
})

test.each([
  { name: 'FIN', act: (s: net.Socket) => s.destroy() },
  { name: 'a reset', act: (s: net.Socket) => s.resetAndDestroy() },
])('over h2: $name in mid page -> anybody on the path', async ({ act }) => {
  const raws = new Set<net.Socket>()
  await using server = await serveHttps(
    site,
    (_request, response) => {
      const { stream } = response as unknown as http2.Http2ServerResponse
      stream.on('error', () => undefined)
      stream.respond({ ':status': 200, 'content-length': '100000' })
      stream.write('x'.repeat(8000), () => setImmediate(() => raws.forEach(act)))
    },
    { h2: true },
  )
  await using line = await serveTcp((near) => {
    const far = net.connect(server.port, '127.0.0.1')
    raws.add(near)
    near.on('error', () => undefined).pipe(far)
    far.on('error', () => undefined).pipe(near)
  })
  const { page, reached } = await pageOf(line.port)
  expect(page.failure).not.toBeNull()
  expect(page).not.toHaveProperty('endedBy')
  expect(reached).not.toBe('yes')
})

test.each([
  { name: 'nothing more comes', everyMs: 0, stalled: true },
  { name: 'it trickles on', everyMs: 20, stalled: undefined },
])(
  'after 8 kB of the page $name -> stalled: $stalled, and the bytes are counted',
  async ({ everyMs, stalled }) => {
    await using server = await serveTls(site, (s) => {
      s.once('data', () => {
        s.write(`HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n${'x'.repeat(8000)}`)
        if (everyMs === 0) return
        const drip = setInterval(() => s.write('y'), everyMs)
        s.on('close', () => clearInterval(drip))
      })
    })
    const { page } = await pageOf(server.port)
    expect(page).toMatchObject({ failure: 'generic_timeout_error', status: 200 })
    expect(page.stalled).toBe(stalled)
    expect(page.receivedBytes).toBeGreaterThan(8000)
  },
)

test.each([70, 250])('%i kB of headers -> the page, as in browsers', async (kilobytes) => {
  const answer = `HTTP/1.1 200 OK\r\n${`x: ${'y'.repeat(995)}\r\n`.repeat(kilobytes)}content-length: 2\r\n\r\nok`
  await using server = await serveTls(site, (s) => void s.once('data', () => s.end(answer)))
  expect((await pageOf(server.port)).page).toMatchObject({ failure: null, status: 200, bodyBytes: 2 })
})
