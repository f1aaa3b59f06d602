import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newDetector } from '../../src/detect/detector.ts'
import type { Detector } from '../../src/detect/state.ts'
import { foldCanary, foldMeasurement, foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS, scaleTime } from '../../src/detect/settings.ts'
import { needsHttp } from '../../src/detect/status.ts'
import type { JudgedMeasurement } from '../../src/model/judged-measurement.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import {
  aCanaryMeasurement,
  aJudgedMeasurement,
  blockpage,
  cannotSay,
  down,
  fine,
  MINUTE,
  createHarness,
  reset,
  SECOND,
  silent,
  story,
  T0,
  TRUSTED,
  unjudged,
  WATCH,
} from './builders.ts'

describe('what moves nothing', () => {
  test.each([
    { name: 'a look that cannot say', look: aJudgedMeasurement(cannotSay, T0) },
    {
      name: 'a service that is not watched',
      look: aJudgedMeasurement(reset, T0, { service: 'vk', endpoint: 'vk/www' }),
    },
    {
      name: 'an endpoint that is not watched',
      look: aJudgedMeasurement(reset, T0, { endpoint: 'facebook/old' }),
    },
    { name: 'a vantage that is not watched', look: aJudgedMeasurement(reset, T0, { vantage: 'control-de' }) },
  ])('$name -> nothing remembered', ({ look: measurement }) => {
    const detector = newDetector()
    const folded = foldMeasurement(detector, measurement, TRUSTED, DEFAULTS)
    expect(folded).toEqual({ changes: [], suspicious: [] })
    expect(detector).toEqual(newDetector())
  })

  test('a canary that is not configured -> nothing remembered', () => {
    const detector = newDetector()
    foldCanary(detector, aCanaryMeasurement('no', T0, { canary: 'canary/gone' }), WATCH, DEFAULTS)
    expect(detector).toEqual(newDetector())
  })
})

describe('suspicions', () => {
  const here = { service: 'facebook', vantage: 'babilon' }

  test('the first look that is not fine -> look again from here', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    expect(harness.measure(silent, T0 + SECOND).suspicious).toEqual([here])
  })

  test('the second -> more likely gone than not: look from the other networks of the country too', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    harness.measure(reset, T0 + SECOND)
    expect(harness.measure(reset, T0 + 2 * SECOND).suspicious).toEqual([
      here,
      { service: 'facebook', vantage: 'tcell' },
      { service: 'facebook', vantage: 'megafon' },
    ])
  })

  test('an asset that is not fine -> look again, though it opens nothing', () => {
    const harness = createHarness()
    expect(harness.measure(reset, T0, { endpoint: 'facebook/static' }).suspicious).toEqual([here])
  })

  test('out, and out again at every look -> nothing more to ask', () => {
    const harness = createHarness()
    for (const s of [0, 1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND)
    expect(harness.measure(reset, T0 + MINUTE).suspicious).toEqual([])
  })

  test('out, and fine for the first time -> look again, so that the end is known soon', () => {
    const harness = createHarness()
    for (const s of [0, 1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND)
    expect(harness.measure(fine, T0 + MINUTE).suspicious).toEqual([here])
  })

  test('a doubt that lasts -> asked again, but not within half a minute', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    const asked = (
      [
        [1, reset],
        [11, fine],
        [41, reset],
        [51, fine],
        [81, fine],
      ] as const
    ).map(
      ([s, verdict]) =>
        harness.measure(verdict, T0 + s * SECOND, { endpoint: 'youtube/www' }).suspicious.length > 0,
    )
    // neither at 11 s, too soon, nor at 81 s, when nothing is in doubt any more
    expect(asked).toEqual([true, false, true, false, false])
    expect(harness.changes).toEqual([])
  })

  test('all is fine -> nothing to ask', () => {
    const harness = createHarness()
    expect(harness.measure(fine, T0).suspicious).toEqual([])
  })
})

describe('which looks must go up to HTTP', () => {
  test('after a block page, at that endpoint from that vantage only, until HTTP is fine', () => {
    const harness = createHarness()
    harness.measure(blockpage, T0, { sawHttp: true })
    expect(needsHttp(harness.detector, 'facebook/www', 'babilon')).toBe(true)
    expect(needsHttp(harness.detector, 'facebook/m', 'babilon')).toBe(false)
    expect(needsHttp(harness.detector, 'facebook/www', 'tcell')).toBe(false)
    for (const s of [1, 2, 3, 4]) harness.measure(fine, T0 + s * SECOND)
    expect(needsHttp(harness.detector, 'facebook/www', 'babilon')).toBe(true)
    for (const s of [5, 6]) harness.measure(fine, T0 + s * SECOND, { sawHttp: true })
    expect(needsHttp(harness.detector, 'facebook/www', 'babilon')).toBe(false)
  })

  test('after a reset during the handshake -> heartbeats will do', () => {
    const harness = createHarness()
    harness.measure(reset, T0)
    expect(needsHttp(harness.detector, 'facebook/www', 'babilon')).toBe(false)
  })
})

test('time scaled by 1/15 -> the same story in a fifteenth of the time', () => {
  const quick = createHarness({ ...TRUSTED, roundMs: 2000 }, scaleTime(DEFAULTS, 1 / 15))
  for (let n = 60; n >= 1; n--) quick.measure(fine, T0 - n * 2000)
  for (let n = 0; n < 25; n++) quick.measure(silent, T0 + n * 2000, { endedAt: T0 + n * 2000 + 700 })
  expect(story(quick.changes)).toEqual(['opened unreachable', 'cause blocked'])
  expect(quick.changes[1]!.at - T0).toBeLessThan((10 * MINUTE) / 15)
  expect(quick.changes[1]!.at - T0).toBeGreaterThan((8 * MINUTE) / 15)
})

describe('any looks in any order', () => {
  const vantages = ['babilon', 'tcell']
  const endpoints = WATCH.services.flatMap(({ endpoints: all }) => all.map(({ id }) => id))
  const aStep = fc.record({
    verdict: fc.constantFrom(fine, fine, reset, silent, silent, down, unjudged, blockpage, cannotSay),
    afterMs: fc.integer({ min: 0, max: 40 * SECOND }),
    lateMs: fc.integer({ min: 0, max: 15 * SECOND }),
    endpoint: fc.constantFrom(...endpoints),
    vantage: fc.constantFrom(...vantages),
    sawHttp: fc.boolean(),
    canary: fc.constantFrom('yes' as const, 'yes' as const, 'no' as const),
  })

  function play(steps: readonly (typeof aStep extends fc.Arbitrary<infer T> ? T : never)[], start: Detector) {
    let detector = start
    const changes: OutageChange[] = []
    let now = T0
    for (const [i, step] of steps.entries()) {
      now += step.afterMs
      const measured = { startedAt: now - step.lateMs, endedAt: now, vantage: step.vantage }
      for (const { id: canary, group } of WATCH.canaries) {
        const measurement = { ...measured, canary, group, sawHttp: false, answered: step.canary }
        changes.push(...foldCanary(detector, measurement, WATCH, DEFAULTS).changes)
      }
      const more: Partial<JudgedMeasurement> = {
        ...measured,
        id: `m${i}`,
        endpoint: step.endpoint,
        sawHttp: step.sawHttp,
      }
      changes.push(
        ...foldMeasurement(detector, aJudgedMeasurement(step.verdict, now, more), WATCH, DEFAULTS).changes,
      )
      changes.push(...foldTick(detector, now, WATCH, DEFAULTS).changes)
      if (i % 7 === 0) detector = JSON.parse(JSON.stringify(detector)) as Detector
    }
    return { detector, changes }
  }

  test('played twice, and saved and loaded in between -> the same outages, each id once open at a time, times in order', () => {
    fc.assert(
      fc.property(fc.array(aStep, { maxLength: 150 }), (steps) => {
        const { detector, changes } = play(steps, newDetector())
        expect(play(steps, newDetector())).toEqual({ detector, changes })
        expect(JSON.parse(JSON.stringify(detector))).toEqual(detector)
        const open = new Set<string>()
        for (const { kind, outage } of changes) {
          if (kind === 'opened' || kind === 'reopened') {
            expect(open.has(outage.id)).toBe(false)
            open.add(outage.id)
          }
          expect(open.has(outage.id)).toBe(true)
          if (kind === 'closed') open.delete(outage.id)
          expect(outage.onsetAfterAt ?? 0).toBeLessThanOrEqual(outage.onsetBeforeAt)
          expect(outage.causes.at(-1)?.cause).toBe(outage.cause)
          expect(outage.evidence.length).toBeLessThanOrEqual(20)
          if (outage.endBeforeAt !== null) {
            expect(outage.endBeforeAt).toBeGreaterThanOrEqual(outage.endAfterAt!)
            expect(outage.endAfterAt).toBeGreaterThanOrEqual(outage.onsetBeforeAt)
          }
        }
      }),
      { numRuns: 150, seed: 2015 },
    )
  })

  test('a look -> changes the part of its own vantage and no other', () => {
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 5, maxLength: 80 }), aStep, (steps, last) => {
        const { detector } = play(steps, newDetector())
        const others = (): string => JSON.stringify({ ...detector.vantages, [last.vantage]: null })
        const before = others()
        const { verdict, endpoint, vantage } = last
        foldMeasurement(
          detector,
          aJudgedMeasurement(verdict, T0 + 3600 * SECOND, { endpoint, vantage }),
          WATCH,
          DEFAULTS,
        )
        if (detector.vantages[last.vantage] !== undefined) expect(others()).toBe(before)
      }),
      { numRuns: 100, seed: 2015 },
    )
  })
})

describe('topology', () => {
  test('a vantage, a service and an endpoint added by a reload -> watched from then on', () => {
    const harness = createHarness()
    harness.wellUntil(T0)
    const watch = {
      ...TRUSTED,
      services: [...TRUSTED.services, { id: 'vk', endpoints: [{ id: 'vk/www', role: 'primary' as const }] }],
      vantages: [...TRUSTED.vantages, { id: 'zet', country: 'TJ' }],
    }
    const changes = [0, 1, 2, 3].flatMap((s) => {
      const measurement = aJudgedMeasurement(reset, T0 + s * SECOND, {
        service: 'vk',
        endpoint: 'vk/www',
        vantage: 'zet',
      })
      return foldMeasurement(harness.detector, measurement, watch, DEFAULTS).changes
    })
    expect(story(changes)).toEqual(['opened blocked'])
  })
})

test('a week of looks at six endpoints -> a few kilobytes', () => {
  const harness = createHarness()
  for (let n = 0; n < 7 * 2880; n += 8) {
    for (const { endpoints } of TRUSTED.services) {
      for (const { id } of endpoints)
        harness.measure(n % 100 === 0 ? silent : fine, T0 + n * 30 * SECOND, { endpoint: id })
    }
  }
  expect(JSON.stringify(harness.detector).length).toBeLessThan(6000)
})
