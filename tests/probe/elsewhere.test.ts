/** Addresses that a site or a censor could lead us to and that belong to somebody near us. */
import type net from 'node:net'
import { expect, test } from 'vitest'
import type { DnsObservation, HttpObservation, Measurement } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { replyOf, socks5 } from '../vantage/proxies.ts'
import { aTask, aVantage, serveUdpDns, udp } from './servers.ts'

const never = new AbortController().signal
const dnsOf = (m: Measurement) => m.observations.filter((o): o is DnsObservation => o.layer === 'dns')
const pagesOf = (m: Measurement) => m.observations.filter((o): o is HttpObservation => o.layer === 'http')

/** A proxy behind which every address answers: `from` with a redirect, all others with a page of their own. */
async function world(from: string, location: string) {
  const asked: { host: string; port: number }[] = []
  const page = '<title>Inside</title><p>secret</p>'
  const proxy = await socks5({
    asked,
    reply(socket: net.Socket) {
      const { host } = asked.at(-1)!
      socket.write(replyOf(0))
      socket.once('data', () =>
        socket.end(
          host === from
            ? `HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`
            : `HTTP/1.1 200 OK\r\ncontent-length: ${page.length}\r\n\r\n${page}`,
        ),
      )
    },
  })
  const route = {
    kind: 'socks5',
    host: '127.0.0.1',
    port: proxy.port,
    username: null,
    password: null,
  } as const
  return { proxy, route, hosts: () => asked.map(({ host }) => host) }
}

test.each(['10.0.0.1', '192.168.1.1', '100.64.0.1', '127.0.0.1', '[fd00::1]', '[::ffff:10.0.0.1]'])(
  'a redirect to %s -> that it answers is recorded, what it says is not',
  async (host) => {
    const { proxy, route } = await world('93.184.216.34', `http://${host}/admin`)
    await using _ = proxy
    const m = await probeOnce(
      aTask('http://93.184.216.34/', {
        vantage: aVantage({ route }),
        settings: { connectToLoopback: host === '127.0.0.1' },
      }),
      never,
    )
    const seen = pagesOf(m).at(-1)!
    if (host === '127.0.0.1') {
      // Only in tests, where it stands for the internet.
      expect(seen).toMatchObject({ depth: 1, status: 200, title: 'Inside' })
      return
    }
    expect(seen).toMatchObject({ depth: 1, status: 200, failure: null, title: null, bodyHead: null })
    expect(JSON.stringify(m)).not.toContain('secret')
  },
)

test('a redirect to a public address, or a private one at first -> the page is kept: block pages live there', async () => {
  const { proxy, route } = await world('93.184.216.34', 'http://88.198.0.80/blocked')
  await using _ = proxy
  const measureOnce = (url: string) => probeOnce(aTask(url, { vantage: aVantage({ route }) }), never)
  for (const url of ['http://93.184.216.34/', 'http://10.0.0.1/']) {
    expect(pagesOf(await measureOnce(url)).at(-1)).toMatchObject({
      title: 'Inside',
      bodyHead: '<title>Inside</title><p>secret</p>',
    })
  }
})

test.each(['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]'])(
  '%s as the URL or behind a redirect -> never connected to',
  async (host) => {
    const { proxy, route, hosts } = await world('93.184.216.34', `http://${host}/latest/meta-data`)
    await using _ = proxy
    for (const url of ['http://93.184.216.34/', `http://${host}/`]) {
      const m = await probeOnce(aTask(url, { vantage: aVantage({ route }) }), never)
      expect(m.unfit).toBeNull()
    }
    expect(hosts()).toEqual(['93.184.216.34'])
  },
)

test('a name that leads to link-local addresses, and a control that says so -> only the others are connected to', async () => {
  await using dns = await serveUdpDns((_query, answer) =>
    answer({ answers: ['169.254.169.254', '127.0.0.2', 'fe80::1', '::ffff:169.254.1.1'] }),
  )
  const m = await probeOnce(
    aTask('http://site.example:9/', {
      vantage: aVantage({ resolvers: [udp(dns.port)] }),
      extraAddresses: ['169.254.1.2', 'fe80::2', '127.0.0.3'],
    }),
    never,
  )
  expect(dnsOf(m).flatMap((o) => o.answers.map((a) => a.value))).toContain('169.254.169.254')
  expect(m.observations.flatMap((o) => (o.layer === 'tcp' ? [[o.address, o.source]] : []))).toEqual([
    ['127.0.0.2', 'vantage'],
    ['127.0.0.3', 'control'],
  ])
})
