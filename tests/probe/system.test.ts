/** The system's own resolver, with the machine set to ask servers of the test. */
import dns from 'node:dns'
import packet from 'dns-packet'
import { expect, onTestFinished, test } from 'vitest'
import type { DnsObservation, Measurement } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import type { ProbeSettings } from '../../src/model/probe-settings.ts'
import { makeCa } from './certificates.ts'
import { aTask, aVantage, replyTo, serveHttps, serveTcpDns, serveUdpDns, type Reply } from './servers.ts'

const never = new AbortController().signal
const dnsOf = (m: Measurement) => m.observations.filter((o): o is DnsObservation => o.layer === 'dns')
const there: Reply = { answers: ['127.0.0.1'] }

function machineAsks(...ports: number[]): void {
  const before = dns.getServers()
  onTestFinished(() => dns.setServers(before))
  dns.setServers(ports.map((port) => `127.0.0.1:${port}`))
}

/** Nothing listens on the target, so that only the names matter. */
const measureOnce = (settings: Partial<ProbeSettings> = {}, host = 'site.example') =>
  probeOnce(
    aTask(`http://${host}:9`, {
      plan: 'heartbeat',
      vantage: aVantage({ resolvers: [{ kind: 'system' }] }),
      settings: { ipv6: false, ...settings },
    }),
    never,
  )

test('one server -> a question for each family, and its address is not recorded', async () => {
  await using server = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1', '::1'] }))
  machineAsks(server.port)
  const m = await measureOnce({ ipv6: true })
  expect(dnsOf(m)).toMatchObject([
    { engine: 'system', resolver: '', queryType: 'A', failure: null, answers: [{ value: '127.0.0.1' }] },
    { engine: 'system', resolver: '', queryType: 'AAAA', failure: null, answers: [{ value: '::1' }] },
  ])
  expect(JSON.stringify(m)).not.toContain(String(server.port))
})

test('names that are dropped, more than Node has threads -> every other name is answered at once', async () => {
  await using server = await serveUdpDns((query, answer) => {
    if (!query.questions![0]!.name.startsWith('dropped')) answer(there)
  })
  machineAsks(server.port)
  const dropped = Array.from({ length: 8 }, (_, i) =>
    measureOnce({ dnsTimeoutMs: 900 }, `dropped${i}.example`),
  )
  const [fine] = dnsOf(await measureOnce({ dnsTimeoutMs: 900 }))
  expect(fine!.failure).toBeNull()
  expect(fine!.durationMs).toBeLessThan(600)
  for (const m of await Promise.all(dropped)) {
    expect(dnsOf(m)[0]).toMatchObject({ engine: 'system', failure: 'generic_timeout_error', answers: [] })
    expect(m.durationMs).toBeLessThan(2_000)
  }
})

test.each([
  { name: 'is silent', first: null, asked: true, failure: null },
  { name: 'answers SERVFAIL', first: { rcode: 'SERVFAIL' }, asked: true, failure: null },
  { name: 'answers REFUSED', first: { rcode: 'REFUSED' }, asked: true, failure: null },
  { name: 'knows no such name', first: { rcode: 'NXDOMAIN' }, asked: false, failure: 'dns_nxdomain_error' },
  { name: 'has no such record', first: {}, asked: false, failure: 'dns_no_answer' },
  { name: 'answers', first: there, asked: false, failure: null },
] as const)(
  'two servers, the first $name -> the second is asked: $asked, $failure',
  async ({ first, asked, failure }) => {
    await using one = await serveUdpDns((_query, answer) => first !== null && answer(first))
    await using two = await serveUdpDns((_query, answer) => answer(there))
    machineAsks(one.port, two.port)
    expect(dnsOf(await measureOnce({ dnsTimeoutMs: 1_000 }))).toMatchObject([{ engine: 'system', failure }])
    expect(two.queries.length > 0).toBe(asked)
    expect(one.queries.length).toBeGreaterThan(0)
  },
)

test('the first server is gone -> the second at once', async () => {
  const gone = await serveUdpDns(() => undefined)
  await gone[Symbol.asyncDispose]()
  await using two = await serveUdpDns((_query, answer) => answer(there))
  machineAsks(gone.port, two.port)
  const [seen] = dnsOf(await measureOnce({ dnsTimeoutMs: 10_000 }))
  expect(seen).toMatchObject({ failure: null })
  expect(seen!.durationMs).toBeLessThan(2_500)
})

test.each([
  { name: 'silence and SERVFAIL', one: null, two: { rcode: 'SERVFAIL' }, failure: 'dns_servfail_error' },
  {
    name: 'REFUSED and SERVFAIL',
    one: { rcode: 'REFUSED' },
    two: { rcode: 'SERVFAIL' },
    failure: 'dns_refused_error',
  },
  { name: 'silence and silence', one: null, two: null, failure: 'generic_timeout_error' },
] as const)('no server helps, $name -> $failure, in the time for one', async ({ one, two, failure }) => {
  await using first = await serveUdpDns((_query, answer) => one !== null && answer(one))
  await using second = await serveUdpDns((_query, answer) => two !== null && answer(two))
  machineAsks(first.port, second.port)
  const m = await measureOnce({ dnsTimeoutMs: 600 })
  expect(m.unfit).toBeNull()
  expect(dnsOf(m)).toMatchObject([{ failure, answers: [] }])
  expect(dnsOf(m)[0]!.durationMs).toBeLessThan(1_200)
})

test('a cut answer -> asked again over TCP', async () => {
  await using tcp = await serveTcpDns(() => ({ answers: ['127.0.0.1', '127.0.0.2'] }))
  await using server = await serveUdpDns((_query, answer) => answer({ ...there, truncated: true }), tcp.port)
  machineAsks(server.port)
  const [seen] = dnsOf(await measureOnce())
  expect(seen).toMatchObject({ engine: 'system', failure: null })
  expect(seen!.answers.map((a) => a.value)).toEqual(['127.0.0.1', '127.0.0.2'])
})

test('a forged refusal before the true answer, then another server -> the truth is kept as late', async () => {
  await using one = await serveUdpDns((_query, answer) => {
    answer({ rcode: 'SERVFAIL' })
    answer(there)
  })
  await using two = await serveUdpDns((_query, answer) => answer(there))
  machineAsks(one.port, two.port)
  expect(dnsOf(await measureOnce())).toMatchObject([
    { failure: null, answers: [{ value: '127.0.0.1' }], late: [{ answers: [{ value: '127.0.0.1' }] }] },
  ])
})

test('a proxy asked for its system resolver -> our_error: the machine is somewhere else', async () => {
  const route = { kind: 'socks5', host: '127.0.0.1', port: 9, username: null, password: null } as const
  const vantage = aVantage({ route, resolvers: [{ kind: 'system' }] })
  const m = await probeOnce(aTask('http://site.example:9', { plan: 'heartbeat', vantage }), never)
  expect(m.unfit).toBe('our_error')
})

test('a DoH resolver without an address -> found by the system resolver; without a name there, not asked', async () => {
  const ca = makeCa()
  await using doh = await serveHttps(ca.issue(['resolver.example']), (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => response.end(replyTo(packet.decode(Buffer.concat(parts)), there)))
  })
  await using server = await serveUdpDns((query, answer) =>
    answer(query.questions![0]!.name === 'resolver.example' ? there : { rcode: 'NXDOMAIN' }),
  )
  machineAsks(server.port)
  const ask = (host: string) =>
    probeOnce(
      aTask('http://site.example:9', {
        plan: 'heartbeat',
        vantage: aVantage({
          resolvers: [{ kind: 'doh', url: `https://${host}:${doh.port}/dns-query`, address: null }],
        }),
        settings: { ipv6: false, extraCa: [ca.pem] },
      }),
      never,
    )
  expect(dnsOf(await ask('resolver.example'))).toMatchObject([{ engine: 'doh', failure: null }])
  expect(dnsOf(await ask('other.example'))).toMatchObject([{ engine: 'doh', failure: 'dns_nxdomain_error' }])
})
