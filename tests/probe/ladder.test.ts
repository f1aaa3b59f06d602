import type net from 'node:net'
import tls from 'node:tls'
import { expect, test } from 'vitest'
import type { Measurement, TcpObservation, TlsObservation } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { makeCa } from './certificates.ts'
import { aTask, aVantage, serveHttp, serveHttps, serveTcp, serveTls, serveUdpDns, udp } from './servers.ts'

const never = new AbortController().signal
const ca = makeCa()
const site = ca.issue(['site.example', '127.0.0.1'])
const trusting = { extraCa: [ca.pem] }
const layers = (m: Measurement) => m.observations.map((o) => `${o.layer}${o.depth}`)
const tcpOf = (m: Measurement) => m.observations.filter((o): o is TcpObservation => o.layer === 'tcp')
const tlsOf = (m: Measurement) => m.observations.find((o): o is TlsObservation => o.layer === 'tls')
const named = (answers: readonly string[]) =>
  serveUdpDns((query, answer) =>
    answer(query.questions![0]!.name === 'site.example' ? { answers } : { rcode: 'NXDOMAIN' }),
  )

test('everything fine, over h1 -> one record for each step, in order, with times that only grow', async () => {
  await using dns = await named(['127.0.0.1'])
  await using web = await serveHttps(site, (_request, response) => response.end('<title>Home page</title>'))
  const before = Date.now()
  const m = await probeOnce(
    aTask(`https://site.example:${web.port}/a?b`, {
      vantage: aVantage({ resolvers: [udp(dns.port)] }),
      settings: trusting,
    }),
    never,
  )
  expect(layers(m)).toEqual(['dns0', 'dns0', 'tcp0', 'tls0', 'http0'])
  expect(m).toMatchObject({ unfit: null, unfitDetail: null, plan: 'full', vantage: 'tj-test' })
  expect(m.startedAt).toBeGreaterThanOrEqual(before)
  expect(Number.parseInt(m.id.replaceAll('-', '').slice(0, 12), 16)).toBe(m.startedAt)
  const [, , tcp, shaken, http] = m.observations
  expect(shaken).toMatchObject({
    failure: null,
    alpn: 'http/1.1',
    version: 'TLSv1.3',
    verified: true,
    chain: [],
    serverName: 'site.example',
  })
  expect(http).toMatchObject({
    failure: null,
    protocol: 'http/1.1',
    trusted: true,
    status: 200,
    title: 'Home page',
    bodyHead: null,
  })
  expect(shaken!.startedMs).toBeGreaterThanOrEqual(tcp!.startedMs + tcp!.durationMs)
  expect(http!.startedMs).toBeGreaterThanOrEqual(shaken!.startedMs + shaken!.durationMs)
  for (const o of m.observations) {
    expect(o.durationMs).toBeGreaterThanOrEqual(0)
    expect(o.startedMs + o.durationMs).toBeLessThanOrEqual(m.durationMs)
  }
})

test('a server that prefers h2 -> h2 over the measured socket', async () => {
  await using web = await serveHttps(site, (_request, response) => response.end('<title>Two</title>'), {
    h2: true,
  })
  const m = await probeOnce(aTask(`https://127.0.0.1:${web.port}/`, { settings: trusting }), never)
  expect(layers(m)).toEqual(['tcp0', 'tls0', 'http0'])
  expect(m.observations[1]).toMatchObject({ alpn: 'h2', serverName: '', verified: true })
  expect(m.observations[2]).toMatchObject({
    protocol: 'h2',
    status: 200,
    title: 'Two',
    failure: null,
    source: 'literal',
  })
})

test('a heartbeat to https -> stops after tls; to http -> takes the page but no redirect', async () => {
  await using secure = await serveHttps(site, (_request, response) => response.end())
  const measurement = await probeOnce(
    aTask(`https://127.0.0.1:${secure.port}/`, { plan: 'heartbeat', settings: trusting }),
    never,
  )
  expect(layers(measurement)).toEqual(['tcp0', 'tls0'])
  await using plain = await serveHttp((_request, response) =>
    response.writeHead(302, { location: '/next' }).end(),
  )
  const other = await probeOnce(aTask(`http://127.0.0.1:${plain.port}/`, { plan: 'heartbeat' }), never)
  expect(layers(other)).toEqual(['tcp0', 'http0'])
  expect(other.observations[1]).toMatchObject({ status: 302, trusted: false, failure: null })
})

test('nobody listens -> connection_refused, and no further step', async () => {
  const gone = await serveTcp(() => undefined)
  await gone[Symbol.asyncDispose]()
  const m = await probeOnce(aTask(`https://127.0.0.1:${gone.port}/`), never)
  expect(layers(m)).toEqual(['tcp0'])
  expect(m).toMatchObject({ unfit: null, observations: [{ failure: 'connection_refused' }] })
})

test.each([
  {
    name: 'reset after the hello',
    serve: (s: net.Socket) => s.once('data', () => s.resetAndDestroy()),
    failure: 'connection_reset',
  },
  {
    name: 'FIN after the hello',
    serve: (s: net.Socket) => s.once('data', () => s.end()),
    failure: 'eof_error',
  },
  { name: 'silence', serve: () => undefined, failure: 'generic_timeout_error' },
  {
    name: 'plain HTTP',
    serve: (s: net.Socket) => s.once('data', () => s.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    failure: 'ssl_failed_handshake',
  },
  {
    name: 'alert handshake_failure',
    serve: (s: net.Socket) => s.once('data', () => s.end(Buffer.from([21, 3, 3, 0, 2, 2, 40]))),
    failure: 'ssl_failed_handshake',
  },
  {
    name: 'alert unrecognized_name',
    serve: (s: net.Socket) => s.once('data', () => s.end(Buffer.from([21, 3, 3, 0, 2, 2, 112]))),
    failure: 'ssl_invalid_hostname',
  },
  {
    name: 'a handshake one byte at a time',
    serve: (s: net.Socket) => {
      s.write(Buffer.from([22, 3, 3, 0x3f, 0xff]))
      const drip = setInterval(() => s.write('\x02'), 10)
      s.on('close', () => clearInterval(drip))
    },
    failure: 'generic_timeout_error',
  },
] as const)('tls: $name -> $failure', async ({ serve, failure }) => {
  await using server = await serveTcp((socket) => void serve(socket))
  const m = await probeOnce(
    aTask(`https://127.0.0.1:${server.port}/`, { settings: { tlsTimeoutMs: 150 } }),
    never,
  )
  expect(layers(m)).toEqual(['tcp0', 'tls0'])
  expect(tlsOf(m)).toMatchObject({ failure, verified: null, certificate: null, alpn: null, version: null })
  expect(m.unfit).toBeNull()
})

test.each([
  {
    name: 'a certificate for another name',
    identity: ca.issue(['other.example']),
    trusts: [ca.pem],
    failure: 'ssl_invalid_hostname',
  },
  {
    name: 'an authority nobody knows',
    identity: makeCa('Middle Box').issue(['site.example']),
    trusts: [ca.pem],
    failure: 'ssl_unknown_authority',
  },
  {
    name: 'a certificate of last week',
    identity: ca.issue(['site.example'], { notAfterAt: Date.now() - 7 * 86_400_000 }),
    trusts: [ca.pem],
    failure: 'ssl_invalid_certificate',
  },
])(
  'tls: $name -> $failure, the chain is kept and the page fetched all the same',
  async ({ identity, trusts, failure }) => {
    await using dns = await named(['127.0.0.1'])
    await using web = await serveHttps(identity, (_request, response) =>
      response.end('<title>Blocked by order</title>'),
    )
    const m = await probeOnce(
      aTask(`https://site.example:${web.port}/`, {
        vantage: aVantage({ resolvers: [udp(dns.port)] }),
        settings: { extraCa: trusts, ipv6: false },
      }),
      never,
    )
    const seen = tlsOf(m)!
    expect(seen).toMatchObject({ failure, verified: false })
    expect(seen.chain[0]).toBe(identity.cert.replaceAll(/-----[A-Z ]+-----|\n/g, ''))
    expect(seen.certificate!.subject).toBe(`CN=${seen.certificate!.names[0]}`)
    expect(seen.certificate!.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(m.observations.at(-1)).toMatchObject({
      layer: 'http',
      failure: null,
      trusted: false,
      title: 'Blocked by order',
      bodyHead: '<title>Blocked by order</title>',
    })
  },
)

test('a forged chain of two -> both are kept, leaf first', async () => {
  const box = makeCa('Middle Box')
  const forged = box.issue(['127.0.0.1'])
  await using web = await serveTls({ key: forged.key, cert: forged.cert + box.pem }, (socket) =>
    socket.resume(),
  )
  const m = await probeOnce(aTask(`https://127.0.0.1:${web.port}/`, { plan: 'heartbeat' }), never)
  expect(tlsOf(m)!.chain).toEqual(
    [forged.cert, box.pem].map((pem) => pem.replaceAll(/-----[A-Z ]+-----|\n/g, '')),
  )
})

test.each([
  { names: ['*.site.example'], url: 'a.site.example', failure: null },
  { names: ['*.site.example'], url: 'a.b.site.example', failure: 'ssl_invalid_hostname' },
  { names: ['SITE.example'], url: 'site.example', failure: null },
  { names: ['127.0.0.1'], url: '127.0.0.1', failure: null },
  { names: ['127.0.0.2'], url: '127.0.0.1', failure: 'ssl_invalid_hostname' },
  { names: ['site.example'], url: '127.0.0.1', failure: 'ssl_invalid_hostname' },
])('a certificate for $names at $url -> $failure', async ({ names, url, failure }) => {
  await using dns = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1'] }))
  await using web = await serveTls(ca.issue(names), (socket) => socket.resume())
  const m = await probeOnce(
    aTask(`https://${url}:${web.port}/`, {
      plan: 'heartbeat',
      vantage: aVantage({ resolvers: [udp(dns.port)] }),
      settings: { ...trusting, ipv6: false },
    }),
    never,
  )
  expect(tlsOf(m)).toMatchObject({ failure, verified: failure === null })
})

test('a name that leads to this machine -> never connected to, unless a test allows it', async () => {
  await using dns = await named(['127.0.0.1', '0.0.0.0', '::1'])
  const m = await probeOnce(
    aTask('https://site.example/', {
      vantage: aVantage({ resolvers: [udp(dns.port)] }),
      settings: { connectToLoopback: false },
    }),
    never,
  )
  expect(layers(m)).toEqual(['dns0', 'dns0'])
})

test('more addresses than wanted -> so many of each family; one of the control when none is shared', async () => {
  await using dns = await named(['127.0.0.2', '127.0.0.3', '127.0.0.4'])
  const measureOnce = (extraAddresses: string[]) =>
    probeOnce(
      aTask('http://site.example:9/', {
        vantage: aVantage({ resolvers: [udp(dns.port)] }),
        extraAddresses,
        settings: { ipv6: false, addressesPerFamily: 2 },
      }),
      never,
    )
  expect(tcpOf(await measureOnce(['127.0.0.9', '127.0.0.8'])).map((o) => [o.address, o.source])).toEqual([
    ['127.0.0.2', 'vantage'],
    ['127.0.0.3', 'vantage'],
    ['127.0.0.9', 'control'],
  ])
  expect(tcpOf(await measureOnce(['127.0.0.4'])).map((o) => o.source)).toEqual(['vantage', 'vantage'])
})

test('the name does not resolve here, but for a trusted resolver -> its address is tried, and marked', async () => {
  await using lying = await serveUdpDns((_query, answer) => answer({ rcode: 'NXDOMAIN' }))
  await using honest = await named(['127.0.0.1'])
  await using web = await serveHttps(site, (_request, response) => response.end('hello'))
  const m = await probeOnce(
    aTask(`https://site.example:${web.port}/`, {
      vantage: aVantage({ resolvers: [udp(lying.port)], trustedResolver: udp(honest.port) }),
      settings: { ...trusting, ipv6: false },
    }),
    never,
  )
  expect(m.observations.map((o) => [o.layer, o.failure])).toEqual([
    ['dns', 'dns_nxdomain_error'],
    ['dns', null],
    ['tcp', null],
    ['tls', null],
    ['http', null],
  ])
  expect(m.observations[1]).toMatchObject({ role: 'trusted' })
  expect(tcpOf(m)[0]!.source).toBe('trusted')
})

test('one address serves a forged certificate, the other the true one -> the page comes over the true one', async () => {
  const forged = makeCa('Middle Box').issue(['site.example'])
  await using dns = await named(['127.0.0.2', '127.0.0.1'])
  await using web = await serveHttps(site, (_request, response) => response.end('<title>True</title>'))
  const { port } = web
  const lying = tls.createServer({ ...forged }, (socket) => socket.on('error', () => undefined))
  await new Promise<void>((resolve) => lying.listen(port, '127.0.0.2', resolve))
  try {
    const m = await probeOnce(
      aTask(`https://site.example:${port}/`, {
        vantage: aVantage({ resolvers: [udp(dns.port)] }),
        settings: { ...trusting, ipv6: false },
      }),
      never,
    )
    expect(m.observations.at(-1)).toMatchObject({
      layer: 'http',
      address: '127.0.0.1',
      trusted: true,
      title: 'True',
    })
    expect(m.observations.filter((o) => o.layer === 'tls').map((o) => o.failure)).toEqual([
      'ssl_unknown_authority',
      null,
    ])
  } finally {
    await new Promise((resolve) => lying.close(resolve))
  }
})

test('sockets after a handshake that nobody uses -> are closed when the probe is back', async () => {
  const open = new Set<unknown>()
  await using web = await serveTls(site, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.resume()
  })
  const m = await probeOnce(
    aTask(`https://127.0.0.1:${web.port}/`, { plan: 'heartbeat', settings: trusting }),
    never,
  )
  expect(tlsOf(m)!.failure).toBeNull()
  await expect.poll(() => open.size).toBe(0)
})
