import { expect, test } from 'vitest'
import { probeOnce } from '../../src/probe/ladder.ts'
import type { DnsObservation, Measurement } from '../../src/model/measurement.ts'
import { aTask, aVantage, serveTcp, serveTcpDns, serveUdpDns, udp, type Reply } from './servers.ts'

const never = new AbortController().signal
const dnsOf = (m: Measurement) => m.observations.filter((o): o is DnsObservation => o.layer === 'dns')
/** Nothing listens on the target, so that only the names matter. */
const measureOnce = (port: number, settings = {}, more = {}) =>
  probeOnce(
    aTask('http://site.example:9', {
      plan: 'heartbeat',
      vantage: aVantage({ resolvers: [udp(port)], ...more }),
      settings: { ipv6: false, ...settings },
    }),
    never,
  )

test.each([
  { name: 'NXDOMAIN', reply: { rcode: 'NXDOMAIN' }, failure: 'dns_nxdomain_error' },
  { name: 'SERVFAIL', reply: { rcode: 'SERVFAIL' }, failure: 'dns_servfail_error' },
  { name: 'REFUSED', reply: { rcode: 'REFUSED' }, failure: 'dns_refused_error' },
  { name: 'FORMERR', reply: { rcode: 'FORMERR' }, failure: 'dns_server_misbehaving' },
  { name: 'no records', reply: {}, failure: 'dns_no_answer' },
  { name: 'only an alias', reply: { answers: [{ cname: 'cdn.example' }] }, failure: 'dns_no_answer' },
  { name: 'an address', reply: { answers: ['127.0.0.1'] }, failure: null },
] as const)('$name -> $failure', async ({ reply, failure }) => {
  await using dns = await serveUdpDns((_query, answer) => answer(reply))
  const [seen] = dnsOf(await measureOnce(dns.port))
  expect(seen).toMatchObject({
    engine: 'udp',
    queryType: 'A',
    failure,
    resolver: `127.0.0.1:${dns.port}`,
    role: 'vantage',
  })
})

test('an alias before the address -> both are kept, in order', async () => {
  await using dns = await serveUdpDns((_query, answer) =>
    answer({ answers: [{ cname: 'cdn.example' }, '127.0.0.1'] }),
  )
  const [seen] = dnsOf(await measureOnce(dns.port))
  expect(seen!.answers.map((a) => [a.type, a.value, a.ttlS])).toEqual([
    ['CNAME', 'cdn.example', 60],
    ['A', '127.0.0.1', 60],
  ])
})

test('both families -> two questions, each from a port of its own', async () => {
  await using dns = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1', '::1'] }))
  const seen = dnsOf(await measureOnce(dns.port, { ipv6: true }))
  expect(seen.map((o) => [o.queryType, o.answers.map((a) => a.value)])).toEqual([
    ['A', ['127.0.0.1']],
    ['AAAA', ['::1']],
  ])
  expect(new Set(dns.ports).size).toBe(dns.ports.length)
})

test('silence -> asked three times with new ids, then generic_timeout_error after the time allowed', async () => {
  await using dns = await serveUdpDns(() => undefined)
  const [seen] = dnsOf(await measureOnce(dns.port, { dnsTimeoutMs: 200 }))
  expect(seen!.failure).toBe('generic_timeout_error')
  expect(seen!.durationMs).toBeGreaterThanOrEqual(199)
  expect(dns.queries).toHaveLength(3)
  expect(new Set(dns.queries.map((q) => q.id)).size).toBe(3)
})

test('the first datagram is lost -> the second is answered and nothing failed', async () => {
  let count = 0
  await using dns = await serveUdpDns((_query, answer) => {
    count += 1
    if (count > 1) answer({ answers: ['127.0.0.1'] })
  })
  const [seen] = dnsOf(await measureOnce(dns.port, { dnsTimeoutMs: 400 }))
  expect(seen).toMatchObject({ failure: null, late: [] })
  expect(seen!.durationMs).toBeGreaterThanOrEqual(99)
})

test('a resolver that answers two sendings differently -> not taken for a second voice', async () => {
  let count = 0
  const waiting: (() => void)[] = []
  await using dns = await serveUdpDns((_query, answer) => {
    count += 1
    const address = `127.0.0.${count}`
    waiting.push(() => answer({ answers: [address] }))
    if (count === 2) for (const go of waiting) go()
  })
  const [seen] = dnsOf(await measureOnce(dns.port, { dnsTimeoutMs: 400 }))
  expect(seen).toMatchObject({ failure: null, late: [] })
})

test('a second, different answer -> late, with its delay; the first is what counts', async () => {
  await using dns = await serveUdpDns((_query, answer) => {
    answer({ answers: ['127.0.0.1'] })
    answer({ answers: ['127.0.0.1'] })
    answer({ answers: ['127.0.0.2'] })
  })
  const m = await measureOnce(dns.port, { lateReplyWindowMs: 100 })
  const [seen] = dnsOf(m)
  expect(seen!.answers.map((a) => a.value)).toEqual(['127.0.0.1'])
  expect(seen!.late).toHaveLength(1)
  expect(seen!.late[0]).toMatchObject({ failure: null, answers: [{ value: '127.0.0.2' }] })
  expect(seen!.late[0]!.afterMs).toBeLessThan(100)
  expect(m.durationMs).toBeGreaterThanOrEqual(99)
})

test('a forged NXDOMAIN before the true answer -> the failure, and the truth as late', async () => {
  await using dns = await serveUdpDns((_query, answer) => {
    answer({ rcode: 'NXDOMAIN' })
    answer({ answers: ['127.0.0.1'] })
  })
  const [seen] = dnsOf(await measureOnce(dns.port))
  expect(seen).toMatchObject({
    failure: 'dns_nxdomain_error',
    late: [{ failure: null, answers: [{ value: '127.0.0.1' }] }],
  })
})

test('the same records in another order -> one answer, not two', async () => {
  await using dns = await serveUdpDns((_query, answer) => {
    answer({ answers: ['127.0.0.1', '127.0.0.2'] })
    answer({ answers: ['127.0.0.2', '127.0.0.1'] })
  })
  expect(dnsOf(await measureOnce(dns.port))[0]!.late).toEqual([])
})

test('the window for late answers -> does not hold up the next step', async () => {
  await using dns = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1'] }))
  const m = await measureOnce(dns.port, { lateReplyWindowMs: 400 })
  const tcp = m.observations.find((o) => o.layer === 'tcp')!
  expect(tcp.startedMs).toBeLessThan(300)
  expect(m.durationMs).toBeGreaterThanOrEqual(399)
})

test.each([
  {
    name: 'a wrong id',
    spoil: (id: number): Reply => ({ id: id ^ 1, answers: ['127.0.0.9'] }),
    alone: 'dns_reply_with_wrong_query_id',
  },
  {
    name: 'another name',
    spoil: (): Reply => ({ name: 'other.example', answers: ['127.0.0.9'] }),
    alone: 'dns_server_misbehaving',
  },
  { name: 'no DNS at all', spoil: () => Buffer.from('garbage'), alone: 'dns_server_misbehaving' },
] as const)('$name before the answer -> ignored; alone -> $alone', async ({ spoil, alone }) => {
  let honest = true
  await using dns = await serveUdpDns((query, answer) => {
    answer(spoil(query.id!))
    if (honest) answer({ answers: ['127.0.0.1'] })
  })
  const [seen] = dnsOf(await measureOnce(dns.port))
  expect(seen).toMatchObject({ failure: null, answers: [{ value: '127.0.0.1' }] })
  honest = false
  const [lonely] = dnsOf(await measureOnce(dns.port, { dnsTimeoutMs: 100 }))
  expect(lonely).toMatchObject({ failure: alone, answers: [] })
})

test('nobody listens -> connection_refused, at once', async () => {
  const dns = await serveUdpDns(() => undefined)
  await dns[Symbol.asyncDispose]()
  const [seen] = dnsOf(await measureOnce(dns.port, { dnsTimeoutMs: 5_000 }))
  expect(seen!.failure).toBe('connection_refused')
  expect(seen!.durationMs).toBeLessThan(2_500)
})

test('the system will not send there -> its failure, at once', async () => {
  const resolvers = [{ kind: 'udp', address: '255.255.255.255', port: 53 }] as const
  const m = await measureOnce(0, { dnsTimeoutMs: 10_000 }, { resolvers })
  expect(m.unfit).toBeNull()
  expect(dnsOf(m)[0]).toMatchObject({ failure: 'permission_denied', answers: [] })
  expect(m.durationMs).toBeLessThan(2_500)
})

test('a cut answer -> asked again over TCP of the same resolver', async () => {
  await using tcp = await serveTcpDns(() => ({ answers: ['127.0.0.1', '127.0.0.2'] }))
  await using dns = await serveUdpDns(
    (_query, answer) => answer({ truncated: true, answers: ['127.0.0.1'] }),
    tcp.port,
  )
  const [seen] = dnsOf(await measureOnce(dns.port))
  expect(seen).toMatchObject({ engine: 'tcp', failure: null })
  expect(seen!.answers.map((a) => a.value)).toEqual(['127.0.0.1', '127.0.0.2'])
})

test.each([
  { name: 'an answer', reply: { answers: ['127.0.0.1'] }, failure: null },
  { name: 'a hang-up', reply: null, failure: 'eof_error' },
  {
    name: 'another id',
    reply: { id: 0x1_0000 - 1, answers: ['127.0.0.1'] },
    failure: 'dns_reply_with_wrong_query_id',
  },
  { name: 'garbage', reply: Buffer.from('no DNS in here'), failure: 'dns_server_misbehaving' },
] as const)('over TCP: $name -> $failure', async ({ reply, failure }) => {
  await using tcp = await serveTcpDns(() => reply)
  const resolvers = [{ kind: 'tcp', address: '127.0.0.1', port: tcp.port }] as const
  const [seen] = dnsOf(await measureOnce(0, {}, { resolvers }))
  expect(seen).toMatchObject({ engine: 'tcp', failure })
})

test('over TCP: one byte at a time, without end -> generic_timeout_error', async () => {
  await using tcp = await serveTcp((socket) => {
    const drip = setInterval(() => socket.write('\x01'), 10)
    socket.on('close', () => clearInterval(drip))
  })
  const resolvers = [{ kind: 'tcp', address: '127.0.0.1', port: tcp.port }] as const
  const [seen] = dnsOf(await measureOnce(0, { dnsTimeoutMs: 100 }, { resolvers }))
  expect(seen!.failure).toBe('generic_timeout_error')
})

test('the first resolver gives nothing -> it is what people have: nothing is connected to, and all are recorded', async () => {
  await using lying = await serveUdpDns((_query, answer) => answer({ rcode: 'NXDOMAIN' }))
  await using honest = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1'] }))
  const m = await measureOnce(0, {}, { resolvers: [udp(lying.port), udp(honest.port)] })
  expect(dnsOf(m).map((o) => o.failure)).toEqual(['dns_nxdomain_error', null])
  expect(m.observations.some((o) => o.layer === 'tcp')).toBe(false)
})

test('an answer of 1,500 records -> at most 100 are kept', async () => {
  await using tcp = await serveTcpDns(() => ({
    answers: Array.from({ length: 1500 }, (_, i) => `10.1.${i >> 8}.${i & 255}`),
  }))
  const resolvers = [{ kind: 'tcp', address: '127.0.0.1', port: tcp.port }] as const
  const m = await measureOnce(0, { addressesPerFamily: 0 }, { resolvers })
  expect(dnsOf(m)[0]!.answers).toHaveLength(100)
})
