import dgram from 'node:dgram'
import dns from 'node:dns'
import packet from 'dns-packet'
import { expect, onTestFinished, test } from 'vitest'
import { addressesInHosts } from '../../src/vantage/hosts-file.ts'
import { httpProxyDialer } from '../../src/vantage/http-proxy.ts'
import { locate } from '../../src/vantage/locate.ts'
import { socks5Dialer } from '../../src/vantage/socks5.ts'
import { serverOf, systemServers } from '../../src/vantage/system-servers.ts'
import { connectProxy, echo, socks5 } from './proxies.ts'

const never = new AbortController().signal

/** A name server that knows some names (IPv4), denies others, and says nothing at all about those that begin with `lost`. */
async function names(known: Record<string, string>): Promise<{ address: string; port: number }> {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (message, from) => {
    const { id, questions } = packet.decode(message)
    const { name, type } = questions![0]!
    if (name.startsWith('lost')) return
    const data = known[name]
    const answers = data !== undefined && type === 'A' ? [{ type, name, ttl: 1, data } as const] : []
    const flags = packet.RECURSION_AVAILABLE | (data === undefined ? 3 : 0)
    socket.send(
      packet.encode({ type: 'response', id: id!, flags, questions: questions!, answers }),
      from.port,
    )
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
  ['127.0.0.1 localhost\n10.0.0.5 proxy.lan Proxy # ours\n', 'proxy', ['10.0.0.5']],
  ['10.0.0.5 proxy\nfd00::5 proxy\n10.0.0.5 proxy', 'PROXY', ['10.0.0.5', 'fd00::5']],
  ['# 10.0.0.5 proxy\nnonsense proxy\n', 'proxy', []],
  ['127.0.0.7 localhost', 'localhost', ['127.0.0.7']],
  ['', 'LocalHost', ['127.0.0.1', '::1']],
  ['', 'a.localhost', ['127.0.0.1', '::1']],
  ['', 'proxy', []],
])('a hosts file of %j, asked for %s -> %j', (file, name, addresses) => {
  expect(addressesInHosts(file, name)).toEqual(addresses)
})

test.each([
  ['192.0.2.1', { address: '192.0.2.1', port: 53 }],
  ['192.0.2.1:5353', { address: '192.0.2.1', port: 5353 }],
  ['2001:db8::1', { address: '2001:db8::1', port: 53 }],
  ['[2001:db8::1]:5353', { address: '2001:db8::1', port: 5353 }],
  ['fe80::1%eth0', { address: 'fe80::1%eth0', port: 53 }],
])('a name server written %s -> its address and port', (text, server) => {
  expect(serverOf(text)).toEqual(server)
})

test('name servers told to Node -> those, in their order', () => {
  const before = dns.getServers()
  onTestFinished(() => dns.setServers(before))
  dns.setServers(['127.0.0.1:5301', '[::1]:5302'])
  expect(systemServers()).toEqual([
    { address: '127.0.0.1', port: 5301 },
    { address: '::1', port: 5302 },
  ])
})

test('a name that is known, one that is not, one nobody answers for -> addresses, ENOTFOUND, the end of the wait', async () => {
  const server = await names({ 'proxy.example': '127.0.0.9' })
  expect(await locate('proxy.example', never, [server])).toEqual(['127.0.0.9'])
  await expect(locate('other.example', never, [server])).rejects.toMatchObject({ code: 'ENOTFOUND' })
  const enough = new Error('enough')
  const caller = new AbortController()
  const waiting = locate('lost.example', caller.signal, [server])
  caller.abort(enough)
  await expect(waiting).rejects.toBe(enough)
})

test('names that nobody answers for, more than there are threads -> no other name waits for them', async () => {
  const server = await names({ 'proxy.example': '127.0.0.9' })
  const caller = new AbortController()
  const lost = Array.from({ length: 20 }, (_, i) => locate(`lost${i}.example`, caller.signal, [server]))
  const startedAt = performance.now()
  expect(await locate('proxy.example', never, [server])).toEqual(['127.0.0.9'])
  expect(performance.now() - startedAt).toBeLessThan(1_000)
  caller.abort(new Error('enough'))
  expect((await Promise.allSettled(lost)).every(({ status }) => status === 'rejected')).toBe(true)
})

test('a proxy that is named -> found and gone through; one whose name nobody has -> the vantage, dns_nxdomain_error', async () => {
  const before = dns.getServers()
  onTestFinished(() => dns.setServers(before))
  const { address, port } = await names({ 'proxy.example': '127.0.0.1' })
  dns.setServers([`${address}:${port}`])
  await using target = await echo()
  await using socks = await socks5()
  await using http = await connectProxy()
  const route = { host: 'proxy.example', username: null, password: null }
  const dialers = [
    socks5Dialer({ ...route, kind: 'socks5', port: socks.port }),
    httpProxyDialer({ ...route, kind: 'http-proxy', port: http.port }),
    socks5Dialer({ ...route, kind: 'socks5', port: socks.port, host: 'localhost' }),
  ]
  for (const dialer of dialers) {
    const socket = await dialer.connect('127.0.0.1', target.port, never)
    expect(socket.readyState).toBe('open')
    socket.destroy()
  }
  const nowhere = socks5Dialer({ ...route, kind: 'socks5', port: socks.port, host: 'gone.example' })
  await expect(nowhere.connect('127.0.0.1', target.port, never)).rejects.toMatchObject({
    side: 'vantage',
    failure: 'dns_nxdomain_error',
  })
})
