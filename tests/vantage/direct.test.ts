import dgram from 'node:dgram'
import net from 'node:net'
import { expect, test } from 'vitest'
import type { Vantage } from '../../src/model/vantage.ts'
import { directDialer } from '../../src/vantage/direct.ts'
import { openDialer } from '../../src/vantage/open.ts'
import { echo } from './proxies.ts'

const never = new AbortController().signal

async function resolver(): Promise<dgram.Socket> {
  const socket = dgram.createSocket('udp4')
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve)
  })
  return socket
}

test('somebody listens -> an open socket without listeners', async () => {
  await using target = await echo()
  const socket = await directDialer.connect('127.0.0.1', target.port, never)
  expect(socket.readyState).toBe('open')
  expect(['data', 'error', 'close', 'connect'].map((event) => socket.listenerCount(event))).toEqual([
    0, 0, 0, 0,
  ])
  socket.destroy()
})

test('nobody listens -> the error of the system, as it is', async () => {
  const target = await echo()
  await target[Symbol.asyncDispose]()
  await expect(directDialer.connect('127.0.0.1', target.port, never)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })
})

test('the signal ends while connecting -> its reason, and the socket is gone', async () => {
  const reason = new Error('enough')
  const caller = new AbortController()
  // A backlog of one that is full: the next connection hangs.
  const server = net.createServer()
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, resolve))
  const { port } = server.address() as net.AddressInfo
  const attempt = directDialer.connect('127.0.0.1', port, caller.signal)
  caller.abort(reason)
  await expect(attempt).rejects.toBe(reason)
  await expect(directDialer.connect('127.0.0.1', port, caller.signal)).rejects.toBe(reason)
  await new Promise((resolve) => server.close(resolve))
})

test('datagrams -> to one peer and back; strangers are not heard', async () => {
  const peer = await resolver()
  const stranger = await resolver()
  peer.on('message', (message, from) => {
    stranger.send('forged', from.port, from.address, () =>
      peer.send(`re: ${message.toString()}`, from.port, from.address),
    )
  })
  const channel = (await directDialer.openDatagrams(
    { address: '127.0.0.1', port: peer.address().port },
    never,
  ))!
  const heard = new Promise<string>((resolve, reject) => channel.listen((m) => resolve(m.toString()), reject))
  channel.send(Buffer.from('who?'))
  expect(await heard).toBe('re: who?')
  channel.close()
  channel.close()
  channel.send(Buffer.from('after the end'))
  peer.close()
  stranger.close()
})

test('datagrams to where nobody listens -> the refusal is heard', async () => {
  const peer = await resolver()
  const { port } = peer.address()
  await new Promise<void>((resolve) => {
    peer.close(() => resolve())
  })
  const channel = (await directDialer.openDatagrams({ address: '127.0.0.1', port }, never))!
  const error = new Promise<Error>((resolve) => channel.listen(() => undefined, resolve))
  channel.send(Buffer.from('who?'))
  expect(await error).toMatchObject({ code: 'ECONNREFUSED' })
  channel.close()
})

test('datagrams that the system will not send -> its error at once, and the socket is closed', async () => {
  const sockets = () => process.getActiveResourcesInfo().filter((r) => r === 'UDPWrap').length
  // The broadcast address takes an option that is not set: the one connect over UDP that fails on every machine.
  await expect(
    directDialer.openDatagrams({ address: '255.255.255.255', port: 53 }, never),
  ).rejects.toMatchObject({ code: 'EACCES', syscall: 'connect' })
  await expect.poll(sockets).toBe(0)
})

test.each(['direct', 'socks5', 'http-proxy'] as const)(
  'a vantage of kind %s -> its dialer: only one reaches where no proxy listens',
  async (kind) => {
    await using target = await echo()
    const route =
      kind === 'direct' ? { kind } : { kind, host: '127.0.0.1', port: 9, username: null, password: null }
    const attempt = openDialer({ route } as Vantage).connect('127.0.0.1', target.port, never)
    const reached = await attempt.then(
      (socket) => socket.destroy().destroyed,
      () => false,
    )
    expect(reached).toBe(kind === 'direct')
  },
)
