import { describe, expect, test } from 'vitest'
import type { Detector } from '../../src/detect/state.ts'
import { foldTick } from '../../src/detect/fold.ts'
import { forgetFuture } from '../../src/detect/forget-future.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import {
  fine,
  MINUTE,
  createHarness,
  reset,
  SECOND,
  silent,
  story,
  T0,
  TRUSTED,
  WATCH,
  type DetectorHarness,
} from './builders.ts'

const HOUR = 60 * MINUTE

/** Every number that is a time: `...At`, `at`, and the ends of a stretch. */
function timesIn(part: unknown): number[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]) =>
    typeof value === 'number' && /(?:At|^at|^stretch.*)$/.test(key) ? [value] : timesIn(value),
  )
}

/** A detector with an outage that is over, one that is open, doubts, canaries that answer and one that does not. */
function muchHappened(): DetectorHarness {
  const harness = createHarness(WATCH)
  harness.sweep(T0 - HOUR, { 'canary/a': 'no' })
  harness.wellUntil(T0)
  harness.sweep(T0, { 'canary/a': 'no' })
  for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND)
  for (const s of [60, 61, 62]) harness.measure(fine, T0 + s * SECOND)
  for (const s of [70, 71, 72, 73]) harness.measure(reset, T0 + s * SECOND, { endpoint: 'youtube/www' })
  harness.measure(silent, T0 + 80 * SECOND, { endpoint: 'asia-plus/www' })
  for (const n of [2, 3, 4, 5]) harness.sweep(T0 + n * MINUTE, n === 5 ? 'yes' : 'no')
  expect(story(harness.changes)).toEqual([
    'opened blocked',
    'closed blocked',
    'opened blocked',
    'opened offline',
    'closed offline',
  ])
  return harness
}

describe('the detector', () => {
  test('nothing in it lies ahead -> as it was', () => {
    const { detector } = muchHappened()
    const before = structuredClone(detector)
    forgetFuture(detector, T0 + 10 * MINUTE)
    expect(detector).toEqual(before)
  })

  test.each([HOUR, 61 * SECOND, -71 * SECOND])(
    'the clock set back to %i ms before -> nothing in it lies ahead',
    (ms) => {
      const { detector } = muchHappened()
      const now = T0 - ms
      expect(Math.max(...timesIn(detector))).toBeGreaterThan(now)
      forgetFuture(detector, now)
      expect(Math.max(...timesIn(detector))).toBeLessThanOrEqual(now)
    },
  )

  test('an outage that opened before and changed its cause after -> the change is not ahead either', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    for (let n = 1; n <= 25; n++) harness.measure(silent, T0 + n * 30 * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable', 'cause blocked'])
    const now = T0 + 5 * MINUTE
    forgetFuture(harness.detector, now)
    const { openedAt, causes } = harness.detector.vantages['babilon']!.services['facebook']!.outage!
    expect([openedAt < now, causes.at(-1)?.at]).toEqual([true, now])
  })

  test('outages that were handed out -> not touched', () => {
    const harness = muchHappened()
    const before = structuredClone(harness.changes)
    forgetFuture(harness.detector, T0 - HOUR)
    expect(harness.changes).toEqual(before)
  })
})

describe('after the clock was set back by an hour', () => {
  const BACK = T0 - HOUR

  test('a service that begins to fail -> open and blocked within four looks, as ever', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    foldTick(harness.detector, BACK, TRUSTED, DEFAULTS)
    for (const s of [1, 2, 3, 4]) harness.measure(reset, BACK + s * SECOND)
    expect(story(harness.changes)).toEqual(['opened blocked'])
    const { onsetAfterAt, onsetBeforeAt, openedAt } = harness.changes[0]!.outage
    expect([onsetAfterAt, onsetBeforeAt, openedAt]).toEqual([BACK, BACK + 1200, BACK + 3200])
  })

  test('loaded from where a wrong clock left it -> the same', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    const saved = JSON.parse(JSON.stringify(harness.detector)) as Detector
    forgetFuture(saved, BACK)
    Object.assign(harness.detector, saved)
    for (const s of [1, 2, 3, 4]) harness.measure(reset, BACK + s * SECOND)
    expect(story(harness.changes)).toEqual(['opened blocked'])
  })

  test('a vantage that is cut off -> seen within three sweeps', () => {
    const harness = createHarness(WATCH)
    harness.sweep(T0, 'yes')
    foldTick(harness.detector, BACK, WATCH, DEFAULTS)
    for (const n of [1, 2, 3]) harness.sweep(BACK + n * 30 * SECOND, 'no')
    expect(story(harness.changes)).toEqual(['opened offline'])
  })

  test('canaries nobody looks at any more -> unknown after three rounds', () => {
    const harness = createHarness(WATCH)
    harness.sweep(T0, 'yes')
    foldTick(harness.detector, BACK, WATCH, DEFAULTS)
    foldTick(harness.detector, BACK + 2 * MINUTE, WATCH, DEFAULTS)
    expect(harness.detector.vantages['babilon']?.health).toBe('unknown')
  })

  test('what fails on a vantage that came online just before -> counts', () => {
    const harness = createHarness(WATCH)
    harness.sweep(T0, 'yes')
    foldTick(harness.detector, BACK, WATCH, DEFAULTS)
    for (const s of [1, 2, 3, 4]) harness.measure(reset, BACK + s * SECOND)
    expect(story(harness.changes)).toEqual(['opened blocked'])
  })

  test('nobody looks any more -> insufficient after three rounds, not after an hour', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    foldTick(harness.detector, BACK, TRUSTED, DEFAULTS)
    const at = BACK + 2 * MINUTE
    expect(statusOf(harness.detector, at, TRUSTED, DEFAULTS)[0]?.state).toBe('insufficient')
  })

  test('an open outage that ends -> ends after it began, and not ahead of now', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND)
    foldTick(harness.detector, BACK, TRUSTED, DEFAULTS)
    for (const s of [60, 61, 62]) harness.measure(fine, BACK + s * SECOND)
    expect(story(harness.changes)).toEqual(['opened blocked', 'closed blocked'])
    const { id, onsetBeforeAt, endAfterAt, endBeforeAt, closedAt } = harness.changes[1]!.outage
    expect(id).toBe(harness.changes[0]!.outage.id)
    expect(onsetBeforeAt).toBeLessThanOrEqual(endAfterAt!)
    expect(endAfterAt).toBeLessThanOrEqual(endBeforeAt!)
    expect(endBeforeAt).toBeLessThanOrEqual(closedAt!)
    expect(closedAt).toBe(BACK + 62 * SECOND + 200)
  })

  test('an outage an hour after the last one ended -> a new one, not the old one come back', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND)
    for (const s of [60, 61, 62]) harness.measure(fine, T0 + s * SECOND)
    foldTick(harness.detector, BACK, TRUSTED, DEFAULTS)
    harness.wellUntil(BACK + 30 * MINUTE)
    for (const s of [1, 2, 3, 4]) harness.measure(reset, BACK + 30 * MINUTE + s * SECOND)
    expect(story(harness.changes).at(-1)).toBe('opened blocked')
  })

  test('silence that began before -> what it lasted still counts', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    for (let n = 1; n <= 12; n++) harness.measure(silent, T0 + n * 30 * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable'])
    foldTick(harness.detector, BACK, TRUSTED, DEFAULTS)
    for (let n = 1; n <= 8; n++) harness.measure(silent, BACK + n * 30 * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable', 'cause blocked'])
  })
})

test('a clock that runs a few milliseconds behind a look that just ended -> detection is as quick', () => {
  const harness = createHarness()
  harness.wellUntil(T0)
  for (const s of [1, 2, 3]) {
    harness.measure(reset, T0 + s * SECOND)
    foldTick(harness.detector, T0 + s * SECOND + 195, TRUSTED, DEFAULTS)
  }
  expect(story(harness.changes)).toEqual(['opened blocked'])
})
