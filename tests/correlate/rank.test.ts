import { describe, expect, test } from 'vitest'
import { rankCandidates } from '../../src/correlate/rank.ts'
import { DEFAULTS } from '../../src/correlate/settings.ts'
import type { Incident } from '../../src/model/incident.ts'
import type { TriggerEvent } from '../../src/model/event.ts'
import { HOUR_MS, T0, aMeasuredIncident, anEvent, anIncident, hours } from './builders.ts'

const RECORD = { fromAt: T0 - 26_280 * HOUR_MS, untilAt: T0 + 26_280 * HOUR_MS }
/** Far from everything, so that the rate of events is what it is on the shipped record: two a year. */
const others = Array.from({ length: 11 }, (_, i) =>
  anEvent({ id: `other${i}`, at: hours(-26_000 + i * 2_000) }),
)
const rank = (incident: Incident, ...events: TriggerEvent[]) =>
  rankCandidates(incident, [...events, ...others], DEFAULTS, RECORD)

describe('the sum', () => {
  test('a block 18 h after a video -> every factor leads to the next, and all posteriors with none make 1', () => {
    const ranking = rank(
      anIncident(),
      anEvent({ services: ['facebook'] }),
      anEvent({ id: 'rally', at: hours(-90) }),
    )
    const total = ranking.candidates.reduce((sum, c) => sum + c.weight, ranking.noneWeight)
    for (const c of ranking.candidates) {
      expect(c.lambda).toBeCloseTo(13 / 52_560, 12)
      expect(c.bayesFactor).toBeCloseTo(c.density / c.lambda, 12)
      expect(c.weight).toBeCloseTo(c.bayesFactor * c.relevance, 12)
      expect(c.posterior).toBeCloseTo(c.weight / total, 12)
    }
    expect(ranking.candidates.map((c) => c.event)).toEqual(['video', 'rally'])
    expect(ranking.candidates.reduce((sum, c) => sum + c.posterior, ranking.none!)).toBeCloseTo(1, 12)
    expect(ranking.candidates[0]!.posterior).toBeGreaterThan(0.95)
  })

  test('lag -> from the last moment of the event to the first of the onset, and the other way round', () => {
    const { candidates } = rank(anIncident({ onset: hours(18, 20) }), anEvent({ at: hours(0, 6) }))
    expect(candidates[0]!.lagHours).toEqual([12, 20])
  })

  test('two events at the same moment -> they share it, in order of their names', () => {
    const { candidates, none } = rank(anIncident(), anEvent({ id: 'b' }), anEvent({ id: 'a' }))
    expect(candidates.map((c) => c.event)).toEqual(['a', 'b'])
    expect(candidates[0]!.posterior).toBe(candidates[1]!.posterior)
    expect(candidates[0]!.posterior).toBeGreaterThan(0.48)
    expect(none).toBeLessThan(0.02)
  })

  test('events in another order -> the same ranking', () => {
    const events = [
      anEvent(),
      anEvent({ id: 'rally', at: hours(-50) }),
      anEvent({ id: 'law', at: hours(-3) }),
    ]
    expect(rank(anIncident(), ...events.toReversed())).toEqual(rank(anIncident(), ...events))
  })

  test('a busier record -> the same lag says less', () => {
    const busy = Array.from({ length: 300 }, (_, i) => anEvent({ id: `busy${i}`, at: hours(3_000 + i * 60) }))
    const quiet = rank(anIncident(), anEvent()).candidates[0]!
    const hurried = rank(anIncident(), anEvent(), ...busy).candidates[0]!
    expect(hurried.density).toBe(quiet.density)
    expect([quiet.posterior > 0.95, hurried.posterior < 0.8]).toEqual([true, true])
  })
})

describe('none of them', () => {
  test('no event within months -> none, for sure', () => {
    expect(rank(anIncident())).toMatchObject({ candidates: [], none: 1 })
  })

  test('the only event was three weeks before -> none is likelier', () => {
    expect(rank(anIncident({ onset: hours(504) }), anEvent()).none).toBeGreaterThan(0.8)
  })

  test('the event came two days after the block -> it counts against it', () => {
    const { none, candidates } = rank(anIncident({ onset: hours(-48) }), anEvent())
    expect(none).toBeGreaterThan(0.6)
    expect(candidates[0]!.reasons).toEqual(['the outage came first, which counts against the event'])
  })

  test.each([0.1, 1, 2, 3, 6, 12, 24])(
    'an unplanned event %f h after the block -> all but ruled out',
    (lag) => {
      const { none, candidates } = rank(
        anIncident({ onset: hours(-lag) }),
        anEvent({ services: ['facebook'] }),
      )
      expect(candidates[0]!.weight).toBeLessThanOrEqual(DEFAULTS.shareBefore * DEFAULTS.sameService)
      expect(candidates[0]!.weight).toBeGreaterThan(0)
      expect(none).toBeGreaterThan(0.95)
      expect(candidates[0]!.reasons.at(-1)).toBe('the outage came first, which counts against the event')
    },
  )

  test('the same hours after the block, but announced -> as its lag has it', () => {
    const { candidates } = rank(anIncident({ onset: hours(-6) }), anEvent({ scheduled: true }))
    expect(candidates[0]!.weight).toBeCloseTo(candidates[0]!.bayesFactor, 12)
    expect(candidates[0]!.weight).toBeGreaterThan(10)
  })

  test('which came first is not certain -> only what may lie after the event speaks for it', () => {
    const weight = (hoursLeft: number) =>
      rank(anIncident({ onset: hours(-24, hoursLeft) }), anEvent({ at: hours(0, 1) })).candidates[0]!.weight
    const steps = [0, 0.1, 1, 6, 24].map(weight)
    expect(steps[0]).toBeLessThanOrEqual(DEFAULTS.shareBefore)
    expect(steps, 'the more of it, the more it weighs').toEqual([...steps].sort((a, b) => a - b))
    expect(steps[1]! - steps[0]!, 'and without a leap').toBeLessThan(0.02)
    expect(steps[4]).toBeGreaterThan(20)
  })

  test('the same, but the event had been announced -> likelier than none', () => {
    const { none, candidates } = rank(anIncident({ onset: hours(-48) }), anEvent({ scheduled: true }))
    expect(none).toBeLessThan(0.4)
    expect(candidates[0]!.reasons).toEqual(['the outage came first, as can happen before an announced event'])
  })
})

describe('who takes part', () => {
  test.each([
    ['a release', { role: 'release' }],
    ['context', { role: 'context' }],
    ['a mechanism', { role: 'mechanism' }],
    ['an event abroad', { country: 'KZ' }],
    ['an undated event', { at: { earliestAt: null, latestAt: null } }],
    ['an event with an open beginning', { at: { earliestAt: null, latestAt: T0 } }],
  ] as const)('%s -> never a candidate', (_, shown) => {
    expect(rank(anIncident(), anEvent(shown)).candidates).toEqual([])
  })

  test.each([
    [60 * 24 + 18, 1],
    [60 * 24 + 19, 0],
    [-60 * 24 + 18, 1],
    [-60 * 24 + 17, 0],
  ])('an event %i h from the onset at 18 h -> %i candidates: sixty days either way', (onsetFromEvent, n) => {
    const at = hours(18 - (onsetFromEvent - 18))
    expect(rank(anIncident(), anEvent({ at })).candidates).toHaveLength(n)
  })

  test.each([hours(0).latestAt, null])(
    'an onset that is open (closes at %s) -> nothing is said',
    (latestAt) => {
      expect(rank(anIncident({ onset: { earliestAt: null, latestAt } }), anEvent())).toMatchObject({
        candidates: [],
        none: null,
      })
    },
  )

  test('a measured incident known to half a minute -> ranked like any other', () => {
    const onset = { earliestAt: T0 + 2 * HOUR_MS, latestAt: T0 + 2 * HOUR_MS + 30_000 }
    const { kind, none, candidates } = rank(aMeasuredIncident({ onset }), anEvent({ at: hours(0) }))
    expect({ kind, posterior: candidates[0]!.posterior > 0.95, none: none! < 0.05 }).toEqual({
      kind: 'measured',
      posterior: true,
      none: true,
    })
  })
})

describe('what is no evidence', () => {
  test('a source names the trigger -> it is marked, and not a digit changes', () => {
    const events = [anEvent(), anEvent({ id: 'rally', at: hours(-50) })]
    const named = rank(anIncident({ documentedTriggers: ['rally', 'undated'] }), ...events)
    const silent = rank(anIncident(), ...events)
    expect(named.candidates.map((c) => c.documented)).toEqual([false, true])
    expect(named.documentedTriggers).toEqual(['rally', 'undated'])
    expect(named.candidates.map((c) => ({ ...c, documented: false }))).toEqual(silent.candidates)
    expect(named.none).toBe(silent.none)
  })

  test.each([
    ['an event known to the month', { at: hours(-700, 0) }, {}],
    ['an onset known to the month', {}, { onset: hours(0, 700) }],
  ])('%s -> shown, but never above even odds, relevance or not', (_, event, incident) => {
    const { candidates, none } = rank(anIncident(incident), anEvent({ services: ['facebook'], ...event }))
    expect(candidates[0]!.bayesFactor * candidates[0]!.relevance).toBeGreaterThan(4)
    expect(candidates[0]).toMatchObject({ weight: 1, posterior: 0.5 })
    expect(candidates[0]!.reasons.at(-1)).toContain('dated too loosely')
    expect(none).toBe(0.5)
  })

  test('a loosely dated event beside a well dated one -> takes little from it', () => {
    const { candidates } = rank(anIncident(), anEvent(), anEvent({ id: 'month', at: hours(-300, 300) }))
    expect(candidates[0]).toMatchObject({ event: 'video' })
    expect(candidates[0]!.posterior).toBeGreaterThan(0.9)
  })
})
