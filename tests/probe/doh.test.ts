import type http from 'node:http'
import packet from 'dns-packet'
import { expect, test } from 'vitest'
import type { DnsObservation, Measurement } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import type { Identity } from './certificates.ts'
import { makeCa } from './certificates.ts'
import {
  aTask,
  aVantage,
  replyTo,
  serveHttps,
  serveTcpDns,
  serveUdpDns,
  udp,
  type Listening,
} from './servers.ts'
import { socks5 } from '../vantage/proxies.ts'

const never = new AbortController().signal
const ca = makeCa()
const identity = ca.issue(['resolver.example'])
const dnsOf = (m: Measurement) => m.observations.filter((o): o is DnsObservation => o.layer === 'dns')

function serveDoh(
  answer: (query: packet.DecodedPacket, response: http.ServerResponse) => void,
  who: Identity = identity,
  h2 = false,
): Promise<Listening> {
  return serveHttps(
    who,
    (request, response) => {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => answer(packet.decode(Buffer.concat(parts)), response))
    },
    { h2 },
  )
}

const measureOnce = (port: number) =>
  probeOnce(
    aTask('http://site.example:9/', {
      plan: 'heartbeat',
      vantage: aVantage({
        resolvers: [{ kind: 'doh', url: `https://resolver.example:${port}/dns-query`, address: '127.0.0.1' }],
      }),
      settings: { extraCa: [ca.pem], dnsTimeoutMs: 2_000 },
    }),
    never,
  )

test.each([{ h2: false }, { h2: true }])(
  'an honest resolver, h2 $h2 -> both families, asked with id 0',
  async ({ h2 }) => {
    const ids: (number | undefined)[] = []
    await using doh = await serveDoh(
      (query, response) => {
        ids.push(query.id)
        response.setHeader('content-type', 'application/dns-message')
        response.end(replyTo(query, { answers: ['127.0.0.1', '::1'] }))
      },
      identity,
      h2,
    )
    const seen = dnsOf(await measureOnce(doh.port))
    expect(seen).toMatchObject([
      {
        engine: 'doh',
        queryType: 'A',
        failure: null,
        answers: [{ value: '127.0.0.1' }],
        resolver: `https://resolver.example:${doh.port}/dns-query`,
      },
      { engine: 'doh', queryType: 'AAAA', failure: null, answers: [{ value: '::1' }] },
    ])
    expect(ids).toEqual([0, 0])
  },
)

test.each([
  {
    name: 'NXDOMAIN',
    act: (q: packet.DecodedPacket, r: http.ServerResponse) => r.end(replyTo(q, { rcode: 'NXDOMAIN' })),
    failure: 'dns_nxdomain_error',
  },
  {
    name: 'status 403',
    act: (_q: packet.DecodedPacket, r: http.ServerResponse) => r.writeHead(403).end(),
    failure: 'http_request_failed',
  },
  {
    name: 'a page',
    act: (_q: packet.DecodedPacket, r: http.ServerResponse) => r.end('<html>'),
    failure: 'dns_server_misbehaving',
  },
  { name: 'silence', act: () => undefined, failure: 'generic_timeout_error' },
  {
    name: 'more than any message',
    act: (_q: packet.DecodedPacket, r: http.ServerResponse) => r.end(Buffer.alloc(1_000_000)),
    failure: 'dns_server_misbehaving',
  },
])('over https: $name -> $failure', async ({ act, failure }) => {
  await using doh = await serveDoh((query, response) => void act(query, response))
  const m = await measureOnce(doh.port)
  expect(m.unfit).toBeNull()
  expect(dnsOf(m).map((o) => o.failure)).toEqual([failure, failure])
})

test('a resolver with a forged certificate -> not asked, ssl_unknown_authority', async () => {
  let asked = 0
  await using doh = await serveDoh(() => (asked += 1), makeCa('Middle Box').issue(['resolver.example']))
  expect(dnsOf(await measureOnce(doh.port)).map((o) => o.failure)).toEqual([
    'ssl_unknown_authority',
    'ssl_unknown_authority',
  ])
  expect(asked).toBe(0)
})

test.each([
  { name: 'relays datagrams', datagrams: true, engine: 'udp' },
  { name: 'refuses datagrams', datagrams: false, engine: 'tcp' },
])(
  'through a SOCKS5 proxy that $name -> the named resolver is asked over $engine, and all steps go through it',
  async ({ datagrams, engine }) => {
    const asked: { host: string; port: number }[] = []
    await using tcp = await serveTcpDns(() => ({ answers: ['127.0.0.1'] }))
    await using dns = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1'] }), tcp.port)
    await using web = await serveHttps(ca.issue(['site.example']), (_request, response) =>
      response.end('<title>Through</title>'),
    )
    await using proxy = await socks5({ datagrams, asked })
    const route = {
      kind: 'socks5',
      host: '127.0.0.1',
      port: proxy.port,
      username: null,
      password: null,
    } as const
    const m = await probeOnce(
      aTask(`https://site.example:${web.port}/`, {
        vantage: aVantage({ route, resolvers: [udp(dns.port)] }),
        settings: { extraCa: [ca.pem], ipv6: false },
      }),
      never,
    )
    expect(m.observations).toMatchObject([
      { layer: 'dns', engine, failure: null },
      { layer: 'tcp', address: '127.0.0.1', failure: null },
      { layer: 'tls', verified: true },
      { layer: 'http', title: 'Through', failure: null },
    ])
    expect(asked.at(-1)).toEqual({ host: '127.0.0.1', port: web.port })
  },
)

test('the proxy resolves -> one record without answers, and the connection is made by name', async () => {
  const asked: { host: string; port: number }[] = []
  await using web = await serveHttps(ca.issue(['site.example']), (_request, response) =>
    response.end('<title>Through</title>'),
  )
  await using proxy = await socks5({ asked })
  const route = {
    kind: 'socks5',
    host: '127.0.0.1',
    port: proxy.port,
    username: null,
    password: null,
  } as const
  const m = await probeOnce(
    aTask(`https://site.example:${web.port}/`, {
      vantage: aVantage({ route, resolvers: [{ kind: 'proxy' }] }),
      settings: { extraCa: [ca.pem] },
    }),
    never,
  )
  expect(m.observations).toMatchObject([
    { layer: 'dns', engine: 'proxy', resolver: '', queryType: 'ANY', answers: [], failure: null },
    { layer: 'tcp', address: 'site.example', source: 'vantage' },
    { layer: 'tls', serverName: 'site.example', verified: true },
    { layer: 'http', title: 'Through' },
  ])
  expect(asked).toEqual([{ host: 'site.example', port: web.port }])
})
