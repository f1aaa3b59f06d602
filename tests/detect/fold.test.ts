import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newDetector } from '../../src/detect/detector.ts'
import type { Detector } from '../../src/detect/state.ts'
import { foldCanary, foldLook, foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS, scaleTime } from '../../src/detect/settings.ts'
import { needsHttp } from '../../src/detect/status.ts'
import type { Look } from '../../src/model/look.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import {
  aCanaryLook,
  aLook,
  blockpage,
  cannotSay,
  down,
  fine,
  MINUTE,
  openDesk,
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
    { name: 'a look that cannot say', look: aLook(cannotSay, T0) },
    { name: 'a service that is not watched', look: aLook(reset, T0, { service: 'vk', endpoint: 'vk/www' }) },
    { name: 'an endpoint that is not watched', look: aLook(reset, T0, { endpoint: 'facebook/old' }) },
    { name: 'a vantage that is not watched', look: aLook(reset, T0, { vantage: 'control-de' }) },
  ])('$name -> nothing remembered', ({ look }) => {
    const detector = newDetector()
    const folded = foldLook(detector, look, TRUSTED, DEFAULTS)
    expect(folded).toEqual({ changes: [], suspicious: [] })
    expect(detector).toEqual(newDetector())
  })

  test('a canary that is not configured -> nothing remembered', () => {
    const detector = newDetector()
    foldCanary(detector, aCanaryLook('no', T0, { canary: 'canary/gone' }), WATCH, DEFAULTS)
    expect(detector).toEqual(newDetector())
  })
})

describe('suspicions', () => {
  const here = { service: 'facebook', vantage: 'babilon' }

  test('the first look that is not fine -> look again from here', () => {
    const desk = openDesk()
    desk.wellUntil(T0)
    expect(desk.look(silent, T0 + SECOND).suspicious).toEqual([here])
  })

  test('the second -> more likely gone than not: look from the other networks of the country too', () => {
    const desk = openDesk()
    desk.wellUntil(T0)
    desk.look(reset, T0 + SECOND)
    expect(desk.look(reset, T0 + 2 * SECOND).suspicious).toEqual([
      here,
      { service: 'facebook', vantage: 'tcell' },
      { service: 'facebook', vantage: 'megafon' },
    ])
  })

  test('an asset that is not fine -> look again, though it opens nothing', () => {
    const desk = openDesk()
    expect(desk.look(reset, T0, { endpoint: 'facebook/static' }).suspicious).toEqual([here])
  })

  test('out, and out again at every look -> nothing more to ask', () => {
    const desk = openDesk()
    for (const s of [0, 1, 2, 3, 4]) desk.look(reset, T0 + s * SECOND)
    expect(desk.look(reset, T0 + MINUTE).suspicious).toEqual([])
  })

  test('out, and fine for the first time -> look again, so that the end is known soon', () => {
    const desk = openDesk()
    for (const s of [0, 1, 2, 3, 4]) desk.look(reset, T0 + s * SECOND)
    expect(desk.look(fine, T0 + MINUTE).suspicious).toEqual([here])
  })

  test('a doubt that lasts -> asked again, but not within half a minute', () => {
    const desk = openDesk()
    desk.wellUntil(T0)
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
        desk.look(verdict, T0 + s * SECOND, { endpoint: 'youtube/www' }).suspicious.length > 0,
    )
    // neither at 11 s, too soon, nor at 81 s, when nothing is in doubt any more
    expect(asked).toEqual([true, false, true, false, false])
    expect(desk.changes).toEqual([])
  })

  test('all is fine -> nothing to ask', () => {
    const desk = openDesk()
    expect(desk.look(fine, T0).suspicious).toEqual([])
  })
})

describe('which looks must go up to HTTP', () => {
  test('after a block page, at that endpoint from that vantage only, until HTTP is fine', () => {
    const desk = openDesk()
    desk.look(blockpage, T0, { sawHttp: true })
    expect(needsHttp(desk.detector, 'facebook/www', 'babilon')).toBe(true)
    expect(needsHttp(desk.detector, 'facebook/m', 'babilon')).toBe(false)
    expect(needsHttp(desk.detector, 'facebook/www', 'tcell')).toBe(false)
    for (const s of [1, 2, 3, 4]) desk.look(fine, T0 + s * SECOND)
    expect(needsHttp(desk.detector, 'facebook/www', 'babilon')).toBe(true)
    for (const s of [5, 6]) desk.look(fine, T0 + s * SECOND, { sawHttp: true })
    expect(needsHttp(desk.detector, 'facebook/www', 'babilon')).toBe(false)
  })

  test('after a reset during the handshake -> heartbeats will do', () => {
    const desk = openDesk()
    desk.look(reset, T0)
    expect(needsHttp(desk.detector, 'facebook/www', 'babilon')).toBe(false)
  })
})

test('time scaled by 1/15 -> the same story in a fifteenth of the time', () => {
  const quick = openDesk({ ...TRUSTED, roundMs: 2000 }, scaleTime(DEFAULTS, 1 / 15))
  for (let n = 60; n >= 1; n--) quick.look(fine, T0 - n * 2000)
  for (let n = 0; n < 25; n++) quick.look(silent, T0 + n * 2000, { endedAt: T0 + n * 2000 + 700 })
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
      const looked = { startedAt: now - step.lateMs, endedAt: now, vantage: step.vantage }
      for (const { id: canary, group } of WATCH.canaries) {
        const look = { ...looked, canary, group, answered: step.canary }
        changes.push(...foldCanary(detector, look, WATCH, DEFAULTS).changes)
      }
      const more: Partial<Look> = { ...looked, id: `m${i}`, endpoint: step.endpoint, sawHttp: step.sawHttp }
      changes.push(...foldLook(detector, aLook(step.verdict, now, more), WATCH, DEFAULTS).changes)
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
        foldLook(detector, aLook(verdict, T0 + 3600 * SECOND, { endpoint, vantage }), WATCH, DEFAULTS)
        if (detector.vantages[last.vantage] !== undefined) expect(others()).toBe(before)
      }),
      { numRuns: 100, seed: 2015 },
    )
  })
})

describe('topology', () => {
  test('a vantage, a service and an endpoint added by a reload -> watched from then on', () => {
    const desk = openDesk()
    desk.wellUntil(T0)
    const watch = {
      ...TRUSTED,
      services: [...TRUSTED.services, { id: 'vk', endpoints: [{ id: 'vk/www', role: 'primary' as const }] }],
      vantages: [...TRUSTED.vantages, { id: 'zet', country: 'TJ' }],
    }
    const changes = [0, 1, 2, 3].flatMap((s) => {
      const look = aLook(reset, T0 + s * SECOND, { service: 'vk', endpoint: 'vk/www', vantage: 'zet' })
      return foldLook(desk.detector, look, watch, DEFAULTS).changes
    })
    expect(story(changes)).toEqual(['opened blocked'])
  })
})

test('a week of looks at six endpoints -> a few kilobytes', () => {
  const desk = openDesk()
  for (let n = 0; n < 7 * 2880; n += 8) {
    for (const { endpoints } of TRUSTED.services) {
      for (const { id } of endpoints)
        desk.look(n % 100 === 0 ? silent : fine, T0 + n * 30 * SECOND, { endpoint: id })
    }
  }
  expect(JSON.stringify(desk.detector).length).toBeLessThan(6000)
})
