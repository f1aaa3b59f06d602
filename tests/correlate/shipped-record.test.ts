import { describe, expect, test } from 'vitest'
import { spanOf, widthHours } from '../../src/correlate/candidates.ts'
import { type Density, lagDensity } from '../../src/correlate/lag.ts'
import { rankCandidates } from '../../src/correlate/rank.ts'
import { DEFAULTS } from '../../src/correlate/settings.ts'
import { significance } from '../../src/correlate/significance.ts'
import { groupReports } from '../../src/incident/reports.ts'
import { isClosed } from '../../src/model/event.ts'
import { events, record } from './record.ts'

const { incidents } = groupReports(record.reports)
const rankings = new Map(
  incidents.map((incident) => [incident.id, rankCandidates(incident, events, DEFAULTS, record)]),
)
const dated = incidents.filter(({ onset }) => isClosed(onset) && widthHours(onset) <= 8 * 24)
const linked = dated.filter(({ documentedTriggers }) => documentedTriggers.length > 0)

test('33 episodes, three of them in two parts -> 36 incidents, 14 linked ones and 11 others dated within 8 days', () => {
  expect(new Set(record.reports.map(({ episode }) => episode)).size).toBe(33)
  expect(incidents).toHaveLength(36)
  expect(linked).toHaveLength(14)
  expect(dated).toHaveLength(25)
})

test.each([
  ['reported.tj-2015-05-28-asia-plus', 'halimov-video-1-2015-05-27'],
  ['reported.tj-2015-06-18-social', 'halimov-video-2-2015-06-18'],
])('%s -> its video comes first, at 0.9 or more', (incident, video) => {
  const [first] = rankings.get(incident)!.candidates
  expect(first).toMatchObject({ event: video, documented: true })
  expect(first!.posterior).toBeGreaterThanOrEqual(0.9)
})

test('linked and dated within 8 days -> the documented trigger is first or second in all but one at most', () => {
  const missed = linked.filter(
    ({ id }) =>
      !rankings
        .get(id)!
        .candidates.slice(0, 2)
        .some((candidate) => candidate.documented),
  )
  expect(missed.length).toBeLessThanOrEqual(1)
})

test('not linked and dated within 8 days -> no event above 0.5', () => {
  const above = dated
    .filter(({ documentedTriggers }) => documentedTriggers.length === 0)
    .filter(({ id }) => (rankings.get(id)!.candidates[0]?.posterior ?? 0) > 0.5)
  expect(above).toEqual([])
})

test.each(['reported.tj-2015-08-25-social', 'reported.tj-2018-12-asia-plus'])(
  '%s -> no strong trigger',
  (id) => {
    expect(rankings.get(id)!.candidates[0]?.posterior ?? 0).toBeLessThan(0.5)
  },
)

test('all rankings -> posteriors and none make 1, or nothing is said', () => {
  for (const { candidates, none } of rankings.values()) {
    const sum = candidates.reduce((total, { posterior }) => total + posterior, none ?? 1)
    expect(sum).toBeCloseTo(1, 12)
  }
})

test('undated events and reports -> kept, never correlated', () => {
  expect(events.some(({ id }) => id === 'passport-burning-video')).toBe(true)
  expect(
    [...rankings.values()].flatMap(({ candidates }) => candidates).map(({ event }) => event),
  ).not.toContain('passport-burning-video')
  expect(rankings.get('reported.tj-2015-pre-may-youtube')).toMatchObject({
    candidates: [],
    none: null,
    documentedTriggers: ['passport-burning-video'],
  })
})

test('onsets against events, over the record -> p of at most 0.001 and a rate ratio whose interval is far from 1', () => {
  const found = significance(incidents, events, DEFAULTS, record, { kind: 'reported', country: 'TJ' })
  expect(found).toMatchObject({ incidents: 25, leftOut: 11, events: 24, shifts: 10_000 })
  expect(found.p).toBeLessThanOrEqual(0.001)
  expect(found.interval![0]).toBeGreaterThan(2)
})

const wholeOf = ({ after, before }: Density) => after + before

describe('what the settings claim of the record', () => {
  test('lags of linked incidents -> no median and spread explain them better by 2 nats', () => {
    const spans = linked.flatMap(({ id, onset, documentedTriggers }) => {
      const trigger = documentedTriggers
        .map((event) => events.find((candidate) => candidate.id === event)!)
        // of two that are named, the one that came first is meant by the reports that came first
        .sort((a, b) => a.at.earliestAt! - b.at.earliestAt!)[0]!
      expect(rankings.has(id)).toBe(true)
      if (!isClosed(onset) || !isClosed(trigger.at) || trigger.scheduled || widthHours(trigger.at) > 8 * 24)
        return []
      return [spanOf(onset, trigger.at)]
    })
    expect(spans).toHaveLength(12)
    const likelihood = (medianLagHours: number, lagSigma: number) => {
      const density = lagDensity({ ...DEFAULTS, medianLagHours, lagSigma })
      return spans.reduce((sum, span) => sum + Math.log(wholeOf(density(span, false))), 0)
    }
    const best = Math.max(
      ...[4, 6, 8, 10, 12, 15, 18, 24, 36, 48, 72].flatMap((median) =>
        [0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.5].map((sigma) => likelihood(median, sigma)),
      ),
    )
    expect(best - likelihood(DEFAULTS.medianLagHours, DEFAULTS.lagSigma)).toBeLessThan(2)
  })

  test('at the horizon -> the density is under a hundredth of the rate of events', () => {
    const [any] = [...rankings.values()].flatMap(({ candidates }) => candidates)
    const atHorizon = wholeOf(
      lagDensity(DEFAULTS)({ leastLag: DEFAULTS.horizonHours, onsetWidth: 24, eventWidth: 24 }, false),
    )
    expect(atHorizon).toBeLessThan(any!.lambda / 100)
  })

  test('services of named triggers -> hit in 6 of 6', () => {
    const named = incidents.flatMap((incident) =>
      incident.documentedTriggers.flatMap((id) => {
        const event = events.find((candidate) => candidate.id === id)!
        const about = [...event.services, ...event.otherTargets]
        const hit = [...incident.services, ...incident.otherTargets]
        return about.length > 0 && isClosed(event.at) && hit.length > 0
          ? [about.some((one) => hit.includes(one))]
          : []
      }),
    )
    expect(named).toEqual(Array.from({ length: 6 }, () => true))
  })
})
