/** Proxies, name servers and relays that dawdle, lie or vanish: what is told, and whose fault it is. */
import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'
import packet from 'dns-packet'
import { assert, asyncProperty, integer } from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { httpProxyDialer } from '../../src/vantage/http-proxy.ts'
import { locate } from '../../src/vantage/locate.ts'
import { socks5Dialer } from '../../src/vantage/socks5.ts'
import { type Listening, connectProxy, echo, listen, replyOf, socks5 } from './proxies.ts'

const never = new AbortController().signal
const none = { host: '127.0.0.1', username: null, password: null }
const socks = (port: number) => socks5Dialer({ ...none, kind: 'socks5', port })
const http = (port: number) => httpProxyDialer({ ...none, kind: 'http-proxy', port })
const TARGET = { address: '192.0.2.1', port: 53 }

/** Writes a piece at a time, each in a segment of its own. */
async function dribble(socket: net.Socket, bytes: Buffer, pieces: number): Promise<void> {
  socket.setNoDelay()
  const size = Math.max(1, Math.ceil(bytes.length / pieces))
  for (let at = 0; at < bytes.length; at += size) {
    socket.write(bytes.subarray(at, at + size))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Everything up to so many bytes. */
function read(socket: net.Socket, bytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let got = ''
    socket.on('data', (data: Buffer) => {
      got += data.toString('latin1')
      if (got.length >= bytes) resolve(got)
    })
    socket.on('error', reject)
    socket.resume()
  })
}

describe('a proxy that answers in pieces, whatever their number -> the tunnel, and every byte behind the answer', () => {
  const BEHIND = 'first bytes of the target'

  test('SOCKS5', async () => {
    let pieces = 1
    await using proxy = await listen(
      net.createServer((socket) => {
        socket.once('data', () => {
          void dribble(socket, Buffer.from([5, 0]), pieces)
          socket.once('data', () => {
            void dribble(socket, Buffer.concat([replyOf(0), Buffer.from(BEHIND)]), pieces)
          })
        })
      }),
    )
    await assert(
      asyncProperty(integer({ min: 1, max: 40 }), async (n) => {
        pieces = n
        const socket = await socks(proxy.port).connect('site.example', 443, never)
        expect(await read(socket, BEHIND.length)).toBe(BEHIND)
        socket.destroy()
      }),
      { numRuns: 40, seed: 1 },
    )
  })

  test('HTTP', async () => {
    let pieces = 1
    const answer = `HTTP/1.1 200 Connection established\r\nvia: x\r\n\r\n${BEHIND}`
    await using proxy = await listen(
      net.createServer(
        (socket) => void socket.once('data', () => void dribble(socket, Buffer.from(answer), pieces)),
      ),
    )
    await assert(
      asyncProperty(integer({ min: 1, max: 80 }), async (n) => {
        pieces = n
        const socket = await http(proxy.port).connect('site.example', 443, never)
        expect(await read(socket, BEHIND.length)).toBe(BEHIND)
        socket.destroy()
      }),
      { numRuns: 40, seed: 1 },
    )
  })
})

test.each([
  { kind: 'SOCKS5', dialer: socks, proxy: () => socks5() },
  { kind: 'HTTP', dialer: http, proxy: () => connectProxy() },
])(
  '$kind: the signal ends once the tunnel is there -> the tunnel stays: it is whose it was given to',
  async ({ dialer, proxy }) => {
    await using target = await echo()
    await using through = await proxy()
    const caller = new AbortController()
    const socket = await dialer(through.port).connect('127.0.0.1', target.port, caller.signal)
    caller.abort(new Error('enough'))
    socket.write('still here')
    expect(await read(socket, 10)).toBe('still here')
    socket.destroy()
  },
)

test.each([
  { kind: 'SOCKS5', dialer: socks },
  { kind: 'HTTP', dialer: http },
])(
  '$kind: the signal has ended before -> the vantage timed out, and the proxy is not bothered',
  async ({ dialer }) => {
    let bothered = 0
    await using proxy = await listen(net.createServer(() => (bothered += 1)))
    const ended = AbortSignal.abort(new Error('enough'))
    await expect(dialer(proxy.port).connect('192.0.2.1', 443, ended)).rejects.toMatchObject({
      side: 'vantage',
      failure: 'generic_timeout_error',
    })
    expect(bothered).toBe(0)
  },
)

test.each([
  ['a reason of many words', 'HTTP/1.0 200 Connection  established: go on\r\n\r\n'],
  ['another success', 'HTTP/1.1 204 x\r\n\r\n'],
])('HTTP: 2xx with %s -> a tunnel', async (_name, answer) => {
  await using proxy = await listen(
    net.createServer((socket) => {
      socket.once('data', () => {
        socket.write(answer)
        socket.pipe(socket)
      })
    }),
  )
  const socket = await http(proxy.port).connect('192.0.2.1', 443, never)
  socket.write('hello')
  expect(await read(socket, 5)).toBe('hello')
  socket.destroy()
})

test('SOCKS5: the signal ends in the very moment that the reply comes -> a tunnel or an error, and nothing thrown later', async () => {
  const others: net.Socket[] = []
  await using proxy = await listen(
    net.createServer((socket) => {
      socket.setNoDelay()
      socket.once('data', (greeting) => {
        if (greeting[0] !== 5) {
          others.push(socket)
          return
        }
        socket.write(Buffer.from([5, 0]))
        socket.once('data', () => {
          socket.write(replyOf(0))
          others.pop()!.write('now')
        })
      })
    }),
  )
  for (let n = 0; n < 30; n += 1) {
    const caller = new AbortController()
    const other = net.connect(proxy.port, '127.0.0.1')
    other.write('hello')
    await expect.poll(() => others.length, { interval: 1 }).toBe(1)
    const aborted = new Promise<void>((resolve) => {
      other.once('data', () => {
        caller.abort(new Error('enough'))
        resolve()
      })
    })
    const attempt = socks(proxy.port).connect('192.0.2.1', 443, caller.signal)
    const [result] = await Promise.allSettled([attempt, aborted])
    if (result.status === 'fulfilled') result.value.destroy()
    else expect(result.reason).toMatchObject({ name: 'DialError', failure: 'generic_timeout_error' })
    other.destroy()
  }
})

test.each([
  ['x-squid-error: ERR_CONNECT_FAIL 101', 'network_unreachable'],
  ['x-squid-error: ERR_READ_ERROR 104', 'connection_reset'],
  ['x-squid-error: ERR_CONNECT_FAIL 110', 'timed_out'],
  ['x-squid-error: ERR_CONNECT_FAIL 111', 'connection_refused'],
  ['x-squid-error: ERR_DNS_FAIL 0', 'connection_refused'],
  ['proxy-status: p; error=connection_refused', 'connection_refused'],
  ['proxy-status: p; error=connection_timeout', 'generic_timeout_error'],
  ['proxy-status: p; error=destination_unavailable', 'host_unreachable'],
  ['proxy-status: p; error=dns_error; rcode=NXDOMAIN', 'dns_server_misbehaving'],
  ['proxy-status: p; error=dns_timeout', 'generic_timeout_error'],
  ['proxy-status: p; error=constructor', 'connection_refused'],
])('HTTP: 502 with %s -> the target, %s', async (header, failure) => {
  await using proxy = await connectProxy({ answer: `HTTP/1.1 502 x\r\n${header}\r\n\r\n` })
  await expect(http(proxy.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({
    side: 'target',
    failure,
  })
})

test('HTTP: the target closes as soon as the tunnel is there -> an end, not an error of the proxy', async () => {
  await using proxy = await listen(
    net.createServer((socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'))),
  )
  const socket = await http(proxy.port).connect('192.0.2.1', 443, never)
  const ended = new Promise<void>((resolve, reject) => socket.on('end', resolve).on('error', reject).resume())
  await ended
})

test('SOCKS5: the target closes as soon as the tunnel is there -> an end, or the target at fault', async () => {
  await using proxy = await listen(
    net.createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]))
        socket.once('data', () => socket.end(replyOf(0)))
      })
    }),
  )
  const how = await socks(proxy.port)
    .connect('192.0.2.1', 443, never)
    .then(
      (socket) =>
        new Promise((resolve) =>
          socket
            .on('end', () => resolve('end'))
            .on('error', resolve)
            .resume(),
        ),
      (error: unknown) => error,
    )
  if (how !== 'end') expect(how).toMatchObject({ side: 'target', failure: 'eof_error' })
})

test.each([
  { code: 'no kind of address', side: 'vantage', bytes: [5, 0, 0, 9, 0, 0, 0, 0, 0, 0] },
  { code: 'an address cut short', side: 'target', bytes: [5, 0, 0, 4, 0, 0, 0, 0, 0, 0] },
  { code: 'another version', side: 'target', bytes: [4, 0, 0, 1, 0, 0, 0, 0, 0, 0] },
])(
  'SOCKS5: $code in the reply, then it hangs up -> $side, and nothing stays open',
  async ({ side, bytes }) => {
    await using proxy = await listen(
      net.createServer((socket) => {
        socket.once('data', () => {
          socket.write(Buffer.from([5, 0]))
          socket.once('data', () => socket.end(Buffer.from(bytes)))
        })
      }),
    )
    await expect(socks(proxy.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({
      name: 'DialError',
      side,
    })
    await expect.poll(() => proxy.open()).toBe(0)
  },
)

/** A proxy that relays nothing itself: whatever is sent to its relay comes back as it is told. */
async function aRelay(
  answer: (frame: Buffer) => readonly Buffer[],
): Promise<Listening & { hangUp: () => void }> {
  const udp = dgram.createSocket('udp4')
  udp.on('message', (frame, from) => {
    for (const each of answer(frame)) udp.send(each, from.port, from.address)
  })
  await new Promise<void>((resolve) => {
    udp.bind(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    udp.close()
  })
  const { port } = udp.address()
  let held: net.Socket | null = null
  const proxy = await listen(
    net.createServer((socket) => {
      held = socket
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]))
        socket.once('data', () =>
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, port >> 8, port & 255])),
        )
      })
    }),
  )
  return { ...proxy, hangUp: () => held?.destroy() }
}

test('SOCKS5 datagrams: fragments and what is no frame -> dropped; what is one comes through', async () => {
  const head = (fragment: number) => Buffer.from([0, 0, fragment, 1, 192, 0, 2, 1, 0, 53])
  await using proxy = await aRelay(() => [
    Buffer.from([]),
    Buffer.from([0, 0, 0]),
    Buffer.from([0, 0, 0, 9, 1, 2, 3]),
    Buffer.concat([head(1), Buffer.from('a fragment')]),
    Buffer.concat([head(0), Buffer.from('whole')]),
  ])
  const channel = (await socks(proxy.port).openDatagrams(TARGET, never))!
  const heard = new Promise<string>((resolve, reject) => channel.listen((m) => resolve(m.toString()), reject))
  channel.send(Buffer.from('who?'))
  expect(await heard).toBe('whole')
  channel.close()
})

test('SOCKS5 datagrams: what is sent -> framed with the address it is for', async () => {
  const frames: Buffer[] = []
  await using proxy = await aRelay((frame) => {
    frames.push(frame)
    return [Buffer.concat([frame.subarray(0, 10), Buffer.from('ok')])]
  })
  const channel = (await socks(proxy.port).openDatagrams(TARGET, never))!
  const heard = new Promise<Buffer>((resolve, reject) => channel.listen(resolve, reject))
  channel.send(Buffer.from('who?'))
  await heard
  expect(frames).toEqual([
    Buffer.concat([Buffer.from([0, 0, 0, 1, 192, 0, 2, 1, 0, 53]), Buffer.from('who?')]),
  ])
  channel.close()
})

test('SOCKS5 datagrams: the proxy ends the association -> the vantage is told to be at fault; closed by us, nothing is', async () => {
  await using proxy = await aRelay(() => [])
  const lost = (await socks(proxy.port).openDatagrams(TARGET, never))!
  const error = new Promise<Error>((resolve) => lost.listen(() => undefined, resolve))
  proxy.hangUp()
  expect(await error).toMatchObject({ name: 'DialError', side: 'vantage', failure: 'eof_error' })
  lost.close()

  const ours = (await socks(proxy.port).openDatagrams(TARGET, never))!
  const errors: Error[] = []
  ours.listen(
    () => undefined,
    (each) => errors.push(each),
  )
  ours.close()
  await expect.poll(() => proxy.open()).toBe(0)
  expect(errors).toEqual([])
})

test('SOCKS5 datagrams: no proxy, or one that lets us wait -> thrown, not taken for one that carries none', async () => {
  const gone = await socks5()
  await gone[Symbol.asyncDispose]()
  await expect(socks(gone.port).openDatagrams(TARGET, never)).rejects.toMatchObject({ side: 'vantage' })
  await using mute = await socks5({ mute: true })
  await expect(socks(mute.port).openDatagrams(TARGET, AbortSignal.timeout(50))).rejects.toMatchObject({
    side: 'vantage',
    failure: 'generic_timeout_error',
  })
})

/** A name server that answers every question so. */
async function answering(
  answer: (name: string, type: string) => Partial<packet.Packet>,
): Promise<{ address: string; port: number }> {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (message, from) => {
    const { id, questions } = packet.decode(message)
    const [{ name, type }] = questions as [packet.Question]
    const reply = { type: 'response', id: id!, questions: questions!, ...answer(name, type) } as packet.Packet
    socket.send(packet.encode(reply), from.port, from.address)
  })
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    socket.close()
  })
  return { address: '127.0.0.1', port: socket.address().port }
}

test.each([
  { rcode: 2, failure: 'dns_servfail_error' },
  { rcode: 3, failure: 'dns_nxdomain_error' },
  { rcode: 5, failure: 'dns_refused_error' },
  { rcode: 0, failure: 'dns_no_answer' },
])(
  'the name of the proxy is answered with $rcode and nothing -> the vantage, $failure',
  async ({ rcode, failure }) => {
    const before = dns.getServers()
    onTestFinished(() => dns.setServers(before))
    const { address, port } = await answering(() => ({ flags: packet.RECURSION_AVAILABLE | rcode }))
    dns.setServers([`${address}:${port}`])
    for (const dialer of [
      socks5Dialer({ ...none, kind: 'socks5', host: 'proxy.example', port: 1 }),
      httpProxyDialer({ ...none, kind: 'http-proxy', host: 'proxy.example', port: 1 }),
    ]) {
      await expect(dialer.connect('192.0.2.1', 443, never)).rejects.toMatchObject({
        side: 'vantage',
        failure,
      })
    }
  },
)

test('a name with both families, with one, or one family that fails -> what there is, IPv4 first', async () => {
  const server = await answering((name, type) => {
    const data = type === 'A' ? '127.0.0.9' : '::9'
    const has = name.startsWith('both') || (type === 'AAAA') === name.startsWith('six')
    const flags = packet.RECURSION_AVAILABLE | (has ? 0 : 2)
    return { flags, answers: has ? [{ type: type as 'A', name, ttl: 1, data }] : [] }
  })
  expect(await locate('both.example', never, [server])).toEqual(['127.0.0.9', '::9'])
  expect(await locate('six.example', never, [server])).toEqual(['::9'])
  expect(await locate('four.example', never, [server])).toEqual(['127.0.0.9'])
  const reason = new Error('enough')
  await expect(locate('both.example', AbortSignal.abort(reason), [server])).rejects.toBe(reason)
})
