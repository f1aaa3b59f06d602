import { expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import { ratesOf } from '../../src/judge/rates.ts'
import { RULES } from '../../src/judge/rules.ts'
import type { TransferExperiment } from '../../src/model/experiment.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import type { Health } from '../../src/model/vantage.ts'
import { aMeasurement, dns, tcp } from './builders.ts'

type Which = 'own' | 'neutral' | 'standIn' | 'otherName'

const WHICH = {
  own: ['target', 'target'],
  neutral: ['neutral', 'neutral'],
  standIn: ['target', 'neutral'],
  otherName: ['neutral', 'target'],
} as const

/** 128 KiB in even pieces, at so many kB/s. */
function aTransfer(which: Which, kBps: number, more: Partial<TransferExperiment> = {}): TransferExperiment {
  const [name, at] = WHICH[which]
  const bytes = more.bytes ?? 131_072
  const pieces = Array.from({ length: 9 }, (_, i) => {
    const sent = (bytes * (i + 1)) / 9
    return [(sent - bytes / 9) / kBps, sent] as const
  })
  return {
    kind: 'transfer',
    name,
    at,
    url: `https://${at}.example/`,
    serverName: `${name}.example`,
    address: '192.0.2.1',
    startedMs: 0,
    durationMs: 0,
    failure: null,
    tcpMs: 30,
    tlsMs: 60,
    status: 206,
    bytes,
    transferMs: pieces.at(-1)![0],
    samples: pieces,
    ...more,
  }
}

function timed(rates: Partial<Record<Which, number | TransferExperiment>>, more: Partial<Measurement> = {}) {
  const experiments = Object.entries(rates).map(([which, rate]) =>
    typeof rate === 'number' ? aTransfer(which as Which, rate) : rate,
  )
  return aMeasurement(dns(), tcp(), { plan: 'throughput', experiments, ...more })
}

const fired = new Set<string>()
const WELL = timed({ own: 2000, neutral: 1600 })

function judged(here: Measurement, controls: readonly Measurement[] = [WELL], health: Health = 'online') {
  const verdict = judge(here, controls, health)
  fired.add(verdict.rule)
  return verdict
}

test.each([
  {
    name: 'fast',
    here: { own: 900, neutral: 1000 },
    rule: 'throughput_fast',
    outcome: 'ok',
  },
  {
    name: 'fast enough for a film, whatever a fast neutral host gives',
    here: { own: 130, neutral: 10_000 },
    rule: 'throughput_fast',
    outcome: 'ok',
  },
  {
    name: 'everything on this line is slow',
    here: { own: 20, neutral: 30 },
    rule: 'throughput_slow_line',
    outcome: 'ok',
  },
  {
    name: 'the name is at fault: the neutral server is slow under it',
    here: { own: 16, neutral: 800, standIn: 17 },
    rule: 'throughput_follows_name',
    outcome: 'confirmed',
  },
  {
    name: 'the name is at fault: its own server is fast under another',
    here: { own: 16, neutral: 800, otherName: 700 },
    rule: 'throughput_follows_name',
    outcome: 'confirmed',
  },
  {
    name: 'a host with few bytes of its own: its name stands in',
    here: { own: aTransfer('own', 900, { bytes: 3_000 }), neutral: 800, standIn: 16 },
    rule: 'throughput_follows_name',
    outcome: 'confirmed',
  },
  {
    name: 'slow whatever the name: a busy path',
    here: { own: 16, neutral: 800, standIn: 700, otherName: 17 },
    rule: 'throughput_not_by_name',
    outcome: 'insufficient',
  },
  {
    name: 'nobody lets us say another name',
    here: { own: 16, neutral: 800 },
    rule: 'throughput_slow_here_only',
    outcome: 'anomaly',
  },
  {
    name: 'an error page is no file',
    here: { own: aTransfer('own', 900, { status: 404 }), neutral: 800 },
    rule: 'throughput_not_measured',
    outcome: 'insufficient',
  },
] as const)('$name -> $outcome', ({ here, rule, outcome }) => {
  expect(judged(timed(here))).toMatchObject({
    rule,
    outcome,
    reached: 'unknown',
    blocking: null,
    accessible: null,
  })
})

test('slow here and for the control -> the site is slow', () => {
  const control = timed({ own: 18, neutral: 1600 })
  expect(judged(timed({ own: 16, neutral: 800 }), [control])).toMatchObject({
    rule: 'throughput_slow_site',
    outcome: 'ok',
  })
})

test('no control, or no neutral host -> too little to hold it against, unless the name is shown to be at fault', () => {
  for (const [here, controls] of [
    [timed({ own: 16, neutral: 800 }), []],
    [timed({ own: 16 }), [WELL]],
  ] as const) {
    expect(judged(here, controls)).toMatchObject({
      rule: 'throughput_too_little_to_compare',
      outcome: 'insufficient',
    })
  }
  expect(judged(timed({ own: 16, neutral: 800, standIn: 16 }), [])).toMatchObject({
    rule: 'throughput_follows_name',
    mechanism: 'throttle',
    layer: 'http',
  })
})

test('slow while the vantage is not known to be well -> cannot be said', () => {
  expect(judged(timed({ own: 16, neutral: 800, standIn: 16 }), [WELL], 'unknown')).toMatchObject({
    rule: 'throughput_vantage_not_well',
    outcome: 'insufficient',
  })
})

test('unfit -> not judged, and no rates', () => {
  const here = timed({ own: 16, neutral: 800 }, { unfit: 'late_thread' })
  expect(judge(here, [WELL], 'online').rule).toBe('measured_on_late_thread')
  expect(ratesOf(here, [WELL])).toBeNull()
})

test('time ran out after a few bytes -> slow, not too short', () => {
  const stuck = aTransfer('own', 0.2, { bytes: 4_000, failure: 'generic_timeout_error', transferMs: 20_000 })
  expect(judged(timed({ own: stuck, neutral: 800, standIn: 0.3 }))).toMatchObject({
    rule: 'throughput_follows_name',
  })
  expect(ratesOf(timed({ own: stuck, neutral: 800 }), [WELL])!.target!.bytesPerSecond).toBeLessThan(250)
})

test('several controls -> the one that gets it fastest speaks; one that was unfit or looked otherwise does not', () => {
  const here = timed({ own: 16, neutral: 800 })
  const sick = timed({ own: 5, neutral: 6 })
  const unfit = timed({ own: 9000 }, { unfit: 'our_error' })
  const full = timed({ own: 9000 }, { plan: 'full' })
  expect(ratesOf(here, [sick, WELL, unfit, full])!.control!.bytesPerSecond).toBe(2_000_000)
})

test('every rule about speed has fired above', () => {
  const ours = RULES.map(({ id }) => id).filter((id) => id.startsWith('throughput_'))
  expect(ours.filter((id) => !fired.has(id))).toEqual([])
})

test('each of two servers asked under two names -> the middle of both: neither one decides alone', () => {
  const { byName } = ratesOf(timed({ own: 100, otherName: 1000, neutral: 1000, standIn: 400 }), [])!
  expect(byName).toBeCloseTo(Math.sqrt(0.1 * 0.4), 2)
})
