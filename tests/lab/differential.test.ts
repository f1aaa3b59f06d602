/** What the lab's censors and servers do for the cases a diagnosis has to tell apart. */
import packet from 'dns-packet'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TlsRule } from '../../src/lab/censor.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { type Hello } from '../../src/model/differential.ts'
import { greet } from '../../src/probe/diagnose/hello.ts'
import { connectReply, dial } from './client.ts'

const HOST = 'www.youtube.com'
const OWN = '142.250.186.78'
const NEUTRAL = '93.184.215.14'
const V6 = '2a00:1450:4001:82b::200e'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
  lab.addSite({ host: HOST, addresses: [OWN, V6], title: 'YouTube' })
})
afterEach(() => {
  lab.network('babilon').censor.clear()
  lab.network('babilon').set({ ipv6: 'network-unreachable' })
})
afterAll(() => lab.close())

const block = (over: Partial<TlsRule> = {}): (() => void) =>
  lab.network('babilon').censor.add({ layer: 'tls', names: [HOST], action: 'reset', ...over } as TlsRule)

/** Whether the server answers a hello. */
async function isAnswered(name: string, address: string, hello: Hello = 'small'): Promise<boolean> {
  const tcp = await dial(lab.network('babilon'), address, 443)
  tcp.pause()
  const { answer } = await greet(tcp, name, hello, [lab.ca], AbortSignal.timeout(10_000))
  return answer.answered
}

test.each([
  { reassembles: true, small: false, large: false, split: false },
  { reassembles: false, small: false, large: true, split: true },
])(
  'a filter that puts segments together: $reassembles -> what gets through it',
  async ({ reassembles, ...passes }) => {
    block({ reassembles })
    for (const hello of ['small', 'large', 'split'] as const) {
      expect(await isAnswered(HOST, OWN, hello)).toBe(passes[hello])
      expect(await isAnswered('example.com', OWN, hello)).toBe(true)
    }
  },
)

test('a rule for one family -> the other is untouched', async () => {
  lab.network('babilon').set({ ipv6: 'up' })
  block({ family: 4 })
  expect(await isAnswered(HOST, OWN)).toBe(false)
  expect(await isAnswered(HOST, V6)).toBe(true)
})

test('a filter that remembers -> that address and port only, for as long as it says, or until it is lifted', async () => {
  const lift = block({ residualMs: 60_000 })
  expect(await isAnswered('example.com', NEUTRAL)).toBe(true)
  expect(await isAnswered(HOST, NEUTRAL)).toBe(false)
  expect(await isAnswered('example.com', NEUTRAL)).toBe(false)
  expect(await connectReply(lab.network('babilon'), NEUTRAL, 80)).toBe(0)
  expect(await isAnswered('example.com', OWN)).toBe(true)
  lift()
  expect(await isAnswered('example.com', NEUTRAL)).toBe(true)
})

test('a filter that drops and remembers -> later connections to that address are not even opened', async () => {
  block({ action: 'drop', residualMs: 60_000 })
  const tcp = await dial(lab.network('babilon'), NEUTRAL, 443)
  await greet(tcp, HOST, 'small', [], AbortSignal.timeout(100))
  expect(await connectReply(lab.network('babilon'), NEUTRAL, 443, 150)).toBeNull()
})

test.each([
  { strangers: 'alert', answered: true },
  { strangers: 'reset', answered: false },
] as const)(
  'a server that turns strangers away by $strangers -> its own names and the nameless are served',
  async ({ strangers, answered }) => {
    lab.addSite({ host: 'picky.example', addresses: ['198.41.0.4'], strangers })
    expect(await isAnswered('picky.example', '198.41.0.4')).toBe(true)
    expect(await isAnswered('', '198.41.0.4')).toBe(true)
    expect(await isAnswered(HOST, '198.41.0.4')).toBe(answered)
  },
)

test('a resolver that compares letters -> capitals pass', async () => {
  lab
    .network('babilon')
    .censor.add({ layer: 'dns', names: [HOST], action: 'nxdomain', where: 'isp-resolver', exactCase: true })
  const ask = async (name: string) => {
    const { address, port } = lab.network('babilon').ispResolver
    const socket = await dial(lab.network('babilon'), address, port)
    const message = packet.encode({
      type: 'query',
      id: 1,
      flags: packet.RECURSION_DESIRED,
      questions: [{ type: 'A', name }],
    })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    socket.write(Buffer.concat([length, message]))
    const reply = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
    socket.destroy()
    return packet.decode(reply.subarray(2)).answers?.length ?? 0
  }
  expect(await ask(HOST)).toBe(0)
  expect(await ask('wWw.yOuTuBe.CoM')).toBeGreaterThan(0)
})
