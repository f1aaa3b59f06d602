import { expect, onTestFinished, test } from 'vitest'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { speedOf } from '../../src/model/rates.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { PROBE_DEFAULTS } from '../../src/model/probe-settings.ts'
import { vantageIn } from '../censors/vantage-in.ts'

const BIG = 'https://redirector.googlevideo.com/video'
const NEUTRAL = 'https://fsn1-speed.hetzner.com/100MB.bin'
const BYTES = 32_768

async function aLab(): Promise<Lab> {
  const lab = await startLab()
  onTestFinished(() => lab.close())
  return lab
}

/** Bytes per second of the service and of the neutral host, as a probe sees them from a network. */
async function ratesFrom(lab: Lab, network: string) {
  const { experiments } = await probeOnce(
    {
      vantage: vantageIn(lab.network(network), lab),
      endpoint: 'youtube/video',
      url: BIG,
      plan: 'throughput',
      purpose: 'manual',
      extraAddresses: [],
      settings: { ...PROBE_DEFAULTS, lateReplyWindowMs: 50, maxLoopLagMs: 2_000, extraCa: [lab.ca] },
      transfer: { url: BIG, neutral: [NEUTRAL], bytes: BYTES, timeoutMs: 10_000 },
    },
    AbortSignal.timeout(60_000),
  )
  const rate = (name: string) => {
    const trial = experiments.find((e) => e.kind === 'transfer' && e.name === name && e.at === name)
    if (trial?.kind !== 'transfer') throw new Error(`no trial of ${name}`)
    expect(trial.failure).toBeNull()
    return speedOf(trial, trial.bytes).bytesPerSecond
  }
  return { target: rate('target'), neutral: rate('neutral') }
}

test('a name that is throttled -> its bytes come no faster than told, all others do', async () => {
  const lab = await aLab()
  lab
    .network('babilon')
    .censor.add({ layer: 'tls', names: ['*.googlevideo.com'], action: 'throttle', bytesPerSecond: 20_000 })
  const here = await ratesFrom(lab, 'babilon')
  expect(here.target).toBeLessThan(30_000)
  expect(here.neutral).toBeGreaterThan(100_000)
  expect((await ratesFrom(lab, 'tcell')).target).toBeGreaterThan(100_000)
})

test('a slow line -> everything in that network is slow, and nothing elsewhere', async () => {
  const lab = await aLab()
  lab.network('babilon').set({ bytesPerSecond: 20_000 })
  const { target, neutral } = await ratesFrom(lab, 'babilon')
  expect(Math.max(target, neutral)).toBeLessThan(30_000)
  lab.network('babilon').set({ bytesPerSecond: null })
  expect((await ratesFrom(lab, 'babilon')).target).toBeGreaterThan(100_000)
})

test('a slow site -> slow for everyone, and alone in that', async () => {
  const lab = await aLab()
  lab.site('redirector.googlevideo.com').slow(20_000)
  for (const network of ['babilon', 'outside']) {
    const { target, neutral } = await ratesFrom(lab, network)
    expect(target).toBeLessThan(30_000)
    expect(neutral).toBeGreaterThan(100_000)
  }
})
