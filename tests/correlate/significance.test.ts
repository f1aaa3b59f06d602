import { describe, expect, test } from 'vitest'
import { rankCandidates } from '../../src/correlate/rank.ts'
import { poissonInterval, significance } from '../../src/correlate/significance.ts'
import { DEFAULTS } from '../../src/correlate/settings.ts'
import type { Incident } from '../../src/model/incident.ts'
import type { TriggerEvent } from '../../src/model/event.ts'
import { HOUR_MS, T0, aMeasuredIncident, anEvent, anIncident, hours } from './builders.ts'
import { makeWorld } from './world.ts'

const SPAN_HOURS = 50_000
const RECORD = { fromAt: T0, untilAt: T0 + SPAN_HOURS * HOUR_MS }
const SETTINGS = { ...DEFAULTS, shifts: 999 }
const REPORTED = { kind: 'reported', country: 'TJ' } as const
const run = (incidents: readonly Incident[], events: readonly TriggerEvent[]) =>
  significance(incidents, events, SETTINGS, RECORD, REPORTED)

/** No two gaps between events alike, so that only the true placing fits. */
const eventHours = [500, 3_100, 7_900, 13_000, 16_300, 22_750, 28_000, 33_333, 40_100, 47_000]
const events = eventHours.map((at, i) => anEvent({ id: `e${i}`, at: hours(at) }))
const followers = eventHours.map((at, i) => anIncident({ id: `i${i}`, onset: hours(at + 10, at + 16) }))

describe('poissonInterval', () => {
  // Garwood 1936, as tabulated everywhere
  test.each([
    [0, 0, 3.689],
    [1, 0.0253, 5.572],
    [10, 4.795, 18.39],
    [14, 7.654, 23.49],
    [100, 81.36, 121.63],
  ])('%i seen -> %f to %f', (count, low, high) => {
    const [from, to] = poissonInterval(count, 0.95)
    expect(from).toBeCloseTo(low, 2)
    expect(to).toBeCloseTo(high, 2)
  })
})

describe('significance', () => {
  test('every block follows an event -> all are counted, chance explains few, p is as small as it can be', () => {
    const found = run(followers, events)
    expect(found).toMatchObject({
      kind: 'reported',
      incidents: 10,
      leftOut: 0,
      events: 10,
      observed: 10,
      shifts: 999,
      p: 1 / 1_000,
    })
    expect(found.expected).toBeGreaterThan(0)
    expect(found.expected).toBeLessThan(1)
    expect(found.rateRatio).toBeCloseTo(10 / found.expected, 10)
    const [low, high] = found.interval!
    expect([low * found.expected, high * found.expected]).toEqual(
      poissonInterval(10, 0.95).map((x) => expect.closeTo(x, 8)),
    )
  })

  test('every block comes days before an event -> no sign of anything', () => {
    const before = eventHours.map((at, i) => anIncident({ id: `i${i}`, onset: hours(at - 130, at - 120) }))
    const found = run(before, events)
    expect(found.observed).toBe(0)
    expect(found.p).toBeGreaterThan(0.05)
    expect(found.interval![0]).toBe(0)
  })

  test('every event comes in the hours after a block -> none counts as its trigger', () => {
    const early = eventHours.map((at, i) => anIncident({ id: `i${i}`, onset: hours(at - 9, at - 3) }))
    expect(run(early, events).observed).toBe(0)
  })

  test('worlds of all kinds -> as many are counted as their rankings say', () => {
    const lag = { medianHours: 18, sigma: 1.4, shareBefore: 0.02, shareBeforeScheduled: 0.3 }
    for (let seed = 0; seed < 40; seed++) {
      const world = makeWorld(seed, (seed % 5) / 4, lag)
      const ranked = world.incidents.filter(
        (incident) => rankCandidates(incident, world.events, DEFAULTS, world.record).none! < 0.5,
      )
      const found = significance(
        world.incidents,
        world.events,
        { ...DEFAULTS, shifts: 0 },
        world.record,
        REPORTED,
      )
      expect(found.observed).toBe(ranked.length)
    }
  })

  test('enough pairs to be looked up in a table -> the numbers that computing each would give', () => {
    const many = eventHours.flatMap((at, i) =>
      Array.from({ length: 20 }, (_, k) =>
        anIncident({ id: `i${i}.${k}`, onset: hours(at + k * 7, at + k * 7 + 6) }),
      ),
    )
    const together = run(many, events)
    const apart = many.map((incident) => run([incident], events))
    expect(together.observed).toBe(apart.reduce((sum, { observed }) => sum + observed, 0))
    expect(together.expected).toBeCloseTo(
      apart.reduce((sum, { expected }) => sum + expected, 0),
      9,
    )
  })

  test('years of measured incidents -> answered in seconds', { timeout: 20_000 }, () => {
    const year = { fromAt: T0, untilAt: T0 + 8_760 * HOUR_MS }
    const incidents = Array.from({ length: 200 }, (_, i) =>
      aMeasuredIncident({ id: `i${i}`, onset: hours(60 + i * 40, 60 + i * 40 + 0.01 + (i % 7) / 1_000) }),
    )
    const days = Array.from({ length: 40 }, (_, i) =>
      anEvent({ id: `e${i}`, at: hours(i * 200, i * 200 + 24) }),
    )
    const found = significance(incidents, days, DEFAULTS, year, { kind: 'measured', country: 'TJ' })
    expect(found).toMatchObject({ incidents: 200, events: 40, shifts: 10_000 })
  })

  test('the caveat travels with the numbers, its own for each kind', () => {
    expect(run(followers, events).caveat).toContain('selection bias')
    const measured = significance([], [], SETTINGS, RECORD, { kind: 'measured', country: 'TJ' })
    expect(measured.caveat).not.toBe(run(followers, events).caveat)
  })

  test('measured and reported, and other countries -> never mixed', () => {
    const mixed = [
      ...followers,
      aMeasuredIncident({ onset: hours(9_000) }),
      anIncident({ id: 'kz', country: 'KZ' }),
    ]
    expect(run(mixed, [...events, anEvent({ id: 'kz', country: 'KZ' })])).toEqual(run(followers, events))
    const measured = significance(mixed, events, SETTINGS, RECORD, { kind: 'measured', country: 'TJ' })
    expect(measured).toMatchObject({ kind: 'measured', incidents: 1, leftOut: 0, observed: 0 })
  })

  test('an episode that hit four services -> counts once', () => {
    const [first, ...rest] = followers
    const wide = { ...first!, services: ['asia-plus', 'facebook', 'odnoklassniki', 'youtube'] }
    expect(run([wide, ...rest], events)).toEqual(run(followers, events))
  })

  test.each([
    ['open', { earliestAt: null, latestAt: hours(9_000).latestAt }],
    ['a month wide', hours(9_000, 9_720)],
    ['before the record', hours(-30, -20)],
    ['across its end', hours(SPAN_HOURS - 5, SPAN_HOURS + 5)],
  ])('an onset that is %s -> left out, and counted as such', (_, onset) => {
    expect(run([...followers, anIncident({ id: 'odd', onset })], events)).toEqual({
      ...run(followers, events),
      leftOut: 1,
    })
  })

  test.each([
    ['no incidents', [], events],
    ['no events', followers, []],
    ['neither', [], []],
  ])('%s -> p is 1 and no ratio is made up', (_, incidents, events) => {
    expect(run(incidents, events)).toMatchObject({
      observed: 0,
      expected: 0,
      p: 1,
      rateRatio: null,
      interval: null,
    })
  })

  test('events and onsets turned round the record together -> the same, over its edge too', () => {
    // by whole steps, the shifts land on the same places again
    const turned = (at: number) => (at + (SPAN_HOURS / 1_000) * 137) % SPAN_HOURS
    const there = run(
      eventHours.map((at, i) => anIncident({ id: `i${i}`, onset: hours((at + 13) % SPAN_HOURS) })),
      events,
    )
    const here = run(
      eventHours.map((at, i) => anIncident({ id: `i${i}`, onset: hours(turned(at + 13)) })),
      eventHours.map((at, i) => anEvent({ id: `e${i}`, at: hours(turned(at)) })),
    )
    expect(here.p).toBe(there.p)
    expect(here.observed).toBe(there.observed)
    expect(here.expected).toBeCloseTo(there.expected, 10)
  })

  test('an event just before the end of the record, a block just after its beginning -> near each other on the circle', () => {
    const late = [anEvent({ at: hours(SPAN_HOURS - 5) })]
    expect(run([anIncident({ onset: hours(7) })], late).observed).toBe(1)
    expect(run([anIncident({ onset: hours(SPAN_HOURS / 2) })], late).observed).toBe(0)
  })

  test('the same input twice -> the same output', () => {
    expect(run(followers, events)).toEqual(run(followers, events))
  })
})
