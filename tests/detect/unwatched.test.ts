import { describe, expect, test } from 'vitest'
import { newDetector } from '../../src/detect/detector.ts'
import { foldCanary, foldMeasurement, foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import {
  aCanaryMeasurement,
  aJudgedMeasurement,
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

const NO_FACEBOOK: Watch = { ...TRUSTED, services: TRUSTED.services.slice(1) }
const NO_BABILON: Watch = { ...TRUSTED, vantages: TRUSTED.vantages.slice(1) }

/** Facebook with only some of its endpoints in force. */
function inForce(...ids: string[]): Watch {
  const services = TRUSTED.services.map((service) =>
    service.id === 'facebook'
      ? { ...service, endpoints: service.endpoints.filter(({ id }) => ids.includes(id)) }
      : service,
  )
  return { ...TRUSTED, services }
}

/** Both endpoints known, then facebook/m blocked from T0 to T0 + 4 s. */
function blockedAtM(): DetectorHarness {
  const harness = createHarness()
  harness.wellUntil(T0 - SECOND, { endpoint: 'facebook/m' })
  harness.wellUntil(T0 - SECOND)
  for (const s of [0, 1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND, { endpoint: 'facebook/m' })
  expect(story(harness.changes)).toEqual(['opened blocked'])
  return harness
}

function tick(harness: DetectorHarness, at: number, watch: Watch): readonly OutageChange[] {
  return foldTick(harness.detector, at, watch, DEFAULTS).changes
}

function stateOf(harness: DetectorHarness, at: number, watch: Watch): string | undefined {
  return statusOf(harness.detector, at, watch, DEFAULTS).find(
    ({ service, vantage }) => service === 'facebook' && vantage === 'babilon',
  )?.state
}

describe('an endpoint that leaves force while it is out', () => {
  const left = inForce('facebook/www')

  test('the outage ends between the last look and now, and says why', () => {
    const harness = blockedAtM()
    const [change, ...more] = tick(harness, T0 + 10 * SECOND, left)
    expect(more).toEqual([])
    expect(change).toMatchObject({
      kind: 'closed',
      outage: {
        endAfterAt: T0 + 4 * SECOND + 200,
        endBeforeAt: T0 + 10 * SECOND,
        closedAt: T0 + 10 * SECOND,
        cause: 'blocked',
      },
    })
    expect(change?.outage.causes.at(-1)?.reason).toContain('no longer watched')
    expect(tick(harness, T0 + 11 * SECOND, left)).toEqual([])
  })

  test('what is left is not called fine before it is seen to be', () => {
    const harness = blockedAtM()
    tick(harness, T0 + 10 * SECOND, left)
    expect(stateOf(harness, T0 + 11 * SECOND, left)).toBe('insufficient')
    foldMeasurement(harness.detector, aJudgedMeasurement(fine, T0 + 20 * SECOND), left, DEFAULTS)
    expect(stateOf(harness, T0 + 21 * SECOND, left)).toBe('ok')
  })

  test('its successor is blocked too -> the same outage again', () => {
    const harness = blockedAtM()
    tick(harness, T0 + 10 * SECOND, left)
    const changes = [20, 21, 22, 23].flatMap(
      (s) =>
        foldMeasurement(harness.detector, aJudgedMeasurement(reset, T0 + s * SECOND), left, DEFAULTS).changes,
    )
    expect(story(changes)).toEqual(['reopened blocked'])
  })

  test('another is still out -> the outage stays open', () => {
    const harness = blockedAtM()
    for (const s of [5, 6, 7, 8]) harness.measure(reset, T0 + s * SECOND)
    expect(tick(harness, T0 + 10 * SECOND, left)).toEqual([])
  })

  test('the last one leaves -> the outage ends all the same', () => {
    const harness = blockedAtM()
    expect(story(tick(harness, T0 + 10 * SECOND, inForce()))).toEqual(['closed blocked'])
  })

  test('back in force days later and failing once -> nothing of the old doubt is left', () => {
    const harness = blockedAtM()
    tick(harness, T0 + 10 * SECOND, left)
    const later = T0 + 3 * 24 * 60 * MINUTE
    harness.measure(silent, later, { endpoint: 'facebook/m' })
    expect(harness.changes).toHaveLength(1)
    for (const s of [1, 2, 3]) harness.measure(reset, later + s * SECOND, { endpoint: 'facebook/m' })
    expect(story(harness.changes).at(-1)).toBe('opened blocked')
    expect(harness.changes.at(-1)!.outage.onsetBeforeAt).toBeGreaterThanOrEqual(later)
  })

  test('a doubt, not yet an outage, at an endpoint that left -> dropped; what was learned of the path stays', () => {
    const harness = createHarness()
    harness.wellUntil(T0, { endpoint: 'facebook/m' })
    harness.measure(silent, T0 + SECOND, { endpoint: 'facebook/m' })
    const state = harness.detector.vantages['babilon']!.endpoints['facebook/m']!
    const measurements = state.memory.looks[0]
    tick(harness, T0 + 20 * SECOND, left)
    expect(state).toMatchObject({ score: 0, out: false, aside: [], firstFailedAt: null })
    expect(state.memory.looks[0]).toBe(measurements)
  })
})

describe('a service or a vantage taken out of the configuration', () => {
  test.each([
    { name: 'the service', watch: NO_FACEBOOK },
    { name: 'the vantage', watch: NO_BABILON },
  ])('$name, while it is out -> the outage ends, once, between the last look and now', ({ watch }) => {
    const harness = blockedAtM()
    const changes = tick(harness, T0 + MINUTE, watch)
    expect(story(changes)).toEqual(['closed blocked'])
    expect(changes[0]?.outage).toMatchObject({
      endAfterAt: T0 + 4 * SECOND + 200,
      endBeforeAt: T0 + MINUTE,
      closedAt: T0 + MINUTE,
    })
    expect(changes[0]?.outage.causes.at(-1)?.reason).toContain('no longer watched')
    expect(tick(harness, T0 + 2 * MINUTE, watch)).toEqual([])
  })

  test.each([
    { name: 'the service', watch: NO_FACEBOOK },
    { name: 'the vantage', watch: NO_BABILON },
  ])('$name, given back within ten minutes and still blocked -> the same outage again', ({ watch }) => {
    const harness = blockedAtM()
    tick(harness, T0 + MINUTE, watch)
    tick(harness, T0 + 2 * MINUTE, TRUSTED)
    expect(stateOf(harness, T0 + 2 * MINUTE, TRUSTED)).toBe('insufficient')
    for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + 3 * MINUTE + s * SECOND)
    expect(story(harness.changes)).toEqual(['opened blocked', 'reopened blocked'])
  })

  test('a vantage that was cut off -> its own outage ends between the last canary look and now', () => {
    const harness = createHarness(WATCH)
    for (const n of [0, 1, 2, 3]) harness.sweep(T0 + n * 30 * SECOND, n === 0 ? 'yes' : 'no')
    expect(story(harness.changes)).toEqual(['opened offline'])
    const watch = { ...WATCH, vantages: WATCH.vantages.slice(1) }
    const changes = tick(harness, T0 + 2 * MINUTE, watch)
    expect(story(changes)).toEqual(['closed offline'])
    expect(changes[0]?.outage).toMatchObject({
      endAfterAt: T0 + 90 * SECOND,
      endBeforeAt: T0 + 2 * MINUTE,
    })
  })

  test('a probe vantage made a control -> its health is still drawn, its outages are over', () => {
    const harness = createHarness(WATCH)
    for (const n of [0, 1, 2, 3]) harness.sweep(T0 + n * 30 * SECOND, n === 0 ? 'yes' : 'no')
    const watch = { ...WATCH, vantages: WATCH.vantages.slice(1) }
    tick(harness, T0 + 100 * SECOND, watch)
    for (const { id: canary } of WATCH.canaries) {
      foldCanary(harness.detector, aCanaryMeasurement('yes', T0 + 120 * SECOND, { canary }), watch, DEFAULTS)
    }
    expect(harness.detector.vantages['babilon']?.health).toBe('online')
  })

  test('what was not out -> nothing to tell', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    expect(tick(harness, T0 + MINUTE, NO_FACEBOOK)).toEqual([])
    expect(foldTick(newDetector(), T0, NO_BABILON, DEFAULTS).changes).toEqual([])
  })
})
