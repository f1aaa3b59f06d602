import { describe, expect, test } from 'vitest'
import { generateWorld, WORLD_DEFAULTS } from '../../src/evaluate/generate.ts'

const world = generateWorld({ ...WORLD_DEFAULTS, years: 3 })
const blocks = world.episodes.flat().filter((episode) => episode.kind === 'block')

test('the same seed -> the same world; another -> another', () => {
  const small = { ...WORLD_DEFAULTS, years: 0.1 }
  expect(generateWorld(small).episodes).toEqual(generateWorld(small).episodes)
  expect(generateWorld({ ...small, seed: 2 }).episodes).not.toEqual(generateWorld(small).episodes)
})

describe('three vantage-years', () => {
  test('everything that looks like a block is in it', () => {
    const kinds = new Set(world.episodes.flat().map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual([
      'block',
      'burst',
      'down',
      'fault',
      'flaky',
      'lossy',
      'offline',
      'stall',
    ])
  })

  test('blocks of every kind: whole, leaky at 30, 50 and 70 %, on an asset host, on all networks at once', () => {
    expect(new Set(blocks.map(({ share }) => share ?? 1))).toEqual(new Set([0.3, 0.5, 0.7, 1]))
    expect(blocks.some(({ endpoint }) => endpoint !== undefined)).toBe(true)
    expect(blocks.some(({ together }) => together)).toBe(true)
    expect(new Set(blocks.map(({ mechanism }) => mechanism)).size).toBe(15)
  })

  test('no block is shorter than ten minutes, and each is over before the trace is', () => {
    expect(Math.min(...blocks.map(({ from, to }) => to - from))).toBeGreaterThanOrEqual(600_000)
    expect(Math.max(...blocks.map(({ to }) => to))).toBeLessThan(world.spanMs)
  })

  test('what is gone for everybody is gone at the same moment from every vantage', () => {
    const down = world.episodes.map((episodes) => episodes.filter(({ kind }) => kind === 'down'))
    expect(down[0]!.length).toBeGreaterThan(20)
    for (const other of down) expect(other).toEqual(down[0])
  })

  test('the evening loses three times as many packets as the small hours', () => {
    expect(world.load(16)).toBeCloseTo(3, 5)
    expect(world.load(4)).toBe(1)
  })
})
