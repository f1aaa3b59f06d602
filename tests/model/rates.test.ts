import { expect, test } from 'vitest'
import type { TransferExperiment } from '../../src/model/experiment.ts'
import {
  type Rates,
  type Speed,
  againstControl,
  againstNeutral,
  isRated,
  ratioOf,
  showRate,
  speedOf,
} from '../../src/model/rates.ts'

const speed = (bytesPerSecond: number, handshakeMs = 100): Speed => ({ bytesPerSecond, handshakeMs })
const nothing: Rates = { target: null, neutral: null, control: null, controlNeutral: null, byName: null }

function aTransfer(samples: TransferExperiment['samples'], transferMs: number): TransferExperiment {
  return {
    kind: 'transfer',
    name: 'target',
    at: 'target',
    url: 'https://media.example/',
    serverName: 'media.example',
    address: '192.0.2.1',
    startedMs: 0,
    durationMs: transferMs + 90,
    failure: null,
    tcpMs: 30,
    tlsMs: 60,
    status: 200,
    bytes: samples.at(-1)?.[1] ?? 0,
    transferMs,
    samples,
  }
}

test.each([
  {
    name: 'the first piece starts the clock, and is not counted',
    samples: [
      [0, 16_000],
      [1000, 32_000],
      [2000, 48_000],
    ],
    ms: 2000,
    upTo: 48_000,
    rate: 16_000,
  },
  {
    name: 'time ran out long after the last byte: the silence counts',
    samples: [
      [0, 2_000],
      [1000, 4_000],
    ],
    ms: 20_000,
    upTo: 4_000,
    rate: 100,
  },
  {
    name: 'one piece and then nothing',
    samples: [[0, 5_000]],
    ms: 10_000,
    upTo: 5_000,
    rate: 500,
  },
  {
    name: 'only the beginning of a longer one',
    samples: [
      [0, 10_000],
      [1000, 40_000],
      [1100, 100_000],
    ],
    ms: 1100,
    upTo: 40_000,
    rate: 30_000,
  },
  {
    name: 'never less of it than says something',
    samples: [
      [0, 16_000],
      [500, 32_768],
      [900, 60_000],
    ],
    ms: 900,
    upTo: 1_000,
    rate: 33_536,
  },
] as const)('$name', ({ samples, ms, upTo, rate }) => {
  expect(speedOf(aTransfer(samples, ms), upTo)).toEqual({ bytesPerSecond: rate, handshakeMs: 90 })
})

test('a handshake of seconds where the other had none -> slow, though its bytes then came fast', () => {
  expect(ratioOf(speed(100_000, 5_000), speed(100_000, 100))).toBeCloseTo(0.02)
  expect(ratioOf(speed(100_000, 2_900), speed(100_000, 100))).toBe(1)
  // a line on which every handshake takes so long
  expect(ratioOf(speed(100_000, 5_000), speed(100_000, 5_000))).toBe(1)
})

test.each([
  { name: 'a slow line', target: 30, neutral: 30, control: 3000, controlNeutral: 3000, ratio: 1 },
  { name: 'a slow site', target: 30, neutral: 900, control: 30, controlNeutral: 900, ratio: 1 },
  {
    name: 'a slow site, a slow line',
    target: 30,
    neutral: 60,
    control: 200,
    controlNeutral: 900,
    ratio: 2.25,
  },
  { name: 'throttled', target: 16, neutral: 800, control: 2000, controlNeutral: 1600, ratio: 0.016 },
  { name: 'no neutral host', target: 16, neutral: null, control: 2000, controlNeutral: null, ratio: 0.008 },
])('against the control: $name -> $ratio', ({ target, neutral, control, controlNeutral, ratio }) => {
  const each = (kB: number | null) => (kB === null ? null : speed(kB * 1000))
  const rates: Rates = {
    target: each(target),
    neutral: each(neutral),
    control: each(control),
    controlNeutral: each(controlNeutral),
    byName: null,
  }
  expect(againstControl(rates)).toBeCloseTo(ratio, 3)
})

test('nothing to compare with -> null, not 0', () => {
  expect(againstNeutral({ ...nothing, target: speed(1000) })).toBeNull()
  expect(againstControl({ ...nothing, target: speed(1000), neutral: speed(1) })).toBeNull()
  expect(againstControl(nothing)).toBeNull()
})

test.each([
  [12, '12 B/s'],
  [18_400, '18 kB/s'],
  [1_234_000, '1.2 MB/s'],
])('%d -> %s', (rate, text) => {
  expect(showRate(rate)).toBe(text)
})

test.each([
  { name: 'enough bytes', over: { bytes: 32_768 }, rated: true },
  { name: 'a byte less', over: { bytes: 32_767 }, rated: false },
  {
    name: 'a byte less as time ran out',
    over: { bytes: 32_767, failure: 'generic_timeout_error' },
    rated: true,
  },
  {
    name: 'nothing at all as time ran out',
    over: { bytes: 0, failure: 'generic_timeout_error' },
    rated: true,
  },
  { name: 'cut off after enough', over: { bytes: 99_999, failure: 'connection_reset' }, rated: true },
  { name: 'cut off before', over: { bytes: 9_999, failure: 'connection_reset' }, rated: false },
  { name: 'a part of a file', over: { bytes: 99_999, status: 206 }, rated: true },
  { name: 'a long page that says no', over: { bytes: 99_999, status: 403 }, rated: false },
  { name: 'a redirect', over: { bytes: 99_999, status: 302 }, rated: false },
  { name: 'no head came', over: { status: null, failure: 'generic_timeout_error' }, rated: false },
] as const)('$name -> rated: $rated', ({ over, rated }) => {
  expect(isRated({ ...aTransfer([], 1000), ...over })).toBe(rated)
})

test('no bytes at all, in no time -> a ratio that is a number', () => {
  expect(speedOf(aTransfer([], 0), 1000)).toEqual({ bytesPerSecond: 0, handshakeMs: 90 })
  expect(ratioOf(speed(0), speed(0))).toBe(1)
  expect(ratioOf(speed(1000), speed(0))).toBe(1000)
})
