import { expect, test } from 'vitest'
import { failsAlone } from '../../src/detect/alone.ts'
import { down, fine, MINUTE, createHarness, reset, SECOND, silent, T0, TRUSTED, WATCH } from './builders.ts'
import type { DetectorHarness } from './builders.ts'

/** Facebook and youtube are fine, and so is every canary if there is any. */
function aHarness(watch = WATCH): DetectorHarness {
  const harness = createHarness(watch)
  harness.sweep(T0 - 10 * MINUTE, 'yes')
  harness.wellUntil(T0 - MINUTE, {}, 10)
  harness.wellUntil(T0 - MINUTE, { endpoint: 'youtube/www' }, 10)
  return harness
}

function alone(harness: DetectorHarness, service = 'facebook', watch = WATCH): boolean {
  return failsAlone(harness.detector.vantages['babilon']!, service, watch)
}

test('all else is fine -> alone, however it fails itself', () => {
  const harness = aHarness()
  harness.measure(silent, T0)
  expect(alone(harness)).toBe(true)
  expect(alone(harness, 'youtube')).toBe(false)
})

test.each(['canary/a', 'canary/home'])('%s does not answer -> not alone', (canary) => {
  const harness = aHarness()
  harness.sweep(T0, { [canary]: 'no' })
  expect(alone(harness)).toBe(false)
})

test('a canary was not looked at yet -> not alone: who knows', () => {
  const harness = createHarness(WATCH)
  harness.sweep(T0 - MINUTE, { 'canary/b': 'unknown' })
  expect(alone(harness)).toBe(false)
})

test('another service failed at its last look, from the same vantage -> not alone, until it is fine', () => {
  const harness = aHarness()
  harness.measure(silent, T0, { endpoint: 'youtube/www' })
  expect(alone(harness)).toBe(false)
  harness.measure(fine, T0 + 20 * SECOND, { endpoint: 'youtube/www' })
  expect(alone(harness)).toBe(true)
})

test('what it can do without fails at another service -> alone', () => {
  const harness = aHarness()
  harness.measure(silent, T0, { endpoint: 'facebook/static' })
  expect(alone(harness, 'youtube')).toBe(true)
})

test.each([
  { name: 'blocked', verdict: reset },
  { name: 'down', verdict: down },
])('another service is $name -> alone: that one is explained', ({ name, verdict }) => {
  const harness = aHarness()
  for (let n = 0; n < 6; n += 1) harness.measure(verdict, T0 + n * 11 * SECOND, { endpoint: 'youtube/www' })
  expect(harness.changes.at(-1)?.outage.cause).toBe(name)
  expect(alone(harness)).toBe(true)
})

test('there is nothing else -> not alone: nothing says how the line is', () => {
  const harness = createHarness(TRUSTED)
  harness.wellUntil(T0)
  expect(alone(harness, 'facebook', TRUSTED)).toBe(false)
})
