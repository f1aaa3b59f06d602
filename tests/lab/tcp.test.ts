import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { TcpRule } from '../../src/lab/censor.ts'
import { synDelayMs } from '../../src/lab/treatment.ts'
import { startLab } from '../../src/lab/lab.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createRandom } from '../../src/lab/random.ts'
import { SILENCE_MS, connectReply, dial, failureOf, get, getHttp2, shake } from './client.ts'

const FACEBOOK = '157.240.205.35'
const NEIGHBOUR = '157.240.205.13'

const waitFor = (reply: unknown): number | undefined => (reply === null ? SILENCE_MS : undefined)

/** What the first connects of a network will meet, told from its seed alone. */
function synDelays(seed: number, loss: number, timeScale: number, n: number): (number | null)[] {
  const random = createRandom(seed, 'babilon')
  const conditions = { loss, delayMs: 0, international: 'up', ipv6: 'up', bytesPerSecond: null } as const
  return Array.from({ length: n }, () => synDelayMs({ conditions, random, timeScale }))
}

let lab: Lab
beforeAll(async () => {
  lab = await startLab({
    timeScale: 0.02,
    sites: [{ host: 'six.example', addresses: ['93.184.215.99', '2606:2800:21f::1'], http: 'serve' }],
  })
})
afterEach(() => {
  for (const network of lab.networks) {
    network.censor.clear()
    network.set({ loss: 0, delayMs: 0, international: 'up', ipv6: 'network-unreachable' })
  }
  for (const host of ['www.facebook.com', 'ok.ru']) lab.site(host).up()
})
afterAll(() => lab.close())

const rule = (action: TcpRule['action'], rest: Partial<TcpRule> = {}): TcpRule => ({
  layer: 'tcp',
  to: [FACEBOOK],
  action,
  ...rest,
})

describe('rules by address', () => {
  test.each([
    { action: 'refuse', reply: 5 },
    { action: 'reset', reply: 'reset' },
    { action: 'drop', reply: null },
  ] as const)(
    '$action -> $reply, the neighbouring address and network untouched, gone when lifted',
    async ({ action, reply }) => {
      const network = lab.network('babilon')
      const lift = network.censor.add(rule(action))
      // The first reply of the proxy says who it is; only the CONNECT is reset.
      expect(await connectReplyAfterGreeting(FACEBOOK, 443, waitFor(reply))).toBe(reply)
      expect(await connectReplyAfterGreeting(NEIGHBOUR)).toBe(0)
      expect(await connectReply(lab.network('tcell'), FACEBOOK, 443)).toBe(0)
      lift()
      lift()
      expect(await connectReplyAfterGreeting(FACEBOOK)).toBe(0)
    },
  )

  const connectReplyAfterGreeting = (
    address: string,
    port = 443,
    waitMs?: number,
  ): ReturnType<typeof connectReply> => connectReply(lab.network('babilon'), address, port, waitMs)

  test('accept-reset -> opens, then is reset at once', async () => {
    lab.network('babilon').censor.add(rule('accept-reset'))
    const socket = await dial(lab.network('babilon'), FACEBOOK, 443)
    const [error] = (await once(socket, 'error').catch((reason: unknown) => [reason])) as [
      NodeJS.ErrnoException,
    ]
    expect(error.code).toBe('ECONNRESET')
  })

  test('a port -> that port alone', async () => {
    lab.network('babilon').censor.add(rule('refuse', { port: 443 }))
    expect(await connectReplyAfterGreeting(FACEBOOK, 443)).toBe(5)
    expect(await connectReplyAfterGreeting(FACEBOOK, 80)).toBe(0)
  })

  test('a host name -> every address it has, also after it moved', async () => {
    const site = lab.site('www.facebook.com')
    lab.network('babilon').censor.add(rule('refuse', { to: ['www.facebook.com'] }))
    for (const address of ['157.240.205.35', '157.240.253.35'])
      expect(await connectReplyAfterGreeting(address)).toBe(5)
    const before = site.addresses
    site.move(['157.240.9.35'])
    expect(await connectReplyAfterGreeting('157.240.9.35')).toBe(5)
    expect(await connectReply(lab.network('tcell'), '157.240.9.35', 443)).toBe(0)
    expect(await connectReply(lab.network('tcell'), FACEBOOK, 443, SILENCE_MS)).toBeNull()
    site.move(before)
  })

  test('two equal rules, one lifted -> the other still in force', async () => {
    const both = rule('refuse')
    const lift = lab.network('babilon').censor.add(both)
    lab.network('babilon').censor.add(both)
    lift()
    expect(await connectReplyAfterGreeting(FACEBOOK)).toBe(5)
    expect(lab.network('babilon').censor.rules).toHaveLength(1)
  })

  test("a resolver's address -> DNS over TCP and HTTPS to it refused", async () => {
    lab.network('babilon').censor.add(rule('refuse', { to: ['9.9.9.9'] }))
    expect(await connectReplyAfterGreeting('9.9.9.9', 53)).toBe(5)
    expect(await connectReplyAfterGreeting('9.9.9.9', 443)).toBe(5)
    expect(await connectReplyAfterGreeting('1.1.1.1', 53)).toBe(0)
  })
})

describe('a site down for everyone', () => {
  test.each([
    { how: 'refused', reply: 5 },
    { how: 'timeout', reply: null },
  ] as const)('$how -> $reply from every network, back when up', async ({ how, reply }) => {
    lab.site('ok.ru').down(how)
    for (const id of ['babilon', 'outside']) {
      for (const address of lab.site('ok.ru').addresses)
        expect(await connectReply(lab.network(id), address, 443, waitFor(reply))).toBe(reply)
    }
    expect(await connectReply(lab.network('babilon'), '217.20.155.6', 443)).toBe(0)
    lab.site('ok.ru').up()
    expect((await get(lab, lab.network('outside'), 'https://ok.ru/')).status).toBe(200)
  })

  test('503 -> connects, shakes hands, answers 503', async () => {
    lab.site('ok.ru').down('503')
    expect((await get(lab, lab.network('outside'), 'https://ok.ru/')).status).toBe(503)
    expect((await get(lab, lab.network('outside'), 'http://ok.ru/')).status).toBe(503)
  })

  test('down while a client is connected -> the connection is cut', async () => {
    const tcp = await dial(lab.network('babilon'), FACEBOOK, 443)
    await shake(tcp, 'www.facebook.com', { ca: lab.ca })
    const closed = once(tcp, 'close')
    lab.site('www.facebook.com').down()
    await closed
  })
})

describe('the whole network', () => {
  test('international link cut -> foreign addresses silent, domestic ones fine, other networks fine', async () => {
    const network = lab.network('babilon')
    network.set({ international: 'cut' })
    expect(await connectReply(network, FACEBOOK, 443, SILENCE_MS)).toBeNull()
    expect(await connectReply(network, '9.9.9.9', 53, SILENCE_MS)).toBeNull()
    expect((await get(lab, network, 'https://khovar.tj/')).status).toBe(200)
    expect((await get(lab, network, network.blockPageUrl)).body).toContain('Babilon-T')
    expect(await connectReply(lab.network('tcell'), FACEBOOK, 443)).toBe(0)
    network.set({ international: 'unreachable' })
    expect(await connectReply(network, FACEBOOK, 443)).toBe(4)
    network.set({ international: 'up' })
    expect((await get(lab, network, 'https://www.facebook.com/')).status).toBe(200)
  })

  test('cut while connected -> the connection falls silent, a domestic one goes on', async () => {
    const network = lab.network('babilon')
    const foreign = await dial(network, FACEBOOK, 80)
    const domestic = await dial(network, '91.218.168.10', 80)
    network.set({ international: 'cut' })
    const ends: string[] = []
    for (const event of ['data', 'end', 'close']) foreign.on(event, () => ends.push(event))
    for (const [socket, host] of [
      [foreign, 'www.facebook.com'],
      [domestic, 'khovar.tj'],
    ] as const) {
      socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
    }
    const [answer] = (await once(domestic, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1.1 301 /)
    expect(ends).toEqual([])
    foreign.destroy()
    domestic.destroy()
  })

  test('power off -> connections ended and refused; on -> the same port serves again', async () => {
    const network = lab.network('tojiktelecom')
    const { socksPort } = network
    const open = await dial(network, FACEBOOK, 443)
    const closed = once(open, 'close')
    await network.power('off')
    await closed
    expect(await connectReply(network, FACEBOOK, 443)).toBe('refused')
    await network.power('off')
    await Promise.all([network.power('on'), network.power('off'), network.power('on')])
    expect(network.socksPort).toBe(socksPort)
    expect((await get(lab, network, 'https://www.facebook.com/')).status).toBe(200)
  })

  test('every SYN lost -> never a reply, though the proxy itself answers', async () => {
    lab.network('babilon').set({ loss: 1 })
    expect(await connectReply(lab.network('babilon'), FACEBOOK, 443, SILENCE_MS)).toBeNull()
  })

  test('some SYNs lost -> each connect as late as the seed says, and the same again', async () => {
    const expected = synDelays(7, 0.5, 0.01, 8)
    const late = expected.filter((ms) => ms !== null && ms > 0)
    expect(late.length).toBeGreaterThan(1)
    for (let run = 0; run < 2; run += 1) {
      const fresh = await startLab({ seed: 7, timeScale: 0.01 })
      fresh.network('babilon').set({ loss: 0.5 })
      for (const delayMs of expected) {
        const startedAt = performance.now()
        const reply = await connectReply(fresh.network('babilon'), FACEBOOK, 443, waitFor(delayMs))
        expect(reply).toBe(delayMs === null ? null : 0)
        expect(performance.now() - startedAt).toBeGreaterThan((delayMs ?? 0) - 2)
      }
      await fresh.close()
    }
  })

  test('delay -> connect, handshake and answer each that much later', async () => {
    lab.network('babilon').set({ delayMs: 60 })
    const startedAt = performance.now()
    await get(lab, lab.network('babilon'), 'https://www.facebook.com/')
    const took = performance.now() - startedAt
    expect(took).toBeGreaterThan(175)
  })

  test('delay -> a large page still whole and in order', async () => {
    lab.network('babilon').set({ delayMs: 5 })
    const [far, near] = await Promise.all(
      ['babilon', 'outside'].map((id) => get(lab, lab.network(id), 'https://news.tj/')),
    )
    expect(far!.body).toBe(near!.body)
  })
})

test.each([
  { draws: [0.9], delayMs: 5 },
  { draws: [0.1, 0.9], delayMs: 505 },
  { draws: [0.1, 0.2, 0.9], delayMs: 1505 },
  { draws: [0.1, 0.1, 0.1, 0.9], delayMs: 3505 },
  { draws: [0.1, 0.1, 0.1, 0.1, 0.1, 0.9], delayMs: 15_505 },
  { draws: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1], delayMs: null },
])('draws $draws at loss 0.5, half speed, 5 ms away -> answered after $delayMs', ({ draws, delayMs }) => {
  const left = [...draws]
  const conditions = { loss: 0.5, delayMs: 5, international: 'up', ipv6: 'up', bytesPerSecond: null } as const
  expect(synDelayMs({ conditions, random: () => left.shift()!, timeScale: 0.5 })).toBe(delayMs)
})

describe('IPv6', () => {
  const SIX = '2606:2800:21f::1'
  test.each([
    { ipv6: 'network-unreachable', failure: 'network_unreachable' },
    { ipv6: 'host-unreachable', failure: 'host_unreachable' },
  ] as const)('$ipv6 -> so says the proxy, IPv4 of the same site fine', async ({ ipv6, failure }) => {
    lab.network('babilon').set({ ipv6 })
    expect(await failureOf(dial(lab.network('babilon'), SIX, 443))).toBe(failure)
    expect((await get(lab, lab.network('babilon'), 'https://six.example/')).status).toBe(200)
  })

  test('up -> served at the IPv6 address', async () => {
    lab.network('babilon').set({ ipv6: 'up' })
    const tls = await shake(await dial(lab.network('babilon'), SIX, 443), 'six.example', {
      ca: lab.ca,
      ALPNProtocols: ['h2'],
    })
    expect((await getHttp2(tls, 'six.example')).status).toBe(200)
  })
})
