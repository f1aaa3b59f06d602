import { array, assert, integer, nat, property, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exponential, pick, seeded } from '../../src/evaluate/random.ts'
import { faults, type Episode, lineStateOf, WEEK } from '../../src/evaluate/world.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/model/time.ts'
import { monthlyBlocks } from '../simulation/monthly-blocks.ts'

const MEASUREMENT_MS = 12 * SECOND_MS
const SERVICES = ['facebook', 'youtube', 'odnoklassniki']

describe('the weather near a moment', () => {
  const episode = (from: number, to: number): Episode => ({ kind: 'offline', from, to })

  test('times that grow, and go back up to 40 s -> every spell that a look of 12 s would meet', () => {
    const episodes = array(
      tuple(nat(600), nat(90)).map(([from, length]) =>
        episode(from * SECOND_MS, (from + length) * SECOND_MS),
      ),
      { maxLength: 12 },
    )
    const steps = array(tuple(integer({ min: 0, max: 90 }), integer({ min: 0, max: 40 })), { maxLength: 40 })
    assert(
      property(episodes, steps, (all, moves) => {
        const { near } = lineStateOf(all)
        let furthest = 0
        for (const [on, back] of moves) {
          furthest += on * SECOND_MS
          for (const at of [furthest, Math.max(0, furthest - back * SECOND_MS)]) {
            const met = all.filter(({ from, to }) => from < at + MEASUREMENT_MS && to > at)
            expect(near(at)).toEqual(expect.arrayContaining(met))
            if (met.length === 0) expect(near(at)).toEqual([])
          }
        }
      }),
    )
  })

  test('a spell just over, or a look’s length away -> calm', () => {
    const { near } = lineStateOf([episode(20_000, 30_000)])
    expect([8_000, 8_001, 29_999, 30_000].map((at) => near(at).length)).toEqual([0, 1, 1, 0])
  })
})

describe('the ills of a network', () => {
  test('ten times as often -> about ten times as many; none of them a block, each after it began', () => {
    const count = (often: number) => faults(seeded(4), SERVICES, 52 * WEEK, often)
    const [usual, often] = [count(1), count(10)]
    expect(often.length / usual.length).toBeGreaterThan(8)
    expect(often.length / usual.length).toBeLessThan(12)
    expect(often.filter(({ kind, from, to }) => kind === 'block' || to < from || from >= 52 * WEEK)).toEqual(
      [],
    )
    expect(new Set(often.map(({ kind }) => kind))).toEqual(new Set(['offline', 'stall', 'lossy', 'fault']))
  })
})

describe('monthly blocks', () => {
  const MONTH = 30 * DAY_MS
  const blocks = monthlyBlocks(seeded(3), SERVICES, 3, 4 * MONTH + DAY_MS, MONTH)

  test('each service at each vantage once in each whole month, for a day, within that month', () => {
    expect(blocks.map((mine) => mine.length)).toEqual([12, 12, 12])
    for (const mine of blocks) {
      for (const [i, { from, to }] of mine.entries()) {
        const month = Math.floor(i / SERVICES.length)
        expect(to - from).toBe(DAY_MS)
        expect(Math.floor(from / MONTH)).toBe(month)
      }
    }
  })

  test('by turns -> alone, and all at every vantage at one moment', () => {
    const starts = (month: number) =>
      new Set(blocks.flatMap((mine) => mine.slice(month * 3, month * 3 + 3).map(({ from }) => from)))
    expect([0, 1, 2, 3].map((month) => starts(month).size)).toEqual([9, 1, 9, 1])
    const together = blocks.flat().filter((block) => block.kind === 'block' && block.together)
    expect(together).toHaveLength(18)
  })
})

describe('chance that can be replayed', () => {
  test('the same seed -> the same draws; seeds next to each other -> nothing in common', () => {
    const draws = (seed: number) => Array.from({ length: 50 }, seeded(seed))
    expect(draws(7)).toEqual(draws(7))
    expect(draws(7).filter((value) => draws(8).includes(value))).toEqual([])
  })

  test('a hundred thousand draws -> in [0, 1), as many in each tenth, and an exponential mean as asked for', () => {
    const random = seeded(1)
    const tenths = Array<number>(10).fill(0)
    let sum = 0
    for (let i = 0; i < 100_000; i++) {
      tenths[Math.floor(random() * 10)]! += 1
      sum += exponential(random, HOUR_MS)
    }
    // 95 is one standard deviation of each
    for (const n of tenths) expect(Math.abs(n - 10_000)).toBeLessThan(500)
    expect(Math.abs(sum / 100_000 / HOUR_MS - 1)).toBeLessThan(0.02)
  })

  test('a draw next to an end -> the first or the last of a list, and a finite time', () => {
    expect([pick(() => 0, SERVICES), pick(() => 1 - 2 ** -32, SERVICES)]).toEqual([
      'facebook',
      'odnoklassniki',
    ])
    expect(exponential(() => 0, HOUR_MS)).toBeCloseTo(0)
    expect(exponential(() => 1 - 2 ** -32, HOUR_MS)).toBeLessThan(23 * HOUR_MS)
  })
})
