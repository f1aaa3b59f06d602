import dgram from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { DialError } from '../../src/vantage/dial-error.ts'
import { socks5Dialer } from '../../src/vantage/socks5.ts'
import { echo, listen, replyOf, scripted, socks5 } from './proxies.ts'

const never = new AbortController().signal
const route = (port: number, username: string | null = null, password: string | null = null) =>
  socks5Dialer({ kind: 'socks5', host: '127.0.0.1', port, username, password })
const firstData = (socket: net.Socket) =>
  new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())).resume())

test('a target by address -> the tunnel carries both ways', async () => {
  await using target = await echo()
  await using proxy = await socks5()
  const socket = await route(proxy.port).connect('127.0.0.1', target.port, never)
  socket.write('hello')
  expect(await firstData(socket)).toBe('hello')
  socket.destroy()
})

test('a target by name -> the proxy is given the name', async () => {
  const asked: { host: string; port: number }[] = []
  await using target = await echo()
  await using proxy = await socks5({ asked })
  const socket = await route(proxy.port).connect('site.example', target.port, never)
  socket.destroy()
  expect(asked).toEqual([{ host: 'site.example', port: target.port }])
})

test('bytes of the target that come with the reply -> are not lost, and come before later ones', async () => {
  await using target = await listen(
    net.createServer((socket) => void socket.once('data', () => socket.write('late'))),
  )
  await using proxy = await socks5({ early: 'early ' })
  const socket = await route(proxy.port).connect('127.0.0.1', target.port, never)
  // Nobody reads yet: what came must wait.
  await new Promise((resolve) => setImmediate(resolve))
  socket.write('go')
  let got = ''
  await new Promise<void>((resolve) => {
    socket.on('data', (data: Buffer) => {
      got += data.toString()
      if (got.includes('late')) resolve()
    })
    socket.resume()
  })
  expect(got).toBe('early late')
  socket.destroy()
})

test('no listener is left on the socket, and it waits', async () => {
  await using target = await echo()
  await using proxy = await socks5()
  const socket = await route(proxy.port).connect('127.0.0.1', target.port, never)
  expect(['data', 'error', 'close', 'connect'].map((event) => socket.listenerCount(event))).toEqual([
    0, 0, 0, 0,
  ])
  expect(socket.isPaused()).toBe(true)
  socket.destroy()
})

test('tunnels that were closed, and ones that failed -> nothing holds on to their sockets', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  await using target = await echo()
  await using proxy = await socks5()
  await using refusing = await socks5({ reply: 5 })
  const opened: WeakRef<net.Socket>[] = []
  const use = async () => {
    const socket = await route(proxy.port).connect('127.0.0.1', target.port, never)
    opened.push(new WeakRef(socket))
    const closed = once(socket, 'close')
    socket.destroy()
    await closed
    await expect(route(refusing.port).connect('127.0.0.1', target.port, never)).rejects.toThrow()
  }
  for (let i = 0; i < 5; i++) await use()
  const left = () => {
    collect()
    return opened.filter((each) => each.deref() !== undefined).length
  }
  await vi.waitUntil(() => left() === 0, { timeout: 10_000 })
})

test('credentials -> right ones let us in, wrong ones are the fault of the vantage', async () => {
  await using target = await echo()
  await using proxy = await socks5({ credentials: ['user', 'secret'] })
  const socket = await route(proxy.port, 'user', 'secret').connect('127.0.0.1', target.port, never)
  socket.destroy()
  await expect(
    route(proxy.port, 'user', 'wrong').connect('127.0.0.1', target.port, never),
  ).rejects.toMatchObject({ side: 'vantage', failure: 'permission_denied' })
  await expect(route(proxy.port).connect('127.0.0.1', target.port, never)).rejects.toMatchObject({
    side: 'vantage',
    failure: 'permission_denied',
  })
})

test.each([
  { code: 1, side: 'target', failure: 'unknown_failure: general SOCKS server failure' },
  { code: 2, side: 'vantage', failure: 'permission_denied' },
  { code: 3, side: 'target', failure: 'network_unreachable' },
  { code: 4, side: 'target', failure: 'host_unreachable' },
  { code: 5, side: 'target', failure: 'connection_refused' },
  { code: 6, side: 'target', failure: 'generic_timeout_error' },
  { code: 7, side: 'vantage', failure: 'permission_denied' },
  { code: 8, side: 'target', failure: 'address_family_not_supported' },
])('reply $code -> $side, $failure', async ({ code, side, failure }) => {
  await using proxy = await socks5({ reply: code })
  await expect(route(proxy.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({
    name: 'DialError',
    side,
    failure,
  })
})

test.each([
  { name: 'reset', reply: (s: net.Socket) => s.resetAndDestroy(), failure: 'connection_reset' },
  { name: 'closed', reply: (s: net.Socket) => s.end(), failure: 'eof_error' },
])('asked, then $name -> the target, $failure', async ({ reply, failure }) => {
  await using proxy = await socks5({ reply: (s) => void reply(s) })
  await expect(route(proxy.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({
    side: 'target',
    failure,
  })
})

test.each([
  { name: 'mute from the start', behaviour: { mute: true }, side: 'vantage' },
  { name: 'asked and never answered', behaviour: { reply: () => undefined }, side: 'target' },
])('the time is up: $name -> $side, and nothing stays open', async ({ behaviour, side }) => {
  await using proxy = await socks5(behaviour)
  const error: unknown = await route(proxy.port)
    .connect('192.0.2.1', 443, AbortSignal.timeout(100))
    .catch((e: unknown) => e)
  expect(error).toBeInstanceOf(DialError)
  expect(error).toMatchObject({ side, failure: 'generic_timeout_error' })
  await expect.poll(() => proxy.open()).toBe(0)
})

test('the proxy is gone -> the vantage, connection_refused', async () => {
  const proxy = await socks5()
  await proxy[Symbol.asyncDispose]()
  await expect(route(proxy.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({
    side: 'vantage',
    failure: 'connection_refused',
  })
})

test('the proxy speaks something else, or hangs up at once -> the vantage', async () => {
  await using web = await listen(
    net.createServer((s) => void s.once('data', () => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  )
  await expect(route(web.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({ side: 'vantage' })
  await using rude = await listen(net.createServer((s) => s.destroy()))
  await expect(route(rude.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({ side: 'vantage' })
})

test('a name longer than the protocol carries -> a DialError, no exception of another kind', async () => {
  await using proxy = await socks5()
  await expect(route(proxy.port).connect('a'.repeat(300), 443, never)).rejects.toMatchObject({
    side: 'target',
  })
})

test.each([
  { name: 'nothing', heard: [], side: 'vantage' },
  { name: 'half a greeting', heard: [5], side: 'vantage' },
  { name: 'another version', heard: [4, 0], side: 'vantage' },
  { name: 'no method fits', heard: [5, 0xff], side: 'vantage' },
  { name: 'taken in', heard: [5, 0], side: 'target' },
  { name: 'asked for credentials', heard: [5, 2], side: 'vantage' },
  { name: 'denied', heard: [5, 2, 1, 1], side: 'vantage' },
  { name: 'taken in with credentials', heard: [5, 2, 1, 0], side: 'target' },
  { name: 'refused with credentials', heard: [5, 2, 1, 0, 5, 5], side: 'target' },
])('broke off after: $name -> $side', async ({ heard, side }) => {
  await using proxy = await scripted((socket) => void socket.end(Buffer.from(heard)))
  await expect(route(proxy.port, 'user', 'secret').connect('192.0.2.1', 443, never)).rejects.toMatchObject({
    name: 'DialError',
    side,
  })
})

test('datagrams -> relayed both ways, and the relay ends with the channel', async () => {
  const resolver = dgram.createSocket('udp4')
  resolver.on('message', (message, from) =>
    resolver.send(`re: ${message.toString()}`, from.port, from.address),
  )
  await new Promise<void>((resolve) => {
    resolver.bind(0, '127.0.0.1', resolve)
  })
  await using proxy = await socks5({ datagrams: true })
  const channel = (await route(proxy.port).openDatagrams(
    { address: '127.0.0.1', port: resolver.address().port },
    never,
  ))!
  const answer = new Promise<string>((resolve, reject) =>
    channel.listen((m) => resolve(m.toString()), reject),
  )
  channel.send(Buffer.from('who?'))
  expect(await answer).toBe('re: who?')
  channel.close()
  await expect.poll(() => proxy.open()).toBe(0)
  resolver.close()
})

test.each([{ code: 7 }, { code: 2 }, { code: 1 }])(
  'datagrams refused with code $code -> null, so that TCP is tried',
  async ({ code }) => {
    await using proxy = await listen(
      net.createServer((socket) => {
        socket.once('data', () => {
          socket.write(Buffer.from([5, 0]))
          socket.once('data', () => socket.end(replyOf(code)))
        })
      }),
    )
    expect(await route(proxy.port).openDatagrams({ address: '192.0.2.1', port: 53 }, never)).toBeNull()
  },
)

test('a relay that there is no way to -> no datagrams, and nothing stays open', async () => {
  await using proxy = await listen(
    net.createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]))
        socket.once('data', () => socket.write(Buffer.from([5, 0, 0, 1, 255, 255, 255, 255, 0, 53])))
      })
    }),
  )
  expect(await route(proxy.port).openDatagrams({ address: '192.0.2.1', port: 53 }, never)).toBeNull()
  await expect.poll(() => proxy.open()).toBe(0)
})
