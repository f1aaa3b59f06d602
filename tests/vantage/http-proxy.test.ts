import net from 'node:net'
import { expect, test } from 'vitest'
import { httpProxyDialer } from '../../src/vantage/http-proxy.ts'
import { connectProxy, echo, listen } from './proxies.ts'

const never = new AbortController().signal
const route = (port: number, username: string | null = null, password: string | null = null) =>
  httpProxyDialer({ kind: 'http-proxy', host: '127.0.0.1', port, username, password })

test('a target by address or by name -> the tunnel carries, and bytes glued to the head are not lost', async () => {
  const seen: { url: string | undefined; auth: string | undefined }[] = []
  await using target = await echo()
  await using proxy = await connectProxy({ early: 'early ', seen })
  for (const host of ['127.0.0.1', 'site.example']) {
    const socket = await route(proxy.port).connect(host, target.port, never)
    expect(socket.isPaused()).toBe(true)
    socket.write('hello')
    let got = ''
    await new Promise<void>((resolve) => {
      socket.on('data', (data: Buffer) => {
        got += data.toString()
        if (got.endsWith('hello')) resolve()
      })
      socket.resume()
    })
    expect(got).toBe('early hello')
    socket.destroy()
  }
  expect(seen.map((s) => s.url)).toEqual([`127.0.0.1:${target.port}`, `site.example:${target.port}`])
  expect(seen[0]!.auth).toBeUndefined()
})

test('an IPv6 target -> written in brackets', async () => {
  const seen: { url: string | undefined; auth: string | undefined }[] = []
  await using proxy = await connectProxy({ answer: 'HTTP/1.1 504 Gateway Timeout\r\n\r\n', seen })
  await route(proxy.port)
    .connect('2001:db8::1', 443, never)
    .catch(() => undefined)
  expect(seen[0]!.url).toBe('[2001:db8::1]:443')
})

test('credentials -> right ones let us in, wrong ones are the fault of the vantage', async () => {
  await using target = await echo()
  await using proxy = await connectProxy({ credentials: 'user:påss' })
  const socket = await route(proxy.port, 'user', 'påss').connect('127.0.0.1', target.port, never)
  socket.destroy()
  await expect(route(proxy.port).connect('127.0.0.1', target.port, never)).rejects.toMatchObject({
    side: 'vantage',
    failure: 'permission_denied',
  })
})

test.each([
  { answer: '502 Bad Gateway', side: 'target', failure: 'connection_refused' },
  { answer: '503 Service Unavailable', side: 'target', failure: 'connection_refused' },
  { answer: '500 Unable to connect', side: 'target', failure: 'connection_refused' },
  { answer: '504 Gateway Timeout', side: 'target', failure: 'generic_timeout_error' },
  { answer: '503 x\r\nx-squid-error: ERR_CONNECT_FAIL 113', side: 'target', failure: 'host_unreachable' },
  {
    answer: '502 x\r\nproxy-status: p.example; error=destination_ip_unroutable',
    side: 'target',
    failure: 'network_unreachable',
  },
  {
    answer: '502 x\r\nproxy-status: p.example; error="connection_terminated"',
    side: 'target',
    failure: 'connection_reset',
  },
  { answer: '403 Forbidden', side: 'vantage', failure: 'permission_denied' },
  { answer: '405 Method Not Allowed', side: 'vantage', failure: 'http_request_failed' },
  {
    answer: '302 Found\r\nlocation: http://portal.example/',
    side: 'vantage',
    failure: 'http_request_failed',
  },
])('$answer -> $side, $failure', async ({ answer, side, failure }) => {
  await using proxy = await connectProxy({ answer: `HTTP/1.1 ${answer}\r\n\r\n` })
  await expect(route(proxy.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({
    name: 'DialError',
    side,
    failure,
  })
})

test.each([
  {
    name: 'resets',
    act: (s: net.Socket) => s.resetAndDestroy(),
    side: 'target',
    failure: 'connection_reset',
  },
  { name: 'closes', act: (s: net.Socket) => s.end(), side: 'target', failure: 'eof_error' },
  {
    name: 'speaks something else',
    act: (s: net.Socket) => s.end('SSH-2.0-x\r\n'),
    side: 'vantage',
    failure: 'http_request_failed',
  },
  {
    name: 'sends a head without end',
    act: (s: net.Socket) => s.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`),
    side: 'vantage',
    failure: 'http_request_failed',
  },
])('the proxy $name -> $side, $failure', async ({ act, side, failure }) => {
  await using proxy = await listen(net.createServer((socket) => void socket.once('data', () => act(socket))))
  await expect(route(proxy.port).connect('192.0.2.1', 443, never)).rejects.toMatchObject({ side, failure })
})

test('the time is up -> the target, and nothing stays open', async () => {
  await using proxy = await listen(net.createServer(() => undefined))
  await expect(route(proxy.port).connect('192.0.2.1', 443, AbortSignal.timeout(100))).rejects.toMatchObject({
    side: 'target',
    failure: 'generic_timeout_error',
  })
})

test('the proxy is gone -> the vantage; datagrams -> it has none', async () => {
  const proxy = await connectProxy()
  await proxy[Symbol.asyncDispose]()
  const dialer = route(proxy.port)
  await expect(dialer.connect('192.0.2.1', 443, never)).rejects.toMatchObject({ side: 'vantage' })
  expect(await dialer.openDatagrams({ address: '192.0.2.1', port: 53 }, never)).toBeNull()
})
