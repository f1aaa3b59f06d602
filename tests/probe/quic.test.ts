/** The QUIC step of the ladder, through the lab's networks. */
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { startLab, type Lab } from '../../src/lab/lab.ts'
import type { HttpObservation, Measurement, Plan, QuicObservation } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { startProber } from '../../src/probe/prober.ts'
import { tryQuic } from '../../src/probe/quic/quic.ts'
import type { Run } from '../../src/probe/run.ts'
import type { QuicSettings } from '../../src/model/probe-settings.ts'
import type { ProbeTask } from '../../src/probe/task.ts'
import { vantageIn } from '../censors/vantage-in.ts'
import { aTask } from './servers.ts'

const URL_ = 'https://www.facebook.com/'
const QUIC: QuicSettings = {
  timeoutMs: 400,
  neutralName: 'neutral.example',
  reference: { host: 'cloudflare-dns.com', address: '1.1.1.1' },
}

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
  return () => lab.close()
})

function task(quic: QuicSettings | null = QUIC, plan: Plan = 'full', totalTimeoutMs = 30_000): ProbeTask {
  const vantage = vantageIn(lab.network('babilon'), lab)
  return aTask(URL_, { vantage, plan, settings: { extraCa: [lab.ca], quic, totalTimeoutMs } })
}

function triesIn({ observations }: Measurement): QuicObservation[] {
  return observations.filter((seen) => seen.layer === 'quic')
}

const measureOnce = (of: ProbeTask) => probeOnce(of, AbortSignal.timeout(20_000))

test('offered and answered -> both names at the address that served the page, in either order, and no third', async () => {
  const orders = new Set<string>()
  while (orders.size < 2) {
    const measurement = await measureOnce(task())
    const tries = triesIn(measurement)
    const page = measurement.observations.find((seen) => seen.layer === 'http')
    for (const seen of tries)
      expect(seen).toMatchObject({
        address: page?.layer === 'http' ? page.address : null,
        port: 443,
        failure: null,
        alpn: 'h3',
        version: '1',
      })
    expect(tries.map(({ serverName }) => serverName).toSorted()).toEqual([
      'neutral.example',
      'www.facebook.com',
    ])
    orders.add(tries.toSorted((a, b) => a.startedMs - b.startedMs)[0]!.name)
  }
  expect([...orders].toSorted()).toEqual(['neutral', 'target'])
})

test('neither name is answered -> a host elsewhere is asked, and the look is fit', async () => {
  onTestFinished(
    lab.network('babilon').censor.add({ layer: 'quic', to: ['www.facebook.com'], action: 'drop' }),
  )
  const measurement = await measureOnce(task())
  const said = Object.fromEntries(triesIn(measurement).map(({ name, failure }) => [name, failure]))
  expect(said).toEqual({
    target: 'generic_timeout_error',
    neutral: 'generic_timeout_error',
    reference: null,
  })
  expect(measurement.unfit).toBeNull()
})

test('no host elsewhere is configured -> none is asked', async () => {
  onTestFinished(
    lab.network('babilon').censor.add({ layer: 'quic', to: ['www.facebook.com'], action: 'drop' }),
  )
  const tries = triesIn(await measureOnce(task({ ...QUIC, reference: null })))
  expect(tries.map(({ name }) => name).toSorted()).toEqual(['neutral', 'target'])
})

test.each([
  ['switched off', () => task(null)],
  ['a heartbeat', () => task(QUIC, 'heartbeat')],
  ['too little time left', () => task(QUIC, 'full', 580)],
])('%s -> not tried', async (_name, of) => {
  expect(triesIn(await measureOnce(of()))).toEqual([])
})

test('the look is stopped while QUIC is silent -> interrupted, and no try is recorded as failed', async () => {
  onTestFinished(lab.network('babilon').censor.add({ layer: 'quic', action: 'drop' }))
  const stop = new AbortController()
  const running = probeOnce(task({ ...QUIC, timeoutMs: 10_000 }), stop.signal)
  const whole = await measureOnce(task())
  const page = whole.observations.find((seen) => seen.layer === 'http')!
  setTimeout(() => stop.abort(), page.startedMs + page.durationMs + 300)
  const stopped = await running
  expect(stopped.unfit).toBe('interrupted')
  expect(triesIn(stopped)).toEqual([])
})

test('the page came from an IPv6 address without a name -> HTTP/3 is not tried', async () => {
  const page = { layer: 'http', url: 'https://[2001:db8::1]/', headers: [], trusted: true } as const
  const run = { settings: { quic: QUIC } } as unknown as Run
  await expect(tryQuic(run, page as unknown as HttpObservation, Promise.resolve(443))).resolves.toEqual([])
})

test('many looks in several threads -> every handshake completed, and the threads end cleanly', async () => {
  const prober = startProber({ workers: 3, drainMs: 5_000, onError: (error) => expect(error).toBeNull() })
  for (let round = 0; round < 5; round += 1) {
    const all = await Promise.all(
      Array.from({ length: 12 }, () =>
        prober.probe(task({ ...QUIC, timeoutMs: 10_000 }), AbortSignal.timeout(20_000)),
      ),
    )
    for (const measurement of all)
      expect(triesIn(measurement).map(({ failure }) => failure)).toEqual([null, null])
  }
  await prober.close()
}, 60_000)
