import { expect, test } from 'vitest'
import {
  rankingText,
  reasonsText,
  sayLag,
  showLag,
  showNumber,
  showShare,
  showTargets,
  significanceText,
} from '../../src/commands/ranking-text.ts'
import type { Significance } from '../../src/model/correlation.ts'
import { aCandidate, aRanking } from './builders.ts'

test('a candidate and none -> every factor in one line, likeliest first, and who named it', () => {
  const lines = rankingText(aRanking({ candidates: [aCandidate({ documented: true })] }), false)
  expect(lines).toEqual([
    'posterior  lag         density/h  events/h  Bayes factor  x relevance  = weight  event',
    '0.995      -1 to 14 h  0.02       0.0002    100           2            200       a-video *',
    '0.005                                                                  1         none of them',
  ])
})

test('none of them is likeliest -> stands first', () => {
  const ranking = aRanking({ candidates: [aCandidate({ posterior: 0.1 })], none: 0.9 })
  expect(rankingText(ranking, false)[1]).toMatch(/^0\.900 .*none of them$/)
})

test('weak candidates -> counted together, save those a source names, or when everything is asked for', () => {
  const weak = ['b', 'c', 'd'].map((event) =>
    aCandidate({ event, posterior: 0.001, documented: event === 'c' }),
  )
  const ranking = aRanking({ candidates: [aCandidate({ posterior: 0.992 }), ...weak] })
  const short = rankingText(ranking, false).join('\n')
  expect(short).toMatch(/2 more with 0\.002 together$/)
  expect(short).toContain(' c *')
  expect(short).not.toMatch(/ [bd]$/m)
  expect(rankingText(ranking, true).filter((line) => / [bcd]( \*)?$/.test(line))).toHaveLength(3)
})

test('a weight held at 1 -> says so, or the sum would not come out', () => {
  const capped = aCandidate({ bayesFactor: 3, relevance: 2, weight: 1 })
  expect(rankingText(aRanking({ candidates: [capped] }), false)[1]).toContain(' 1 (capped) ')
})

test('an open onset -> no table, a sentence', () => {
  expect(rankingText(aRanking({ candidates: [], none: null }), true)).toEqual([
    expect.stringContaining('not known precisely enough'),
  ])
})

test('a named trigger that is no candidate -> still told', () => {
  expect(rankingText(aRanking({ documentedTriggers: ['a-rally'] }), false).at(-1)).toMatch(/a-rally$/)
})

test('reasons -> only of candidates that count', () => {
  const ranking = aRanking({ candidates: [aCandidate(), aCandidate({ event: 'b', posterior: 0.001 })] })
  expect(reasonsText(ranking)).toEqual(['a-video: the event concerns facebook, which was hit'])
})

test.each([
  { lag: [-1, 14], shown: '-1 to 14 h', said: 'between 1 h before and 14 h after it' },
  { lag: [2.166, 2.18], shown: '2.2 h', said: '2.2 h after it' },
  { lag: [-0.01, 30], shown: '0 to 30 h', said: 'between 0 h before and 30 h after it' },
  { lag: [84, 216], shown: '3.5 to 9 d', said: '3.5 to 9 d after it' },
  { lag: [-30, -4], shown: '-30 to -4 h', said: '4 to 30 h before it' },
] as const)('lag $lag -> $shown', ({ lag, shown, said }) => {
  expect(showLag(lag)).toBe(shown)
  expect(sayLag(lag)).toBe(said)
})

test.each([
  { share: 0, shown: '0.000' },
  { share: 1, shown: '1.000' },
  { share: 0.00002, shown: '<0.001' },
  { share: 0.99998, shown: '>0.999' },
  { share: 0.5, shown: '0.500' },
])('posterior $share -> $shown', ({ share, shown }) => {
  expect(showShare(share)).toBe(shown)
})

test.each([
  { value: 0, shown: '0' },
  { value: 12345.6, shown: '12,346' },
  { value: 95.4321, shown: '95.4' },
  { value: 0.000211, shown: '0.000211' },
  { value: 0.0000041, shown: '4.10e-6' },
])('number $value -> $shown', ({ value, shown }) => {
  expect(showNumber(value)).toBe(shown)
})

test.each([
  { services: [], otherTargets: [], shown: 'everything' },
  { services: ['facebook'], otherTargets: ['vk.com'], shown: 'facebook, vk.com' },
  { services: ['a', 'b', 'c'], otherTargets: ['d', 'e', 'f'], shown: 'a, b, c, d and 2 more' },
])('targets -> $shown', ({ shown, ...incident }) => {
  expect(showTargets(incident)).toBe(shown)
})

const found: Significance = {
  kind: 'reported',
  incidents: 25,
  leftOut: 11,
  events: 24,
  observed: 14,
  expected: 1.2,
  p: 0.0002,
  shifts: 10_000,
  rateRatio: 11.6,
  interval: [6.3, 19.4],
  level: 0.95,
  caveat: 'Reports follow news.',
}

test('significance -> counts, p, ratio with interval, what was left out, and the caveat last', () => {
  expect(significanceText(found)).toEqual([
    'Over the record, reported: 14 of 25 incidents are likelier to have followed one of 24 events than none; by chance it would be 1.2.',
    'p = 0.0002 (10,000 shifts); rate ratio 11.6 (95 % interval 6.3 to 19.4).',
    'Left out, because the onset is not known precisely enough or lies outside the record: 11.',
    'Reports follow news.',
  ])
})

test('nothing expected by chance -> no ratio, and nothing is divided by it', () => {
  const text = significanceText({ ...found, expected: 0, rateRatio: null, interval: null, leftOut: 0 }).join(
    ' ',
  )
  expect(text).not.toMatch(/ratio|Infinity|NaN|Left out/)
})
