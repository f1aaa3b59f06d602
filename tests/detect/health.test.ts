import { describe, expect, test } from 'vitest'
import { foldCanary, foldTick } from '../../src/detect/fold.ts'
import { healthOf } from '../../src/detect/health.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import {
  aCanaryMeasurement,
  fine,
  MINUTE,
  createHarness,
  reset,
  SECOND,
  story,
  T0,
  TRUSTED,
  WATCH,
  type DetectorHarness,
} from './builders.ts'

const ABROAD = { 'canary/a': 'no', 'canary/b': 'no', 'canary/c': 'no' } as const

function health(harness: DetectorHarness, vantage = 'babilon', watch: Watch = WATCH) {
  return healthOf(harness.detector, vantage, watch)
}
/** Sweeps half a minute apart from T0 on, and the health after each. */
function after(...sweeps: Parameters<DetectorHarness['sweep']>[1][]) {
  const harness = createHarness(WATCH)
  const seen = sweeps.map((said, i) => {
    harness.sweep(T0 + i * 30 * SECOND, said)
    return health(harness)
  })
  return { desk: harness, seen }
}

describe('health', () => {
  test('never looked -> unknown', () => {
    expect(health(createHarness(WATCH))).toBe('unknown')
  })

  test('no canary configured -> online, for the operator trusts the vantage', () => {
    expect(health(createHarness(TRUSTED), 'babilon', TRUSTED)).toBe('online')
  })

  test.each([
    { name: 'all answer', said: 'yes', is: 'online' },
    { name: 'two of three international', said: { 'canary/a': 'no' }, is: 'online' },
    { name: 'none domestic, all international', said: { 'canary/home': 'no' }, is: 'online' },
    { name: 'one of three international', said: { 'canary/a': 'no', 'canary/b': 'no' }, is: 'unknown' },
    { name: 'unfit looks', said: { 'canary/a': 'unknown', 'canary/b': 'unknown' }, is: 'unknown' },
    { name: 'none at all, for the first time', said: 'no', is: 'unknown' },
  ] as const)('first sweep: $name -> $is', ({ said, is }) => {
    expect(after(said).seen).toEqual([is])
  })

  test('everything gone -> doubt at once, offline at the third sweep', () => {
    expect(after('yes', 'no', 'no', 'no').seen).toEqual(['online', 'unknown', 'unknown', 'offline'])
  })

  test('only the outside world gone -> shutdown at the third sweep', () => {
    expect(after('yes', ABROAD, ABROAD, ABROAD).seen.at(-1)).toBe('shutdown')
  })

  test('two international canaries gone, one still there -> shutdown all the same: the quorum is spoilt', () => {
    const two = { 'canary/a': 'no', 'canary/b': 'no' } as const
    expect(after('yes', two, two, two).seen.at(-1)).toBe('shutdown')
  })

  test('answered again -> online at once', () => {
    expect(after('no', 'no', 'no', 'yes').seen).toEqual(['unknown', 'unknown', 'offline', 'online'])
  })

  test('no domestic canary configured, world gone -> offline', () => {
    const watch = { ...WATCH, canaries: WATCH.canaries.filter(({ group }) => group === 'international') }
    const harness = createHarness(watch)
    for (const n of [0, 1, 2]) harness.sweep(T0 + n * 30 * SECOND, 'no')
    expect(health(harness, 'babilon', watch)).toBe('offline')
  })

  test('a single international canary configured -> it decides', () => {
    const watch = { ...WATCH, canaries: [WATCH.canaries[0]!, WATCH.canaries[3]!] }
    const harness = createHarness(watch)
    harness.sweep(T0, 'yes')
    expect(health(harness, 'babilon', watch)).toBe('online')
    harness.sweep(T0 + 30 * SECOND, { 'canary/a': 'no' })
    expect(health(harness, 'babilon', watch)).toBe('unknown')
  })

  test('sweeps that overlap -> count once', () => {
    const harness = createHarness(WATCH)
    for (const start of [0, 1, 2, 3].map((s) => T0 + s * SECOND)) {
      for (const { id: canary } of WATCH.canaries) {
        foldCanary(
          harness.detector,
          aCanaryMeasurement('no', start, { canary, endedAt: start + 10 * SECOND }),
          WATCH,
          DEFAULTS,
        )
      }
    }
    expect(health(harness)).toBe('unknown')
  })

  test('a canary look that began before a newer one -> tells of the past', () => {
    const { desk: harness } = after('yes')
    for (const { id: canary } of WATCH.canaries) {
      foldCanary(
        harness.detector,
        aCanaryMeasurement('no', T0 - SECOND, { canary, endedAt: T0 + 9 * SECOND }),
        WATCH,
        DEFAULTS,
      )
    }
    expect(health(harness)).toBe('online')
  })

  test('canaries silent for three rounds -> unknown again', () => {
    const { desk: harness } = after('yes')
    foldTick(harness.detector, T0 + 80 * SECOND, WATCH, DEFAULTS)
    expect(health(harness)).toBe('online')
    foldTick(harness.detector, T0 + 2 * MINUTE, WATCH, DEFAULTS)
    expect(health(harness)).toBe('unknown')
  })

  test('a canary taken out of the configuration -> no longer asked for', () => {
    const { desk: harness } = after({ 'canary/a': 'no', 'canary/b': 'no' })
    const watch = { ...WATCH, canaries: [WATCH.canaries[2]!] }
    foldCanary(
      harness.detector,
      aCanaryMeasurement('yes', T0 + MINUTE, { canary: 'canary/c' }),
      watch,
      DEFAULTS,
    )
    expect(health(harness, 'babilon', watch)).toBe('online')
  })
})

describe('outage of the vantage', () => {
  test('an hour offline -> one outage, its onset and end between looks', () => {
    const { desk: harness } = after('yes', 'no', 'no', 'no', 'no', 'yes')
    expect(story(harness.changes)).toEqual(['opened offline', 'closed offline'])
    const { outage } = harness.changes.at(-1)!
    expect(outage).toMatchObject({
      id: '_vantage_.babilon.20150519T084530Z',
      service: null,
      onsetAfterAt: T0,
      onsetBeforeAt: T0 + 30 * SECOND + 100,
      endAfterAt: T0 + 2 * MINUTE,
      endBeforeAt: T0 + 150 * SECOND + 100,
    })
  })

  test('two bad sweeps -> doubt, but no outage', () => {
    expect(after('yes', 'no', 'no', 'yes', 'no', 'no', 'yes').desk.changes).toEqual([])
  })

  test('the country is lost too, later -> shutdown becomes offline', () => {
    const { desk: harness } = after('yes', ABROAD, ABROAD, ABROAD, 'no', 'no', 'no')
    expect(story(harness.changes)).toEqual(['opened shutdown', 'cause offline'])
  })

  test('the line comes back, domestic canaries a moment before -> not a shutdown', () => {
    const { desk: harness } = after('yes', 'no', 'no', 'no')
    const at = T0 + 5 * MINUTE
    for (const canary of ['canary/home', 'canary/a', 'canary/b']) {
      harness.changes.push(
        ...foldCanary(harness.detector, aCanaryMeasurement('yes', at, { canary }), WATCH, DEFAULTS).changes,
      )
    }
    expect(story(harness.changes)).toEqual(['opened offline', 'closed offline'])
  })

  test('only the country comes back -> offline becomes shutdown', () => {
    const { desk: harness } = after('yes', 'no', 'no', 'no', ABROAD, ABROAD)
    expect(story(harness.changes)).toEqual(['opened offline', 'cause shutdown'])
  })

  test('cut off again within ten minutes -> the same outage', () => {
    const { desk: harness } = after('yes', 'no', 'no', 'no', 'yes', 'no', 'no', 'no')
    expect(story(harness.changes)).toEqual(['opened offline', 'closed offline', 'reopened offline'])
  })

  test('a control that loses its canaries -> health, but no outage', () => {
    const harness = createHarness({ ...WATCH, vantages: [] })
    for (const n of [0, 1, 2, 3]) harness.sweep(T0 + n * 30 * SECOND, n === 0 ? 'yes' : 'no')
    expect(health(harness)).toBe('offline')
    expect(harness.changes).toEqual([])
  })
})

describe('what is seen from a vantage that is not well', () => {
  test('failures while the canaries are in doubt -> move nothing', () => {
    const { desk: harness } = after('yes', 'no')
    for (let n = 0; n < 20; n++) harness.measure(reset, T0 + MINUTE + n * SECOND)
    expect(harness.changes).toEqual([])
  })

  test('a failure that began before the line was back -> moves nothing', () => {
    const { desk: harness } = after('yes', 'no', 'no', 'no', 'yes')
    const back = T0 + 2 * MINUTE
    for (const s of [1, 2, 3, 4, 5, 6])
      harness.measure(reset, back - s * SECOND, { endedAt: back + 9 * SECOND })
    expect(story(harness.changes)).toEqual(['opened offline', 'closed offline'])
    for (const s of [1, 2, 3, 4, 5, 6]) harness.measure(reset, back + s * SECOND)
    expect(story(harness.changes).at(-1)).toBe('opened blocked')
  })

  test('a fine look while in doubt -> counts: nobody can fake having been answered', () => {
    const { desk: harness } = after('yes', 'no')
    harness.measure(fine, T0 + MINUTE)
    expect(harness.detector.vantages['babilon']?.services['facebook']?.lastLookAt).toBe(T0 + MINUTE + 200)
  })

  test('an outage of a service, then the line is lost and found -> still the same outage, still open', () => {
    const harness = createHarness(WATCH)
    harness.sweep(T0, 'yes')
    harness.wellUntil(T0 + SECOND, {}, 1)
    for (const s of [2, 3, 4, 5, 6]) harness.measure(reset, T0 + s * SECOND)
    for (const n of [1, 2, 3]) harness.sweep(T0 + n * MINUTE, 'no')
    harness.sweep(T0 + 30 * MINUTE, 'yes')
    for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + 31 * MINUTE + s * SECOND)
    expect(story(harness.changes)).toEqual(['opened blocked', 'opened offline', 'closed offline'])
  })
})
