import { createHash, randomBytes } from 'node:crypto'
import http2 from 'node:http2'
import type net from 'node:net'
import zlib from 'node:zlib'
import { expect, test } from 'vitest'
import type { HttpObservation, Measurement } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import type { ProbeSettings } from '../../src/model/probe-settings.ts'
import { makeCa } from './certificates.ts'
import { aTask, aVantage, serveHttp, serveHttps, serveTcp, serveTls, serveUdpDns, udp } from './servers.ts'

const never = new AbortController().signal
const ca = makeCa()
const site = ca.issue(['127.0.0.1'])
const pagesOf = (m: Measurement) => m.observations.filter((o): o is HttpObservation => o.layer === 'http')
const measureOnce = (port: number, settings: Partial<ProbeSettings> = {}, path = '/') =>
  probeOnce(aTask(`http://127.0.0.1:${port}${path}`, { settings }), never)
const onRequest = (act: (socket: net.Socket) => void) => (socket: net.Socket) =>
  void socket.once('data', () => act(socket))

test.each([
  {
    name: 'a reset instead of a response',
    act: (s: net.Socket) => s.resetAndDestroy(),
    failure: 'connection_reset',
    status: null,
  },
  {
    name: 'a FIN instead of a response',
    act: (s: net.Socket) => s.end(),
    failure: 'eof_error',
    status: null,
  },
  { name: 'silence', act: () => undefined, failure: 'generic_timeout_error', status: null },
  {
    name: 'no HTTP',
    act: (s: net.Socket) => s.end('SSH-2.0-OpenSSH_9.9\r\n\r\n'),
    failure: 'http_request_failed',
    status: null,
  },
  {
    name: 'a reset in the middle of the body',
    act: (s: net.Socket) =>
      s.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf', () =>
        setImmediate(() => s.resetAndDestroy()),
      ),
    failure: 'connection_reset',
    status: 200,
  },
  {
    name: 'a FIN in the middle of the body',
    act: (s: net.Socket) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'),
    failure: 'eof_error',
    status: 200,
  },
  {
    name: 'a FIN in the middle of a chunked body',
    act: (s: net.Socket) => s.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
    failure: 'eof_error',
    status: 200,
  },
  {
    name: 'a head without end',
    act: (s: net.Socket) => {
      s.write('HTTP/1.1 200 OK\r\n')
      const flood = setInterval(() => s.write(`x-${Math.random()}: ${'y'.repeat(20_000)}\r\n`), 1)
      s.on('close', () => clearInterval(flood))
    },
    failure: 'http_request_failed',
    status: null,
  },
  {
    name: 'a head one byte at a time',
    act: (s: net.Socket) => {
      s.write('HTTP/1.1 200 OK\r\nx: ')
      const drip = setInterval(() => s.write('y'), 5)
      s.on('close', () => clearInterval(drip))
    },
    failure: 'generic_timeout_error',
    status: null,
  },
  {
    name: 'a body one byte at a time',
    act: (s: net.Socket) => {
      s.write('HTTP/1.1 200 OK\r\n\r\n')
      const drip = setInterval(() => s.write('y'), 5)
      s.on('close', () => clearInterval(drip))
    },
    failure: 'generic_timeout_error',
    status: 200,
  },
  {
    name: 'interim responses for ever',
    act: (s: net.Socket) => {
      const flood = setInterval(() => s.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), 5)
      s.on('close', () => clearInterval(flood))
    },
    failure: 'generic_timeout_error',
    status: null,
  },
])('$name -> $failure', async ({ act, failure, status }) => {
  await using server = await serveTcp(onRequest(act))
  const m = await measureOnce(server.port, { httpTimeoutMs: 300 })
  expect(m.unfit).toBeNull()
  expect(pagesOf(m)).toMatchObject([{ failure, status }])
  expect(m.durationMs).toBeLessThan(2_000)
})

test('a body without end -> cut at the limit, and no failure', async () => {
  await using server = await serveHttp((_request, response) => {
    const pour = () => {
      while (response.write(Buffer.alloc(65_536, 'a'))) continue
    }
    response.on('drain', pour)
    pour()
  })
  const [page] = pagesOf(await measureOnce(server.port, { maxBodyBytes: 100_000 }))
  expect(page).toMatchObject({ failure: null, status: 200, bodyBytes: 100_000, bodyTruncated: true })
  expect(page!.bodySha256).toBe(createHash('sha256').update('a'.repeat(100_000)).digest('hex'))
})

test.each([
  { encoding: 'gzip', encode: zlib.gzipSync },
  { encoding: 'deflate', encode: zlib.deflateSync },
  { encoding: 'br', encode: zlib.brotliCompressSync },
  { encoding: 'zstd', encode: zlib.zstdCompressSync },
  { encoding: 'unheard-of', encode: (b: Buffer) => b },
])('a body in $encoding -> its text', async ({ encoding, encode }) => {
  await using server = await serveHttp((_request, response) => {
    response.setHeader('content-encoding', encoding)
    response.end(encode(Buffer.from('<title>Packed</title>')))
  })
  const [page] = pagesOf(await measureOnce(server.port))
  expect(page).toMatchObject({
    failure: null,
    title: 'Packed',
    bodyBytes: 21,
    bodyTruncated: false,
    bodyHead: '<title>Packed</title>',
  })
})

test.each([
  { encoding: 'gzip', encode: zlib.gzipSync },
  {
    encoding: 'br',
    encode: (b: Buffer) =>
      zlib.brotliCompressSync(b, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  },
  { encoding: 'zstd', encode: zlib.zstdCompressSync },
])('a bomb in $encoding -> cut, and memory stays small', async ({ encoding, encode }) => {
  const bomb = encode(Buffer.alloc(64 * 1024 * 1024))
  await using server = await serveHttp((_request, response) => {
    response.setHeader('content-encoding', encoding)
    response.end(bomb)
  })
  const before = process.memoryUsage().rss
  const [page] = pagesOf(await measureOnce(server.port))
  expect(page).toMatchObject({ failure: null, bodyBytes: 524_288, bodyTruncated: true })
  expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024)
})

test.each([
  { name: 'plain', encoding: 'identity', body: Buffer.alloc(300_000, 'a') },
  { name: 'packed', encoding: 'gzip', body: zlib.gzipSync(randomBytes(300_000)) },
])('a body in pieces of one byte, $name -> whole, and memory stays small', async ({ encoding, body }) => {
  const pieces = Buffer.alloc(body.length * 6)
  for (let i = 0; i < body.length; i += 1)
    pieces.write(`1\r\n${String.fromCodePoint(body[i]!)}\r\n`, i * 6, 'latin1')
  await using server = await serveTcp(
    onRequest((s) => {
      s.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-encoding: ${encoding}\r\n\r\n`)
      s.write(pieces)
      s.end('0\r\n\r\n')
    }),
  )
  const before = process.memoryUsage().rss
  const [page] = pagesOf(await measureOnce(server.port))
  expect(page).toMatchObject({ failure: null, bodyBytes: 300_000, bodyTruncated: false })
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
})

test('a packed body that breaks off -> what had come is undone, with the failure', async () => {
  const packed = zlib.gzipSync(Buffer.concat([Buffer.from('<title>Half</title>'), randomBytes(50_000)]))
  await using server = await serveTcp(
    onRequest((s) => {
      s.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`)
      s.end(packed.subarray(0, 40_000))
    }),
  )
  const [page] = pagesOf(await measureOnce(server.port))
  expect(page).toMatchObject({ failure: 'eof_error', title: 'Half', bodyTruncated: false })
  expect(page!.bodyBytes).toBeGreaterThan(30_000)
})

test('a body that is not what its encoding says -> kept as it came', async () => {
  await using server = await serveHttp((_request, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end('<title>Plain</title>')
  })
  expect(pagesOf(await measureOnce(server.port))[0]).toMatchObject({ failure: null, title: 'Plain' })
})

test('a page in windows-1251 -> title and text in the letters it was written in', async () => {
  const cyrillic = Buffer.from([0xc4, 0xee, 0xf1, 0xf2, 0xf3, 0xef]) // "Доступ"
  await using server = await serveHttp((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=windows-1251')
    response.end(Buffer.concat([Buffer.from('<title>'), cyrillic, Buffer.from('</title>')]))
  })
  expect(pagesOf(await measureOnce(server.port))[0]).toMatchObject({
    title: 'Доступ',
    bodyHead: '<title>Доступ</title>',
  })
})

test('what is sent -> looks like a browser, and asks for exactly the path', async () => {
  let got: { url: string | undefined; headers: NodeJS.Dict<string | string[]> } | null = null
  await using server = await serveHttp((request, response) => {
    got = { url: request.url, headers: request.headers }
    response.end()
  })
  await measureOnce(server.port, { userAgent: 'Lookout/1' }, '/a/b?c=d#e')
  expect(got!.url).toBe('/a/b?c=d')
  expect(got!.headers).toMatchObject({
    host: `127.0.0.1:${server.port}`,
    'user-agent': 'Lookout/1',
    'accept-encoding': 'gzip, deflate, br, zstd',
  })
})

test('headers -> lower-cased, in the order they came, repeated ones too', async () => {
  await using server = await serveTcp(
    onRequest((s) =>
      s.end(
        'HTTP/1.1 200 OK\r\nX-B: 1\r\nSet-Cookie: a=1\r\nx-a: 2\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n',
      ),
    ),
  )
  expect(pagesOf(await measureOnce(server.port))[0]!.headers).toEqual([
    ['x-b', '1'],
    ['set-cookie', 'a=1'],
    ['x-a', '2'],
    ['set-cookie', 'b=2'],
    ['content-length', '0'],
  ])
})

test('a redirect to another host and to https -> the ladder is climbed anew, with a referer', async () => {
  const secret = ca.issue(['two.example'])
  let referer: string | undefined
  await using second = await serveHttps(secret, (request, response) => {
    referer = request.headers.referer
    response.end('<title>Arrived</title>')
  })
  await using first = await serveHttp((_request, response) =>
    response.writeHead(301, { location: `https://two.example:${second.port}/there` }).end(),
  )
  await using dns = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1'] }))
  const m = await probeOnce(
    aTask(`http://one.example:${first.port}/`, {
      vantage: aVantage({ resolvers: [udp(dns.port)] }),
      settings: { extraCa: [ca.pem], ipv6: false, lateReplyWindowMs: 300 },
    }),
    never,
  )
  expect(m.observations.map((o) => `${o.layer}${o.depth}`)).toEqual([
    'dns0',
    'tcp0',
    'http0',
    'dns1',
    'tcp1',
    'tls1',
    'http1',
  ])
  expect(pagesOf(m).map((p) => [p.status, p.title, p.trusted])).toEqual([
    [301, null, false],
    [200, 'Arrived', true],
  ])
  expect(referer).toBe(`http://one.example:${first.port}/`)
  // The window for late answers of the first hop runs beside the second one.
  expect(m.durationMs).toBeLessThan(600)
})

test('a redirect to itself for ever -> twenty are followed, the next is a failure', async () => {
  let count = 0
  await using server = await serveHttp((_request, response) => {
    count += 1
    response.writeHead(302, { location: '/' }).end()
  })
  const pages = pagesOf(await measureOnce(server.port))
  expect(count).toBe(21)
  expect(pages).toHaveLength(21)
  expect(pages.slice(0, 20).every((p) => p.failure === null)).toBe(true)
  expect(pages[20]).toMatchObject({
    depth: 20,
    status: 302,
    failure: 'unknown_failure: stopped after too many redirects',
  })
})

test('a redirect to itself until a cookie comes back -> the cookie is carried', async () => {
  await using server = await serveHttp((request, response) => {
    if (request.headers.cookie === 'seen=a "b", c; odd=\u00e9') response.end('<title>In</title>')
    else
      response
        .writeHead(302, {
          location: '/',
          'set-cookie': ['seen=a "b", c; Path=/', 'evil=x; Domain=other.example', 'odd=\u00e9'],
        })
        .end()
  })
  expect(pagesOf(await measureOnce(server.port)).map((p) => p.status)).toEqual([302, 200])
})

test.each([
  { location: 'http://' },
  { location: 'http:///' },
  { location: 'intent://open#Intent;end' },
  { location: 'http://site.example:0/' },
  { location: `http://${'a'.repeat(64)}.example/` },
  { location: `http://${'a.'.repeat(150)}example/` },
  { location: 'https://[::1/' },
])('a redirect to $location -> http_invalid_redirect_location_host', async ({ location }) => {
  await using server = await serveTcp(
    onRequest((s) => s.end(`HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`)),
  )
  const m = await measureOnce(server.port)
  expect(pagesOf(m)).toMatchObject([{ status: 302, failure: 'http_invalid_redirect_location_host' }])
  expect(m.unfit).toBeNull()
})

test.each([200, 300, 304, 404, 503])('status %i with a location -> is not followed', async (status) => {
  await using server = await serveHttp((_request, response) =>
    response.writeHead(status, { location: '/x' }).end(),
  )
  expect(pagesOf(await measureOnce(server.port))).toMatchObject([{ status, failure: null }])
})

test('a redirect without a location -> the answer is final', async () => {
  await using server = await serveHttp((_request, response) => response.writeHead(302).end('moved'))
  expect(pagesOf(await measureOnce(server.port))).toMatchObject([{ status: 302, failure: null }])
})

test('over h2: the stream is reset -> a failure, at once, and the measurement is fit', async () => {
  const server = http2.createSecureServer({ ...site })
  server.on('stream', (stream) => {
    stream.on('error', () => undefined)
    stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as net.AddressInfo
  const m = await probeOnce(aTask(`https://127.0.0.1:${port}/`, { settings: { extraCa: [ca.pem] } }), never)
  expect(m.unfit).toBeNull()
  expect(pagesOf(m)).toMatchObject([{ protocol: 'h2', failure: 'http_request_failed' }])
  await new Promise((resolve) => server.close(resolve))
})

test.each([
  { name: 'the connection is reset', act: (s: net.Socket) => s.destroy(), failure: 'eof_error' },
  { name: 'the server says nothing', act: () => undefined, failure: 'generic_timeout_error' },
  {
    name: 'the server speaks h1 after all',
    act: (s: net.Socket) => s.write('HTTP/1.1 200 OK\r\n\r\nhello'),
    failure: 'http_request_failed',
  },
])('over h2: $name -> $failure', async ({ act, failure }) => {
  await using server = await serveTls(site, (socket) => void socket.once('data', () => act(socket)), {
    ALPNProtocols: ['h2'],
  })
  const m = await probeOnce(
    aTask(`https://127.0.0.1:${server.port}/`, { settings: { extraCa: [ca.pem], httpTimeoutMs: 300 } }),
    never,
  )
  expect(m.unfit).toBeNull()
  expect(pagesOf(m)).toMatchObject([{ protocol: 'h2', failure }])
})

test('the server hangs up right after the handshake -> eof_error at http', async () => {
  await using server = await serveTls(site, (socket) => socket.end())
  const m = await probeOnce(
    aTask(`https://127.0.0.1:${server.port}/`, { settings: { extraCa: [ca.pem] } }),
    never,
  )
  expect(pagesOf(m)).toMatchObject([{ failure: 'eof_error', status: null }])
})
