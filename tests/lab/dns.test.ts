import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import packet from 'dns-packet'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DnsRule } from '../../src/lab/censor.ts'
import { readQuestion } from '../../src/lab/dns-message.ts'
import { startLab } from '../../src/lab/lab.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createRandom } from '../../src/lab/random.ts'
import { SILENCE_MS, askTcp, askUdp, dial, failureOf, openRelay, reduce, shake } from './client.ts'
import type { Answered } from './client.ts'

const OK = ['217.20.155.13', '217.20.147.1']

let lab: Lab
beforeAll(async () => {
  lab = await startLab({ sites: [{ host: 'six.example', addresses: ['93.184.215.99', '2606:2800:21f::1'] }] })
})
afterEach(() => {
  for (const network of lab.networks) {
    network.censor.clear()
    network.set({ loss: 0, delayMs: 0, international: 'up' })
  }
})
afterAll(() => lab.close())

const rule = (rest: Partial<DnsRule> & Pick<DnsRule, 'action'>): DnsRule => ({
  layer: 'dns',
  names: ['*.ok.ru'],
  ...rest,
})

/** Asks the trusted resolver over HTTPS, by GET or POST. */
async function askDoh(name: string, method: 'GET' | 'POST'): Promise<Answered> {
  const query = packet.encode({ type: 'query', id: 0, questions: [{ type: 'A', name }] })
  const tcp = await dial(lab.network('babilon'), lab.trustedResolver.address, 443)
  const { hostname, pathname } = new URL(lab.trustedResolver.url)
  const tls = await shake(tcp, hostname, { ca: lab.ca })
  const asked = request({
    createConnection: () => tls,
    method,
    path: method === 'GET' ? `${pathname}?dns=${query.toString('base64url')}` : pathname,
    headers: { host: hostname, 'content-type': 'application/dns-message', accept: 'application/dns-message' },
  })
  const answered = once(asked, 'response')
  asked.end(method === 'POST' ? query : undefined)
  const [response] = (await answered) as [IncomingMessage]
  expect(response.headers['content-type']).toBe('application/dns-message')
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  tcp.destroy()
  return reduce(packet.decode(Buffer.concat(chunks)), 0)
}

describe('no rule', () => {
  test.each(['10.23.0.53', '9.9.9.9', '1.1.1.1', '149.112.112.112'])(
    '%s over UDP and TCP -> the truth',
    async (resolver) => {
      const [udp] = await askUdp(lab.network('babilon'), 'ok.ru', { resolver })
      expect(udp).toMatchObject({ rcode: 'NOERROR', addresses: OK })
      expect(await askTcp(lab.network('babilon'), 'ok.ru', resolver)).toMatchObject({
        rcode: 'NOERROR',
        addresses: OK,
      })
    },
  )

  test.each(['GET', 'POST'] as const)('DNS over HTTPS by %s -> the truth', async (method) => {
    expect(await askDoh('ok.ru', method)).toMatchObject({ rcode: 'NOERROR', addresses: OK })
  })

  test('an alias, a CNAME, an unknown name, mixed case', async () => {
    const network = lab.network('tcell')
    expect(await askUdp(network, 'facebook.com')).toMatchObject([{ cname: 'star-mini.c10r.facebook.com' }])
    expect(await askUdp(network, 'star-mini.c10r.facebook.com')).toMatchObject([
      { cname: null, addresses: ['157.240.205.35', '157.240.253.35'] },
    ])
    expect(await askUdp(network, 'no.such.example')).toMatchObject([{ rcode: 'NXDOMAIN' }])
    expect(await askUdp(network, 'oK.rU')).toMatchObject([{ addresses: OK }])
  })

  test('AAAA -> empty, unless the site has IPv6', async () => {
    const network = lab.network('tcell')
    expect(await askUdp(network, 'ok.ru', { type: 'AAAA' })).toMatchObject([
      { rcode: 'NOERROR', addresses: [] },
    ])
    const [six] = await askUdp(network, 'six.example', { type: 'AAAA' })
    expect(six!.addresses).toHaveLength(1)
    expect(await askUdp(network, 'six.example')).toMatchObject([{ addresses: ['93.184.215.99'] }])
  })

  test("another network's resolver, or an address that is none -> silence", async () => {
    expect(await askUdp(lab.network('babilon'), 'ok.ru', { resolver: '10.24.0.53', listenMs: 100 })).toEqual(
      [],
    )
    expect(
      await askUdp(lab.network('babilon'), 'ok.ru', { resolver: '157.240.205.35', listenMs: 100 }),
    ).toEqual([])
  })

  test('a name gone from the registry -> NXDOMAIN for everyone, DoH too, until it is up again', async () => {
    lab.site('asiaplus.tj').down('nxdomain')
    expect(await askUdp(lab.network('outside'), 'asiaplus.tj')).toMatchObject([{ rcode: 'NXDOMAIN' }])
    expect(await askDoh('www.asiaplus.tj', 'GET')).toMatchObject({ rcode: 'NXDOMAIN' })
    lab.site('asiaplus.tj').up()
    expect(await askUdp(lab.network('outside'), 'asiaplus.tj')).toMatchObject([{ rcode: 'NOERROR' }])
  })
})

describe('rules', () => {
  test.each([
    { action: 'nxdomain', answer: { rcode: 'NXDOMAIN', addresses: [] } },
    { action: 'empty', answer: { rcode: 'NOERROR', addresses: [] } },
    { action: 'servfail', answer: { rcode: 'SERVFAIL', addresses: [] } },
    { action: 'refused', answer: { rcode: 'REFUSED', addresses: [] } },
    { action: 'bogus', answer: { rcode: 'NOERROR', addresses: ['185.53.178.51'] } },
    { action: 'private', answer: { rcode: 'NOERROR', addresses: ['10.10.34.35'] } },
    { action: 'loopback', answer: { rcode: 'NOERROR', addresses: ['127.0.0.1'] } },
  ] as const)(
    '$action -> so over UDP and TCP from any resolver, the neighbour and DoH untouched',
    async ({ action, answer }) => {
      const network = lab.network('babilon')
      const lift = network.censor.add(rule({ action }))
      for (const resolver of [network.ispResolver.address, '9.9.9.9']) {
        expect(await askUdp(network, 'ok.ru', { resolver })).toMatchObject([answer])
        expect(await askTcp(network, 'www.ok.ru', resolver)).toMatchObject(answer)
      }
      expect(await askUdp(network, 'odnoklassniki.ru')).toMatchObject([{ addresses: ['217.20.155.6'] }])
      expect(await askDoh('ok.ru', 'POST')).toMatchObject({ addresses: OK })
      expect(await askUdp(lab.network('tcell'), 'ok.ru')).toMatchObject([{ addresses: OK }])
      lift()
      expect(await askUdp(network, 'ok.ru')).toMatchObject([{ addresses: OK }])
    },
  )

  test('timeout -> nothing over UDP, an open silent stream over TCP', async () => {
    const network = lab.network('babilon')
    network.censor.add(rule({ action: 'timeout' }))
    expect(await askUdp(network, 'ok.ru', { listenMs: SILENCE_MS })).toEqual([])
    const socket = await dial(network, network.ispResolver.address, 53)
    const heard: unknown[] = []
    socket.on('data', (chunk) => heard.push(chunk))
    socket.write(packet.streamEncode({ type: 'query', id: 1, questions: [{ type: 'A', name: 'ok.ru' }] }))
    socket.write(packet.streamEncode({ type: 'query', id: 2, questions: [{ type: 'A', name: 'news.tj' }] }))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(packet.streamDecode(answer).id).toBe(2)
    expect(heard).toHaveLength(1)
    socket.destroy()
  })

  test('inject -> the forged answer first, the true one later; over TCP and for AAAA only the truth', async () => {
    const network = lab.network('babilon')
    network.censor.add(rule({ action: 'inject', address: '203.190.12.1', trueAfterMs: 150 }))
    const heard = await askUdp(network, 'ok.ru', { resolver: '9.9.9.9', replies: 2 })
    expect(heard.map(({ addresses }) => addresses)).toEqual([['203.190.12.1'], OK])
    expect(heard[1]!.atMs - heard[0]!.atMs).toBeGreaterThan(20)
    expect((await askTcp(network, 'ok.ru', '9.9.9.9')).addresses).toEqual(OK)
    expect(await askUdp(network, 'ok.ru', { type: 'AAAA', replies: 2, listenMs: 400 })).toMatchObject([
      { addresses: [] },
    ])
  })

  test('inject, and no resolver at that address -> the forged answer alone', async () => {
    lab.network('babilon').censor.add(rule({ action: 'inject' }))
    const heard = await askUdp(lab.network('babilon'), 'ok.ru', {
      resolver: '157.240.1.1',
      replies: 2,
      listenMs: 400,
    })
    expect(heard).toMatchObject([{ addresses: ['185.53.178.51'] }])
  })

  test("a bogus answer of the rule's own -> that address; AAAA -> empty", async () => {
    lab.network('babilon').censor.add(rule({ action: 'bogus', address: '91.218.160.80' }))
    expect(await askUdp(lab.network('babilon'), 'ok.ru')).toMatchObject([{ addresses: ['91.218.160.80'] }])
    expect(await askUdp(lab.network('babilon'), 'ok.ru', { type: 'AAAA' })).toMatchObject([
      { rcode: 'NOERROR', addresses: [] },
    ])
  })

  test('where isp-resolver -> its own resolver lies, others do not', async () => {
    const network = lab.network('babilon')
    network.censor.add(rule({ action: 'nxdomain', where: 'isp-resolver' }))
    expect(await askUdp(network, 'ok.ru')).toMatchObject([{ rcode: 'NXDOMAIN' }])
    expect(await askTcp(network, 'ok.ru')).toMatchObject({ rcode: 'NXDOMAIN' })
    expect(await askUdp(network, 'ok.ru', { resolver: '9.9.9.9' })).toMatchObject([{ addresses: OK }])
  })

  test('an exact name -> that name alone; the first rule added wins', async () => {
    const network = lab.network('babilon')
    network.censor.add(rule({ action: 'servfail', names: ['facebook.com'] }))
    network.censor.add(rule({ action: 'nxdomain', names: ['*.facebook.com'] }))
    expect(await askUdp(network, 'facebook.com')).toMatchObject([{ rcode: 'SERVFAIL' }])
    expect(await askUdp(network, 'www.facebook.com')).toMatchObject([{ rcode: 'NXDOMAIN' }])
    expect(await askUdp(network, 'notfacebook.com')).toMatchObject([{ rcode: 'NXDOMAIN', addresses: [] }])
    network.censor.clear()
    network.censor.add(rule({ action: 'servfail', names: ['ok.ru'] }))
    expect(await askUdp(network, 'www.ok.ru')).toMatchObject([{ addresses: OK }])
  })
})

describe('the whole network', () => {
  test("international link cut -> foreign resolvers silent, the provider's own knows domestic names only", async () => {
    const network = lab.network('babilon')
    network.set({ international: 'cut' })
    expect(await askUdp(network, 'ok.ru', { resolver: '9.9.9.9', listenMs: SILENCE_MS })).toEqual([])
    expect(await askUdp(network, 'ok.ru')).toMatchObject([{ rcode: 'SERVFAIL' }])
    expect(await askUdp(network, 'khovar.tj')).toMatchObject([{ addresses: ['91.218.168.10'] }])
    expect(await askUdp(lab.network('tcell'), 'ok.ru', { resolver: '9.9.9.9' })).toMatchObject([
      { addresses: OK },
    ])
  })

  test('every datagram lost -> silence; delay -> replies that late', async () => {
    const network = lab.network('babilon')
    network.set({ loss: 1 })
    // The proxy itself is near: associating is not subject to loss.
    expect(await askUdp(network, 'ok.ru', { listenMs: SILENCE_MS })).toEqual([])
    network.set({ loss: 0, delayMs: 80 })
    const [answer] = await askUdp(network, 'ok.ru', {})
    expect(answer!.atMs).toBeGreaterThan(75)
  })
})

test('garbage, fragments, names and other ports sent to the datagram relay -> ignored, the next question answered', async () => {
  const { socket, port } = await openRelay(lab.network('babilon'))
  const channel = createSocket('udp4')
  const query = packet.encode({ type: 'query', id: 9, questions: [{ type: 'A', name: 'ok.ru' }] })
  const good = Buffer.concat([Buffer.from([0, 0, 0, 1, 10, 23, 0, 53, 0, 53]), query])
  const fragment = Buffer.from(good)
  fragment[2] = 1
  const otherPort = Buffer.from(good)
  otherPort[9] = 54
  const byName = Buffer.concat([Buffer.from([0, 0, 0, 3, 1, 97, 0, 53]), query])
  const random = createRandom(4, 'garbage')
  const garbage = Array.from({ length: 50 }, (_, n) =>
    Buffer.from(Array.from({ length: n }, () => Math.floor(random() * 256))),
  )
  const broken = Array.from({ length: query.length }, (_, n) => good.subarray(0, 10 + n))
  const heard = once(channel, 'message') as Promise<[Buffer]>
  for (const datagram of [...garbage, ...broken, fragment, otherPort, byName, good]) {
    channel.send(datagram, port, '127.0.0.1')
  }
  const [answer] = await heard
  expect(packet.decode(answer.subarray(10)).id).toBe(9)
  channel.close()
  socket.destroy()
})

test('DNS over TCP: garbage between two questions -> both answered', async () => {
  const socket = await dial(lab.network('babilon'), '10.23.0.53', 53)
  const question = (id: number): Buffer =>
    packet.streamEncode({ type: 'query', id, questions: [{ type: 'A', name: 'ok.ru' }] })
  const chunks: Buffer[] = []
  const both = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      const bytes = Buffer.concat(chunks)
      const first = bytes.length > 2 ? 2 + bytes.readUInt16BE(0) : Infinity
      if (bytes.length > first + 2) resolve()
    })
  })
  socket.write(Buffer.concat([question(1), Buffer.from([0, 3, 1, 2, 3]), Buffer.from([0, 0]), question(2)]))
  await both
  expect(packet.streamDecode(Buffer.concat(chunks)).id).toBe(1)
  socket.destroy()
})

test('a message that is an answer, empty, or loops -> no question', () => {
  expect(
    readQuestion(packet.encode({ type: 'response', id: 1, questions: [{ type: 'A', name: 'ok.ru' }] })),
  ).toBeNull()
  expect(readQuestion(packet.encode({ type: 'query', id: 1, questions: [] }))).toBeNull()
  const loop = Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1])
  expect(readQuestion(loop)).toBeNull()
  expect(readQuestion(Buffer.alloc(0))).toBeNull()
})

test('a bad DNS-over-HTTPS request -> 400', async () => {
  const tcp = await dial(lab.network('babilon'), '9.9.9.9', 443)
  const tls = await shake(tcp, 'dns.quad9.net', { ca: lab.ca })
  const asked = request({
    createConnection: () => tls,
    path: '/dns-query?dns=AAAA',
    headers: { host: 'dns.quad9.net' },
  })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(400)
  tcp.destroy()
  expect(await failureOf(askDoh('ok.ru', 'GET'))).toBe('fine')
})
