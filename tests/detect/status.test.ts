import { expect, test } from 'vitest'
import { newDetector } from '../../src/detect/detector.ts'
import { foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import type { ServiceStatus } from '../../src/model/outage.ts'
import {
  cannotSay,
  fine,
  MINUTE,
  createHarness,
  reset,
  SECOND,
  T0,
  TRUSTED,
  WATCH,
  type DetectorHarness,
} from './builders.ts'

function facebook(harness: DetectorHarness, now: number, watch: Watch = TRUSTED): ServiceStatus {
  const found = statusOf(harness.detector, now, watch, DEFAULTS).find(
    (s) => s.service === 'facebook' && s.vantage === 'babilon',
  )
  return found!
}

test('nothing looked at -> every service from every vantage, all insufficient', () => {
  const all = statusOf(newDetector(), T0, WATCH, DEFAULTS)
  expect(all).toHaveLength(WATCH.services.length * WATCH.vantages.length)
  expect(new Set(all.map(({ state }) => state))).toEqual(new Set(['insufficient']))
  expect(all[0]).toMatchObject({
    service: 'facebook',
    vantage: 'babilon',
    sinceAt: T0,
    lastMeasurementAt: null,
  })
})

test('fine -> ok since the first look', () => {
  const harness = createHarness()
  harness.wellUntil(T0, {}, 10)
  expect(facebook(harness, T0 + 10 * SECOND)).toMatchObject({
    state: 'ok',
    partial: false,
    sinceAt: T0 - 270 * SECOND + 200,
    lastMeasurementAt: T0 + 200,
    outageId: null,
  })
})

test('silence for three rounds -> insufficient since then, and ok again with the next look', () => {
  const harness = createHarness()
  harness.wellUntil(T0, {}, 10)
  expect(facebook(harness, T0 + 90 * SECOND).state).toBe('ok')
  expect(facebook(harness, T0 + 5 * MINUTE)).toMatchObject({
    state: 'insufficient',
    sinceAt: T0 + 90 * SECOND + 200,
  })
  harness.measure(fine, T0 + 5 * MINUTE)
  expect(facebook(harness, T0 + 5 * MINUTE + SECOND).state).toBe('ok')
})

test('looks that cannot say -> are not looks', () => {
  const harness = createHarness()
  harness.wellUntil(T0, {}, 10)
  for (let n = 1; n < 10; n++) harness.measure(cannotSay, T0 + n * 30 * SECOND)
  expect(facebook(harness, T0 + 5 * MINUTE)).toMatchObject({
    state: 'insufficient',
    lastMeasurementAt: T0 + 200,
  })
})

test('only assets were looked at -> insufficient', () => {
  const harness = createHarness()
  harness.wellUntil(T0, { endpoint: 'facebook/static' })
  expect(facebook(harness, T0).state).toBe('insufficient')
})

test('one look that failed and none that was fine -> insufficient, not ok', () => {
  const harness = createHarness()
  harness.measure(reset, T0)
  expect(facebook(harness, T0 + SECOND).state).toBe('insufficient')
})

test('an asset is gone -> ok, but partial, and it is named', () => {
  const harness = createHarness()
  harness.wellUntil(T0)
  for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND, { endpoint: 'facebook/static' })
  const status = facebook(harness, T0 + 5 * SECOND)
  expect(status).toMatchObject({ state: 'ok', partial: true, outageId: null })
  expect(status.because).toContain('facebook/static')
})

test('an open outage -> its cause, onset, mechanism and id', () => {
  const harness = createHarness()
  harness.wellUntil(T0)
  for (const s of [1, 2, 3]) harness.measure(reset, T0 + s * SECOND)
  expect(facebook(harness, T0 + 5 * SECOND)).toMatchObject({
    state: 'blocked',
    sinceAt: T0 + 1200,
    mechanism: 'tls.sni-reset',
    outageId: harness.changes[0]?.outage.id,
  })
})

test('an open outage, then nobody looks -> insufficient, the outage still open', () => {
  const harness = createHarness()
  for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND)
  foldTick(harness.detector, T0 + 10 * MINUTE, TRUSTED, DEFAULTS)
  expect(facebook(harness, T0 + 10 * MINUTE)).toMatchObject({
    state: 'insufficient',
    outageId: harness.changes[0]?.outage.id,
  })
  expect(harness.changes).toHaveLength(1)
})

test('over -> ok since the first fine look', () => {
  const harness = createHarness()
  for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND)
  for (const s of [60, 61, 62]) harness.measure(fine, T0 + s * SECOND)
  expect(facebook(harness, T0 + 63 * SECOND)).toMatchObject({ state: 'ok', sinceAt: T0 + 60 * SECOND + 200 })
})

test('the vantage is cut off -> so is every service from it, whatever was open', () => {
  const harness = createHarness(WATCH)
  harness.sweep(T0, 'yes')
  for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND)
  for (const n of [1, 2, 3])
    harness.sweep(T0 + n * 30 * SECOND, { 'canary/a': 'no', 'canary/b': 'no', 'canary/c': 'no' })
  const here = statusOf(harness.detector, T0 + 2 * MINUTE, WATCH, DEFAULTS).filter(
    ({ vantage }) => vantage === 'babilon',
  )
  expect(here.map(({ state }) => state)).toEqual(['shutdown', 'shutdown', 'shutdown'])
  expect(here[0]?.outageId).toBe('_vantage_.babilon.20150519T084530Z')
  harness.sweep(T0 + 3 * MINUTE, 'yes')
  harness.measure(reset, T0 + 3 * MINUTE + SECOND)
  expect(facebook(harness, T0 + 3 * MINUTE + 2 * SECOND, WATCH).state).toBe('blocked')
})

test('no longer watched -> no longer in the status', () => {
  const harness = createHarness()
  harness.wellUntil(T0)
  const watch = { ...TRUSTED, services: TRUSTED.services.slice(1), vantages: TRUSTED.vantages.slice(0, 1) }
  expect(statusOf(harness.detector, T0, watch, DEFAULTS).map(({ service }) => service)).toEqual([
    'youtube',
    'asia-plus',
  ])
})
