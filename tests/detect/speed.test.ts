import { describe, expect, test } from 'vitest'
import { foldTick } from '../../src/detect/fold.ts'
import { forgetFuture } from '../../src/detect/forget-future.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import { speedsOf } from '../../src/detect/throttled.ts'
import type { Folded } from '../../src/model/judged-measurement.ts'
import type { Rates } from '../../src/model/rates.ts'
import {
  MINUTE,
  SECOND,
  T0,
  TRUSTED,
  WATCH,
  aJudgedMeasurement,
  cannotSay,
  createHarness,
  reset,
  story,
  type DetectorHarness,
} from './builders.ts'

const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const MEDIA = 'facebook/static'

/** kB/s of each; what is left out was not measured. */
interface Seen {
  readonly target: number
  readonly neutral?: number
  readonly control?: number
  readonly byName?: number
}

function rates({ target, neutral, control, byName }: Seen): Rates {
  const speed = (kBps: number | undefined) =>
    kBps === undefined ? null : { bytesPerSecond: kBps * 1000, handshakeMs: 90 }
  return {
    target: speed(target),
    neutral: speed(neutral),
    control: speed(control),
    controlNeutral: speed(control === undefined ? undefined : 1500),
    byName: byName ?? null,
  }
}

const FINE: Seen = { target: 800, neutral: 900 }
const NAMED: Seen = { target: 16, neutral: 800, control: 1500, byName: 0.02 }
const UNNAMED: Seen = { target: 16, neutral: 800, control: 1500 }

function time(harness: DetectorHarness, seen: Seen, at: number, endpoint = MEDIA): Folded {
  return harness.measure(cannotSay, at, { endpoint, rates: rates(seen), endedAt: at + 10 * SECOND })
}

/** Times every five minutes, and again as asked in between, as the schedule does. */
function timeFor(
  harness: DetectorHarness,
  seen: (at: number) => Seen,
  fromAt: number,
  untilAt: number,
): void {
  for (let at = fromAt; at < untilAt; at += 5 * MINUTE) {
    let { suspicious } = time(harness, seen(at), at)
    let now = at + 10 * SECOND
    for (;;) {
      const again = suspicious[0]?.slow?.again
      now += 10 * SECOND * 2 ** (again ?? 0)
      if (again === undefined || now >= at + 5 * MINUTE) break
      suspicious = time(harness, seen(now), now).suspicious
      now += 10 * SECOND
    }
  }
}

const stateOf = (harness: DetectorHarness) => harness.detector.vantages['babilon']!.speeds[MEDIA]!
const status = (harness: DetectorHarness, at: number) =>
  statusOf(harness.detector, at, TRUSTED, DEFAULTS).find(
    (s) => s.service === 'facebook' && s.vantage === 'babilon',
  )!

describe('opening', () => {
  test('slow by name alone -> throttled within two minutes, its onset between the last look that was fine and the first slow one', () => {
    const harness = createHarness()
    timeFor(harness, () => FINE, T0, T0 + HOUR)
    expect(harness.changes).toEqual([])
    timeFor(harness, () => NAMED, T0 + HOUR, T0 + HOUR + 10 * MINUTE)
    expect(story(harness.changes)).toEqual(['opened throttled'])
    const [{ at, outage }] = harness.changes as [(typeof harness.changes)[number]]
    expect(at - (T0 + HOUR)).toBeLessThan(2 * MINUTE)
    expect(outage).toMatchObject({
      service: 'facebook',
      cause: 'throttled',
      mechanism: 'throttle',
      onsetAfterAt: T0 + 55 * MINUTE,
      onsetBeforeAt: T0 + HOUR + 10 * SECOND,
    })
    expect(outage.causes[0]!.reason).toBe(
      '16 kB/s, where a neutral host gives 800 kB/s and the control gets 1.5 MB/s; one server is slow under its name alone.',
    )
    expect(outage.evidence.length).toBeGreaterThanOrEqual(2)
  })

  test('one look, however slow -> nothing, but it is looked at again soon, later each time, and not for ever', () => {
    const harness = createHarness()
    const at = T0 + 4 * DAY
    timeFor(harness, () => FINE, T0, at)
    expect(time(harness, { ...UNNAMED, target: 1 }, at).suspicious).toEqual([
      { service: 'facebook', vantage: 'babilon', slow: { endpoint: MEDIA, again: 0 } },
    ])
    const asked = Array.from(
      { length: 9 },
      (_, i) => time(harness, UNNAMED, at + (i + 1) * MINUTE).suspicious[0]?.slow?.again,
    )
    expect(asked).toEqual([1, 2, 3, 4, 5, undefined, undefined, undefined, undefined])
    expect(harness.changes).toEqual([])
  })

  test('slow against all three, the name not shown to be at fault -> throttled when it has lasted', () => {
    const harness = createHarness()
    const at = T0 + 4 * DAY
    timeFor(harness, () => FINE, T0, at)
    timeFor(harness, () => UNNAMED, at, at + 13 * HOUR)
    expect(story(harness.changes)).toEqual(['opened throttled'])
    const afterMs = harness.changes[0]!.at - at
    expect(afterMs).toBeGreaterThanOrEqual(DEFAULTS.throttledAfterMs)
    expect(afterMs).toBeLessThan(DEFAULTS.throttledAfterMs + 6 * MINUTE)
  })

  test.each([
    { name: 'a slow line', seen: { target: 16, neutral: 20, control: 1500 } },
    { name: 'a slow site', seen: { target: 16, neutral: 800, control: 20 } },
    { name: 'a busy path: one server is as slow under another name', seen: { ...UNNAMED, byName: 0.9 } },
    { name: 'faster than a film needs', seen: { target: 130, neutral: 9000, control: 9000, byName: 0.01 } },
    { name: 'not known what is usual, the name not shown to be at fault', seen: UNNAMED },
    { name: 'no control, the name not shown to be at fault', seen: { target: 16, neutral: 800 } },
    { name: 'no neutral host', seen: { target: 16, control: 800 } },
  ] satisfies { name: string; seen: Seen }[])('$name, for a day -> never throttled', ({ seen }) => {
    const harness = createHarness()
    timeFor(harness, () => FINE, T0, T0 + HOUR)
    timeFor(harness, () => seen, T0 + HOUR, T0 + DAY)
    expect(harness.changes).toEqual([])
  })

  test('slow while the vantage is not online -> nothing', () => {
    const harness = createHarness(WATCH)
    harness.sweep(T0 - MINUTE, 'no')
    for (let i = 0; i < 20; i += 1) time(harness, NAMED, T0 + i * MINUTE)
    expect(harness.changes).toEqual([])
    expect(harness.detector.vantages['babilon']!.speeds).toEqual({})
  })
})

describe('its own last days', () => {
  /** Slow from 14 to 18 h UTC every day, while the neutral host stays fast: a busy path at the hours when all watch films. */
  const evening = (at: number): Seen => {
    const hour = (at % DAY) / HOUR
    return { ...UNNAMED, target: hour >= 14 && hour < 18 ? 30 : 800 }
  }

  test('a peak at the same hours for a week, no control -> usual from the fourth day on, and even a worse evening is no throttling', () => {
    const harness = createHarness()
    const first = Date.UTC(2015, 4, 1)
    timeFor(harness, (at) => ({ ...evening(at), control: undefined! }), first, first + 8 * DAY)
    expect(harness.changes).toEqual([])
    timeFor(
      harness,
      (at) => ({ ...evening(at), target: 9 }),
      first + 8 * DAY + 14 * HOUR,
      first + 8 * DAY + 17 * HOUR,
    )
    expect(harness.changes).toEqual([])
  })

  test('no control, but the name is at fault -> throttled, and what is usual is told', () => {
    const harness = createHarness()
    const first = Date.UTC(2015, 4, 1)
    timeFor(harness, () => FINE, first, first + 4 * DAY)
    timeFor(
      harness,
      () => ({ target: 16, neutral: 800, byName: 0.02 }),
      first + 4 * DAY,
      first + 4 * DAY + HOUR,
    )
    expect(story(harness.changes)).toEqual(['opened throttled'])
    expect(harness.changes[0]!.outage.causes[0]!.reason).toBe(
      '16 kB/s, where a neutral host gives 800 kB/s and 800 kB/s are usual at this hour; one server is slow under its name alone.',
    )
  })

  test('throttled for weeks -> what is usual is not learned from it, so it stays throttled', () => {
    const harness = createHarness()
    const first = Date.UTC(2015, 4, 1)
    timeFor(harness, () => FINE, first, first + 4 * DAY)
    timeFor(harness, () => UNNAMED, first + 4 * DAY, first + 18 * DAY)
    expect(story(harness.changes)).toEqual(['opened throttled'])
  })

  test('what is remembered stays small, and is the same again from the same looks', () => {
    const fold = () => {
      const harness = createHarness()
      const first = Date.UTC(2015, 4, 1)
      timeFor(harness, evening, first, first + 30 * DAY)
      return JSON.stringify(harness.detector)
    }
    const once = fold()
    expect(once.length).toBeLessThan(5_000)
    expect(fold()).toBe(once)
  })
})

describe('the end of it', () => {
  function throttled(): DetectorHarness {
    const harness = createHarness()
    harness.wellUntil(T0, { endpoint: 'facebook/www' })
    timeFor(harness, () => FINE, T0 - HOUR, T0)
    timeFor(harness, () => NAMED, T0, T0 + 20 * MINUTE)
    expect(story(harness.changes)).toEqual(['opened throttled'])
    return harness
  }

  test('fast again -> closed within ten minutes, its end between the last slow look and the first fast one', () => {
    const harness = throttled()
    timeFor(harness, () => FINE, T0 + 20 * MINUTE, T0 + 30 * MINUTE)
    expect(story(harness.changes)).toEqual(['opened throttled', 'closed throttled'])
    expect(harness.changes[1]!.outage).toMatchObject({
      endAfterAt: T0 + 15 * MINUTE,
      endBeforeAt: T0 + 20 * MINUTE + 10 * SECOND,
    })
  })

  test('the whole line slows down -> the ratio recovers, the service does not: still throttled', () => {
    const harness = throttled()
    timeFor(harness, () => ({ target: 16, neutral: 40, control: 1500 }), T0 + 20 * MINUTE, T0 + 3 * HOUR)
    expect(story(harness.changes)).toEqual(['opened throttled'])
  })

  test('timed no more -> ends in hours, not never', () => {
    const harness = throttled()
    const at = T0 + 20 * MINUTE + DEFAULTS.speedStaleMs + MINUTE
    const { changes, moved } = foldTick(harness.detector, at, TRUSTED, DEFAULTS)
    expect(story(changes)).toEqual(['closed throttled'])
    expect(moved).toEqual(['babilon'])
  })

  test('blocked altogether -> blocked; back and still slow -> throttled; one outage through it all', () => {
    const harness = throttled()
    let at = T0 + 20 * MINUTE
    for (let i = 0; i < 5; i += 1) harness.measure(reset, (at += 10 * SECOND))
    expect(harness.changes.at(-1)!.outage).toMatchObject({
      cause: 'blocked',
      mechanism: 'tls.sni-reset',
      closedAt: null,
    })
    // bytes timed meanwhile change nothing
    time(harness, NAMED, (at += 10 * SECOND))
    expect(harness.changes.at(-1)!.outage.cause).toBe('blocked')
    for (let i = 0; i < 6; i += 1) harness.measure({}, (at += 30 * SECOND))
    expect(harness.changes.at(-1)!.outage).toMatchObject({
      cause: 'throttled',
      mechanism: 'throttle',
      closedAt: null,
    })
    expect(new Set(harness.changes.map(({ outage }) => outage.id)).size).toBe(1)
    timeFor(harness, () => FINE, at + MINUTE, at + 30 * MINUTE)
    expect(harness.changes.at(-1)!.kind).toBe('closed')
  })

  test('its endpoint is watched no more -> closed', () => {
    const harness = throttled()
    const services = WATCH.services.map((s) => ({
      ...s,
      endpoints: s.endpoints.filter(({ id }) => id !== MEDIA),
    }))
    const { changes } = foldTick(harness.detector, T0 + 21 * MINUTE, { ...TRUSTED, services }, DEFAULTS)
    expect(story(changes)).toEqual(['closed throttled'])
    expect(stateOf(harness).slow).toBe(false)
  })
})

test('status while throttled -> throttled, with the reason, though every primary endpoint is reached', () => {
  const harness = createHarness()
  harness.wellUntil(T0 + 10 * MINUTE, { endpoint: 'facebook/www' })
  timeFor(harness, () => NAMED, T0, T0 + 10 * MINUTE)
  harness.measure({}, T0 + 10 * MINUTE)
  expect(status(harness, T0 + 10 * MINUTE + SECOND)).toMatchObject({
    state: 'throttled',
    mechanism: 'throttle',
    because: expect.stringMatching(/^16 kB\/s, where a neutral host/) as string,
  })
  expect(speedsOf(harness.detector, T0 + 10 * MINUTE, TRUSTED, DEFAULTS)).toEqual([
    {
      service: 'facebook',
      vantage: 'babilon',
      bytesPerSecond: 16_000,
      compared: { neutral: 0.02, control: 0.02, baseline: null },
    },
  ])
  expect(speedsOf(harness.detector, T0 + DAY, TRUSTED, DEFAULTS)).toEqual([])
})

test('looks come in late -> those that began before the newest do not count', () => {
  const harness = createHarness()
  timeFor(harness, () => FINE, T0, T0 + HOUR)
  for (let i = 0; i < 20; i += 1) time(harness, NAMED, T0 + i * SECOND)
  expect(stateOf(harness).score).toBe(0)
})

test('the clock was set back -> nothing remembered lies ahead, and new looks count', () => {
  const harness = createHarness()
  timeFor(harness, () => FINE, T0, T0 + 2 * DAY)
  forgetFuture(harness.detector, T0)
  expect(Math.max(stateOf(harness).newestAt, stateOf(harness).ratedAt, stateOf(harness).fineAt!)).toBe(T0)
  timeFor(harness, () => NAMED, T0 + MINUTE, T0 + 10 * MINUTE)
  expect(story(harness.changes)).toEqual(['opened throttled'])
})

test('a look of another plan that cannot say -> moves nothing', () => {
  const harness = createHarness()
  expect(harness.measure(cannotSay, T0).changes).toEqual([])
  expect(aJudgedMeasurement(cannotSay, T0).rates).toBeUndefined()
  expect(harness.detector.vantages).toEqual({})
})

test('slow, slower still, then a little faster -> twice what came at best while it was slow is well again, not less', () => {
  const harness = createHarness()
  for (const [n, target] of [40, 40, 4].entries()) time(harness, { ...NAMED, target }, T0 + n * MINUTE)
  expect(stateOf(harness)).toMatchObject({ slow: true, slowRate: expect.closeTo(40_000, -4) })
  const half: Seen = { target: 60, neutral: 90, control: 90 }
  for (let n = 3; n < 30; n++) time(harness, half, T0 + n * MINUTE)
  expect(stateOf(harness).slow).toBe(true)
})
