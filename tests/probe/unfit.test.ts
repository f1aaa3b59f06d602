import fs from 'node:fs'
import { expect, test } from 'vitest'
import { probeOnce } from '../../src/probe/ladder.ts'
import { makeCa } from './certificates.ts'
import { aTask, aVantage, serveHttps, serveTcp, serveUdpDns, udp } from './servers.ts'

const never = new AbortController().signal
const ca = makeCa()
const site = ca.issue(['127.0.0.1'])

test('the caller gives up -> interrupted, at once', async () => {
  const caller = new AbortController()
  await using server = await serveTcp((socket) => socket.once('data', () => caller.abort()))
  const m = await probeOnce(aTask(`https://127.0.0.1:${server.port}/`), caller.signal)
  expect(m).toMatchObject({
    unfit: 'interrupted',
    observations: [
      { layer: 'tcp', failure: null },
      { layer: 'tls', failure: 'interrupted' },
    ],
  })
  expect(m.durationMs).toBeLessThan(2_000)
})

test('the caller gave up before -> interrupted, and nothing was sent', async () => {
  await using dns = await serveUdpDns(() => undefined)
  const m = await probeOnce(
    aTask('https://site.example/', { vantage: aVantage({ resolvers: [udp(dns.port)] }) }),
    AbortSignal.abort(),
  )
  expect(m.unfit).toBe('interrupted')
  expect(dns.queries).toHaveLength(0)
})

test('the total time is up -> the step that was running timed out, and the measurement is fit', async () => {
  await using server = await serveTcp(() => undefined)
  const m = await probeOnce(
    aTask(`https://127.0.0.1:${server.port}/`, { settings: { totalTimeoutMs: 150 } }),
    never,
  )
  expect(m).toMatchObject({
    unfit: null,
    observations: [{ failure: null }, { layer: 'tls', failure: 'generic_timeout_error' }],
  })
  expect(m.durationMs).toBeLessThan(2_000)
})

test('the thread is held up -> late_thread, with how late', async () => {
  await using server = await serveTcp((socket) =>
    socket.once('data', () => {
      const until = performance.now() + 150
      while (performance.now() < until) continue
      socket.end()
    }),
  )
  const m = await probeOnce(
    aTask(`https://127.0.0.1:${server.port}/`, { settings: { maxLoopLagMs: 100 } }),
    never,
  )
  expect(m.unfit).toBe('late_thread')
  expect(m.loopLagMs).toBeGreaterThan(100)
  expect(m.unfitDetail).toContain('late')
})

test('a URL that no ladder leads to -> our_error, with a reason', async () => {
  const m = await probeOnce(aTask('ftp://site.example/'), never)
  expect(m).toMatchObject({ unfit: 'our_error', observations: [] })
  expect(m.unfitDetail).toContain('neither http nor https')
})

test('the proxy is gone -> vantage_unreachable', async () => {
  const gone = await serveTcp(() => undefined)
  await gone[Symbol.asyncDispose]()
  const route = {
    kind: 'socks5',
    host: '127.0.0.1',
    port: gone.port,
    username: null,
    password: null,
  } as const
  const vantage = aVantage({ route, resolvers: [{ kind: 'proxy' }] })
  const m = await probeOnce(aTask('https://site.example/', { vantage }), never)
  expect(m).toMatchObject({
    unfit: 'vantage_unreachable',
    observations: [
      { layer: 'dns', engine: 'proxy', answers: [] },
      { layer: 'tcp', address: 'site.example' },
    ],
  })
})

test.each([
  { proxy: 'is silent', unfit: 'late_thread' },
  { proxy: 'refuses', unfit: 'vantage_unreachable' },
] as const)('the proxy $proxy while the thread is held up -> $unfit', async ({ proxy, unfit }) => {
  await using silent = await serveTcp((socket) => {
    const until = performance.now() + 150
    while (performance.now() < until) continue
    socket.resume()
    if (proxy === 'refuses') socket.resetAndDestroy()
  })
  const credentials = { username: null, password: null }
  const route = { kind: 'socks5', host: '127.0.0.1', port: silent.port, ...credentials } as const
  const vantage = aVantage({ route, resolvers: [{ kind: 'proxy' }] })
  const settings = { maxLoopLagMs: 100, dnsTimeoutMs: 300, tcpTimeoutMs: 300 }
  expect((await probeOnce(aTask('https://site.example/', { vantage, settings }), never)).unfit).toBe(unfit)
})

test('two hundred probes, good and bad -> no descriptor, timer or socket is left', async () => {
  await using good = await serveHttps(site, (_request, response) => response.end('ok'))
  await using silent = await serveTcp((socket) => socket.resume().on('end', () => socket.end()))
  await using resets = await serveTcp((socket) => socket.once('data', () => socket.resetAndDestroy()))
  await using dns = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1'] }))
  const settings = { extraCa: [ca.pem], tlsTimeoutMs: 100, lateReplyWindowMs: 20 }
  const vantage = aVantage({ resolvers: [udp(dns.port)] })
  const batch = (n: number) =>
    Promise.all(
      Array.from({ length: n }, (_, i) => {
        const port = [good.port, silent.port, resets.port, good.port][i % 4]!
        return probeOnce(
          aTask(`https://${i % 2 ? 'site.example' : '127.0.0.1'}:${port}/`, { vantage, settings }),
          never,
        )
      }),
    )
  await batch(20)
  const idle = () => fs.readdirSync('/proc/self/fd').length
  const timers = () => process.getActiveResourcesInfo().filter((r) => r === 'Timeout').length
  await expect.poll(idle).toBeLessThan(60)
  const before = idle()
  const timersBefore = timers()
  for (let i = 0; i < 5; i += 1) await batch(40)
  // The servers in this process close their side a moment later.
  await expect.poll(idle).toBeLessThanOrEqual(before + 2)
  await expect.poll(timers).toBeLessThanOrEqual(timersBefore + 1)
})
