import type http from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { TransferExperiment } from '../../src/model/experiment.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import type { TransferSettings } from '../../src/probe/task.ts'
import { makeCa } from './certificates.ts'
import { aTask, aVantage, serveHttp, serveHttps, serveTcp, serveTls, serveUdpDns, udp } from './servers.ts'

const never = new AbortController().signal
const ca = makeCa()
const site = ca.issue(['media.example', 'files.example', '127.0.0.1'])
const BYTES = 65_536
const big = Buffer.alloc(4 * BYTES, 'x')

/** Sends a file in pieces, so that it comes over some time; stops when whoever asked is gone. */
function inPieces(response: http.ServerResponse, pieceBytes: number, everyMs: number): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  const timer = setInterval(() => response.write(big.subarray(0, pieceBytes)), everyMs)
  response.on('close', () => clearInterval(timer))
}

function timed(
  url: string,
  neutral: readonly string[],
  transfer: Partial<TransferSettings> = {},
  more: Parameters<typeof aTask>[1] = {},
  signal = never,
): Promise<Measurement> {
  return probeOnce(
    aTask(url, {
      plan: 'throughput',
      transfer: { url, neutral, bytes: BYTES, timeoutMs: 5_000, ...transfer },
      ...more,
      settings: { extraCa: [ca.pem], ...more.settings },
    }),
    signal,
  )
}

const trials = (m: Measurement) => m.experiments.filter((e): e is TransferExperiment => e.kind === 'transfer')
const trial = (m: Measurement, name: string, at = name) =>
  trials(m).find((e) => e.name === name && e.at === at)!
const named = (m: Measurement) => trials(m).map(({ name, at }) => `${name} at ${at}`)

test('two files that come at once -> one transfer each, in either order, with the handshake and cumulative samples', async () => {
  await using web = await serveHttps(site, (_request, response) => response.end(big))
  const url = `https://127.0.0.1:${web.port}/a`
  const firsts = new Set<string>()
  for (let i = 0; i < 20 && firsts.size < 2; i += 1) {
    const m = await timed(url, [`https://127.0.0.1:${web.port}/b`])
    expect(named(m).toSorted()).toEqual(['neutral at neutral', 'target at target'])
    firsts.add(named(m)[0]!)
    const own = trial(m, 'target')
    expect(m).toMatchObject({ unfit: null, plan: 'throughput' })
    expect(own).toMatchObject({ failure: null, status: 200, bytes: BYTES, address: '127.0.0.1', url })
    expect(own.tcpMs).toBeGreaterThan(0)
    expect(own.tlsMs).toBeGreaterThan(0)
    expect(own.samples[0]![0]).toBe(0)
    expect(own.samples.at(-1)![1]).toBe(BYTES)
    expect(own.samples).toEqual(own.samples.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]))
  }
  expect(firsts.size).toBe(2)
})

test('what is sent -> the range wanted, nothing encoded, the name of the host', async () => {
  const seen: http.IncomingHttpHeaders[] = []
  await using web = await serveHttp((request, response) => {
    seen.push(request.headers)
    response.end(big)
  })
  await timed(`http://127.0.0.1:${web.port}/`, [])
  expect(seen[0]).toMatchObject({
    range: `bytes=0-${BYTES - 1}`,
    'accept-encoding': 'identity',
    host: '127.0.0.1',
  })
})

test('a body without end, a bomb, thousands of samples -> no more counted than was asked for', async () => {
  await using endless = await serveHttp((_request, response) => inPieces(response, 512, 1))
  await using bomb = await serveHttp((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(gzipSync(Buffer.alloc(64 * 1_048_576)))
  })
  const m = await timed(`http://127.0.0.1:${endless.port}/`, [`http://127.0.0.1:${bomb.port}/`])
  for (const trial of trials(m)) {
    expect(trial.bytes).toBeLessThanOrEqual(BYTES)
    expect(trial.samples.length).toBeLessThanOrEqual(64)
    expect(trial.failure).toBeNull()
  }
})

test('too slow for the time there is -> the time is up, and what came by then is kept', async () => {
  await using slow = await serveHttp((_request, response) => inPieces(response, 1_000, 20))
  const m = await timed(`http://127.0.0.1:${slow.port}/`, [], { timeoutMs: 400 })
  const own = trial(m, 'target')
  expect(m.unfit).toBeNull()
  expect(own).toMatchObject({ failure: 'generic_timeout_error', status: 200 })
  expect(own.bytes).toBeGreaterThan(1_000)
  expect(own.bytes).toBeLessThan(BYTES)
})

test.each([
  ['refused', 'connection_refused'],
  ['hangs up', 'eof_error'],
  ['never answers', 'generic_timeout_error'],
] as const)(
  'a service that %s -> a trial that says so, and the neutral host is timed all the same',
  async (how, failure) => {
    await using files = await serveHttp((_request, response) => response.end(big))
    await using server = await serveTcp((socket) => {
      if (how === 'hangs up') socket.once('data', () => socket.end())
    })
    const { port } = server
    if (how === 'refused') await server[Symbol.asyncDispose]()
    const m = await timed(`http://127.0.0.1:${port}/`, [`http://127.0.0.1:${files.port}/`], {
      timeoutMs: 500,
    })
    expect(trial(m, 'target')).toMatchObject({ failure, bytes: 0, status: null, samples: [] })
    expect(trial(m, 'neutral')).toMatchObject({ failure: null, bytes: BYTES })
  },
)

test('the first neutral host serves a redirect -> not followed; the second is used', async () => {
  await using moved = await serveHttp((_request, response) => {
    response.writeHead(302, { location: '/elsewhere' })
    response.end(big)
  })
  await using files = await serveHttp((_request, response) => response.end(big))
  const neutral = [`http://127.0.0.1:${moved.port}/`, `http://127.0.0.1:${files.port}/`]
  const m = await timed(`http://127.0.0.1:${files.port}/`, neutral)
  expect(
    trials(m)
      .filter(({ name }) => name === 'neutral')
      .map(({ url, status }) => `${url} ${status}`),
  ).toEqual([`${neutral[0]} 302`, `${neutral[1]} 200`])
})

test('far apart -> each server under the other name too, said in the handshake and nowhere else', async () => {
  const asked: string[] = []
  await using dns = await serveUdpDns((_query, answer) => answer({ answers: ['127.0.0.1'] }))
  await using web = await serveTls(site, (socket) => {
    let head = ''
    socket.on('data', (data) => {
      head += data.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      asked.push(
        `${socket.servername as unknown as string} ${/^Host: (\S+)/m.exec(head)![1]!.replace(/:\d+$/, '')}`,
      )
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      // Slow by name: as a filter would have it.
      const slow = (socket.servername as unknown as string) === 'media.example'
      const timer = setInterval(() => socket.write(big.subarray(0, slow ? 500 : 30_000)), 10)
      socket.on('close', () => clearInterval(timer))
    })
  })
  const at = (host: string) => `https://${host}:${web.port}/`
  const m = await timed(
    at('media.example'),
    [at('files.example')],
    {},
    { vantage: aVantage({ resolvers: [udp(dns.port)] }) },
  )
  expect(named(m).toSorted()).toEqual([
    'neutral at neutral',
    'neutral at target',
    'target at neutral',
    'target at target',
  ])
  expect(asked.toSorted()).toEqual([
    'files.example files.example',
    'files.example media.example',
    'media.example files.example',
    'media.example media.example',
  ])
  // what people would look up is the service's own
  expect(new Set(m.observations.map((o) => (o.layer === 'dns' ? o.host : o.layer)))).toEqual(
    new Set(['media.example', 'tcp']),
  )
})

test('stopped half way -> interrupted', async () => {
  await using slow = await serveHttp((_request, response) => inPieces(response, 100, 20))
  const stop = new AbortController()
  const running = timed(`http://127.0.0.1:${slow.port}/`, [], {}, {}, stop.signal)
  setTimeout(() => stop.abort(), 200)
  const m = await running
  expect(m.unfit).toBe('interrupted')
})

test('a name that leads nowhere -> no trial of it, and the measurement stands', async () => {
  await using dns = await serveUdpDns((_query, answer) => answer({ rcode: 'NXDOMAIN' }))
  await using files = await serveHttp((_request, response) => response.end(big))
  const m = await timed(
    'http://media.example/',
    [`http://127.0.0.1:${files.port}/`],
    {},
    {
      vantage: aVantage({ resolvers: [udp(dns.port)] }),
    },
  )
  expect(m.unfit).toBeNull()
  expect(trials(m).some(({ at }) => at === 'target')).toBe(false)
  expect(trial(m, 'neutral').bytes).toBe(BYTES)
})
