/**
 * Shortened runs of what tests/bench/detection.ts runs in full: the same worlds, fewer days, more ills to the week.
 */
import { describe, expect, test } from 'vitest'
import { quantile } from '../../src/model/statistics.ts'
import { blocksUnderLoss, lossOnly, ordinary } from './scenarios.ts'
import { longestMs } from './score.ts'
import { ANSWERING, SILENT } from '../../src/evaluate/world.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/model/time.ts'

describe('a lossy, faulty network without censor', () => {
  const { score } = ordinary({
    vantages: 3,
    spanMs: 12 * DAY_MS,
    illsOften: 10,
    blocksEveryMs: null,
    seed: 1,
  })

  test('the year of faults that befalls it -> nothing called blocked', () => {
    expect(score.outages.offline).toBeGreaterThan(50)
    expect(score.outages.unreachable).toBeGreaterThan(10)
    expect(score.falseBlocked).toEqual([])
  })

  test('where no path was gone -> hardly an outage, and none for five minutes', () => {
    expect(score.falseOutages.length).toBeLessThanOrEqual(2)
    expect(score.falseOutages.filter((o) => longestMs(o) > 5 * MINUTE_MS)).toEqual([])
    expect(score.falseVantage).toEqual([])
  })
})

describe('the same network with blocks of a day', () => {
  const { score } = ordinary({
    vantages: 3,
    spanMs: 16 * DAY_MS,
    illsOften: 1,
    blocksEveryMs: 8 * DAY_MS,
    seed: 4,
  })
  const of = (mechanisms: readonly string[], together?: boolean) =>
    score.blocks.filter(
      (b) => mechanisms.includes(b.mechanism) && (together ?? b.together) === b.together && !b.disturbed,
    )

  test('every block -> found, called blocked, by its own mechanism', () => {
    expect(score.blocks.length).toBe(3 * 4 * 2)
    expect(score.blocks.filter((b) => b.blockedMs === null || b.namedMechanism !== b.mechanism)).toEqual([])
    expect(score.falseBlocked).toEqual([])
  })

  test('mechanisms that answer -> open within a heartbeat and five seconds', () => {
    for (const { openedMs } of of(ANSWERING)) expect(openedMs).toBeLessThan(35 * SECOND_MS)
  })

  test('silence of one service alone -> blocked within ten minutes', () => {
    expect(of(SILENT, false).length).toBeGreaterThan(0)
    for (const { blockedMs } of of(SILENT, false)) expect(blockedMs).toBeLessThan(10 * MINUTE_MS)
  })

  test('silence of several services or networks together -> blocked within a minute', () => {
    expect(of(SILENT, true).length).toBeGreaterThan(0)
    for (const { blockedMs } of of(SILENT, true)) expect(blockedMs).toBeLessThan(MINUTE_MS)
  })
})

describe.each([0.1, 0.2])('%d of all packets lost, heartbeats every 20 s', (loss) => {
  test('no censor -> nothing called blocked', () => {
    const { score } = lossOnly(loss, 4, 6 * HOUR_MS, 7)
    expect(score.falseBlocked).toEqual([])
    expect(score.falseOutages.length).toBeLessThanOrEqual(1)
  })

  test('blocks -> open in 14 s, median, and 10 s later when nothing answers; none false', () => {
    const { score } = blocksUnderLoss(loss, 4, DAY_MS, 8)
    const opened = (mechanisms: readonly string[]): number[] =>
      score.blocks.filter((b) => mechanisms.includes(b.mechanism)).map((b) => b.openedMs ?? Infinity)
    expect(quantile(opened(ANSWERING), 0.5)).toBeLessThan(14 * SECOND_MS)
    expect(quantile(opened(SILENT), 0.5)).toBeLessThan(24 * SECOND_MS)
    expect(score.falseBlocked).toEqual([])
  })
})

test('the same seed -> the same outages to the millisecond', () => {
  const play = () =>
    ordinary({ vantages: 2, spanMs: 2 * DAY_MS, illsOften: 20, blocksEveryMs: null, seed: 3 }).told
  const told = play()
  expect(told.length).toBeGreaterThan(10)
  expect(play()).toEqual(told)
})
