/** Proxies that talk SOCKS5 badly, at every step: each attempt ends within its limit, says whose fault it was, and leaves nothing open. */
import { getEventListeners } from 'node:events'
import net from 'node:net'
import { assert, asyncProperty, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DialError } from '../../src/vantage/dial-error.ts'
import { socks5Dialer } from '../../src/vantage/socks5.ts'
import { type Act, listen, scripted } from './proxies.ts'

const never = new AbortController().signal
const LIMITS = { admitMs: 150, replyMs: 150 }
/** So long that a test which waits for it fails. */
const PATIENT = { admitMs: 600_000, replyMs: 600_000 }

const dialer = (port: number, limits = LIMITS, host = '127.0.0.1') =>
  socks5Dialer({ kind: 'socks5', host, port, username: 'user', password: 'secret' }, limits)

const say =
  (...bytes: number[]): Act =>
  (socket) =>
    void socket.write(Buffer.from(bytes))
const hangUp: Act = (socket) => void socket.end()
const reset: Act = (socket) => void socket.resetAndDestroy()
const mute: Act = () => undefined
const sayAndHangUp =
  (...bytes: number[]): Act =>
  (socket) =>
    void socket.end(Buffer.from(bytes))
/** A byte now and then, as long as anybody listens. */
const drip =
  (...bytes: number[]): Act =>
  (socket) => {
    let at = 0
    const timer = setInterval(() => socket.write(Buffer.from([bytes[at++ % bytes.length]!])), 60)
    socket.once('close', () => clearInterval(timer))
  }
/** Ever more of the same, as fast as it is taken. */
const flood =
  (byte: number, ...first: number[]): Act =>
  (socket) => {
    const more = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536, byte)));
    }
    socket.write(Buffer.from(first))
    socket.on('drain', more)
    more()
  }

const NONE = say(5, 0)
const ASKS = say(5, 2)
const TAKEN = say(1, 0)
const MALFORMED = 'unknown_failure: malformed SOCKS5 reply'
const TIMEOUT = 'generic_timeout_error'

describe.each([
  { step: 'the greeting', before: [] },
  { step: 'the credentials', before: [ASKS] },
] as const)('at $step', ({ step, before }) => {
  const first = step === 'the greeting' ? 5 : 1
  test.each([
    { name: 'closes', act: hangUp, failure: 'eof_error' },
    { name: 'resets', act: reset, failure: 'eof_error' },
    { name: 'says nothing', act: mute, failure: TIMEOUT },
    { name: 'says half', act: say(first), failure: TIMEOUT },
    { name: 'says half and closes', act: sayAndHangUp(first), failure: 'eof_error' },
    { name: 'refuses', act: say(first, 0xff), failure: 'permission_denied' },
    { name: 'refuses at length', act: flood(0xff, first, 0xff), failure: 'permission_denied' },
  ])('$name -> the vantage, $failure', async ({ act, failure }) => {
    await using proxy = await scripted(...before, act)
    const attempt = dialer(proxy.port, failure === TIMEOUT ? LIMITS : PATIENT).connect(
      '192.0.2.1',
      443,
      never,
    )
    await expect(attempt).rejects.toMatchObject({ name: 'DialError', side: 'vantage', failure })
    await expect.poll(() => proxy.open()).toBe(0)
  })
})

test.each([
  { name: 'another version', act: say(4, 0), failure: MALFORMED },
  {
    name: 'another protocol',
    act: (s: net.Socket) => void s.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
    failure: MALFORMED,
  },
  { name: 'a method that was not offered', act: say(5, 1), failure: MALFORMED },
  { name: 'a private method', act: say(5, 0x80), failure: MALFORMED },
  { name: 'zeros without end', act: flood(0), failure: MALFORMED },
])('greeted with $name -> the vantage, $failure, at once', async ({ act, failure }) => {
  await using proxy = await scripted(act)
  const attempt = dialer(proxy.port, PATIENT).connect('192.0.2.1', 443, never)
  await expect(attempt).rejects.toMatchObject({ side: 'vantage', failure })
  await expect.poll(() => proxy.open()).toBe(0)
})

test('credentials are asked for and there are none -> the vantage, permission_denied', async () => {
  await using proxy = await scripted(ASKS)
  const open = socks5Dialer(
    { kind: 'socks5', host: '127.0.0.1', port: proxy.port, username: null, password: null },
    PATIENT,
  )
  await expect(open.connect('192.0.2.1', 443, never)).rejects.toMatchObject({
    side: 'vantage',
    failure: 'permission_denied',
  })
})

test('credentials longer than the protocol carries -> the vantage, and the proxy is not bothered', async () => {
  await using proxy = await scripted(mute)
  const route = {
    kind: 'socks5',
    host: '127.0.0.1',
    port: proxy.port,
    username: 'u',
    password: 'ш'.repeat(200),
  } as const
  await expect(socks5Dialer(route).connect('192.0.2.1', 443, never)).rejects.toMatchObject({
    side: 'vantage',
    failure: 'permission_denied',
  })
})

describe.each([
  { how: 'without credentials', before: [NONE] },
  { how: 'with credentials', before: [ASKS, TAKEN] },
])('at the request, let in $how', ({ before }) => {
  test.each([
    { name: 'closes', act: hangUp, side: 'target', failure: 'eof_error' },
    { name: 'resets', act: reset, side: 'target', failure: 'connection_reset' },
    { name: 'says nothing', act: mute, side: 'target', failure: TIMEOUT },
    { name: 'says half', act: say(5, 0, 0, 1, 127), side: 'target', failure: TIMEOUT },
    {
      name: 'says half and closes',
      act: sayAndHangUp(5, 0, 0, 1, 127),
      side: 'target',
      failure: 'eof_error',
    },
    {
      name: 'drips a name that does not end in time',
      act: drip(5, 0, 0, 3, 200),
      side: 'target',
      failure: TIMEOUT,
    },
    { name: 'answers in another version', act: say(4, 0, 0, 1), side: 'target', failure: 'eof_error' },
    { name: 'answers with an address of no kind', act: say(5, 0, 0, 9), side: 'vantage', failure: MALFORMED },
    { name: 'refuses in two bytes', act: say(5, 5), side: 'target', failure: 'connection_refused' },
    {
      name: 'refuses with a code of its own',
      act: say(5, 0x5b),
      side: 'vantage',
      failure: 'permission_denied',
    },
    { name: 'sends fives without end', act: flood(5), side: 'target', failure: 'connection_refused' },
  ])('$name -> the $side, $failure', async ({ act, side, failure }) => {
    await using proxy = await scripted(...before, act)
    const attempt = dialer(proxy.port, failure === TIMEOUT ? { ...PATIENT, replyMs: 150 } : PATIENT).connect(
      '192.0.2.1',
      443,
      never,
    )
    await expect(attempt).rejects.toMatchObject({ name: 'DialError', side, failure })
    await expect.poll(() => proxy.open()).toBe(0)
  })
})

test.each([
  { name: 'IPv6', bytes: [4, ...Array<number>(16).fill(7)] },
  { name: 'a name', bytes: [3, 5, ...Buffer.from('ok.ru')] },
  { name: 'the longest name', bytes: [3, 255, ...Array<number>(255).fill(0x61)] },
  { name: 'an empty name', bytes: [3, 0] },
])('replies with $name where IPv4 was asked for -> the tunnel, and what comes behind', async ({ bytes }) => {
  await using proxy = await scripted(NONE, say(5, 0, 0, ...bytes, 1, 187, ...Buffer.from('behind')))
  const socket = await dialer(proxy.port, PATIENT).connect('192.0.2.1', 443, never)
  expect(socket.read()).toEqual(Buffer.from('behind'))
  socket.destroy()
})

test('floods the tunnel before anybody reads -> waits in the proxy, not in memory', async () => {
  await using proxy = await scripted(NONE, flood(7, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
  const socket = await dialer(proxy.port, PATIENT).connect('192.0.2.1', 443, never)
  await new Promise((resolve) => setImmediate(resolve))
  expect(socket.readableLength).toBeLessThanOrEqual(2 * 65_536)
  socket.destroy()
})

test('whatever it answers -> a tunnel or a DialError, and nothing stays open', async () => {
  let answers: Uint8Array[] = []
  await using proxy = await listen(
    net.createServer((socket) => {
      let step = 0
      socket.on('data', () => socket.write(answers[step++] ?? new Uint8Array(0)))
    }),
  )
  const likely = uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) =>
    bytes.map((byte) => (byte < 128 ? byte % 6 : byte)),
  )
  await assert(
    asyncProperty(likely, likely, likely, async (...all) => {
      answers = all
      const result = await dialer(proxy.port, { admitMs: 20, replyMs: 20 })
        .connect('192.0.2.1', 443, never)
        .catch((error: unknown) => error)
      if (result instanceof net.Socket) result.destroy()
      else expect(result).toBeInstanceOf(DialError)
    }),
    { numRuns: 100 },
  )
  await expect.poll(() => proxy.open()).toBe(0)
})

test.each([
  { step: 'the greeting', before: [], side: 'vantage' },
  { step: 'the credentials', before: [ASKS], side: 'vantage' },
  { step: 'the request', before: [ASKS, TAKEN], side: 'target' },
])(
  'given up at $step -> the $side timed out; the socket is closed, and nobody listens to the signal any more',
  async ({ before, side }) => {
    const caller = new AbortController()
    await using proxy = await scripted(...before, () => caller.abort(new Error('enough')))
    const attempt = dialer(proxy.port, PATIENT).connect('192.0.2.1', 443, caller.signal)
    await expect(attempt).rejects.toMatchObject({ side, failure: TIMEOUT })
    await expect.poll(() => proxy.open()).toBe(0)
    expect(getEventListeners(caller.signal, 'abort')).toEqual([])
  },
)

test('let through -> nobody listens to the signal any more', async () => {
  const { signal } = new AbortController()
  await using proxy = await scripted(NONE, say(5, 0, 0, 1, 0, 0, 0, 0, 0, 0))
  const socket = await dialer(proxy.port, PATIENT).connect('192.0.2.1', 443, signal)
  expect(getEventListeners(signal, 'abort')).toEqual([])
  socket.destroy()
})

describe('datagrams', () => {
  const TO = { address: '192.0.2.1', port: 53 }
  const RELAY = [5, 0, 0, 1, 127, 0, 0, 1, 0, 53]

  test('a relay at port 0 -> no datagrams, and nothing stays open', async () => {
    await using proxy = await scripted(NONE, say(5, 0, 0, 1, 127, 0, 0, 1, 0, 0))
    expect(await dialer(proxy.port, PATIENT).openDatagrams(TO, never)).toBeNull()
    await expect.poll(() => proxy.open()).toBe(0)
  })

  test('the association is reset before anybody listens -> whoever listens is told', async () => {
    const held: net.Socket[] = []
    await using proxy = await scripted(NONE, (socket) => {
      held.push(socket)
      socket.write(Buffer.from(RELAY))
    })
    const channel = (await dialer(proxy.port, PATIENT).openDatagrams(TO, never))!
    held[0]!.resetAndDestroy()
    await expect.poll(() => proxy.open()).toBe(0)
    const error = await new Promise<Error>((resolve) => channel.listen(() => undefined, resolve))
    expect(error).toMatchObject({ side: 'vantage', failure: 'eof_error' })
    channel.close()
  })

  test('it goes on talking on the connection that keeps the relay -> is read away', async () => {
    await using proxy = await scripted(NONE, (socket) => {
      socket.write(Buffer.concat([Buffer.from(RELAY), Buffer.alloc(1_000_000)]), () => socket.end())
    })
    const channel = (await dialer(proxy.port, PATIENT).openDatagrams(TO, never))!
    const error = new Promise<Error>((resolve) => channel.listen(() => undefined, resolve))
    expect(await error).toMatchObject({ side: 'vantage', failure: 'eof_error' })
    channel.close()
  })
})
