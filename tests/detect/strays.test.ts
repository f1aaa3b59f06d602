import { describe, expect, test } from 'vitest'
import { seeded } from '../../src/evaluate/random.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import {
  createHarness,
  down,
  fine,
  MINUTE,
  reset,
  SECOND,
  silent,
  story,
  T0,
  WATCH,
  type DetectorHarness,
} from './builders.ts'

const HOSTS = ['facebook/www', 'facebook/m', 'youtube/www', 'asia-plus/www']

/** Everything well for half an hour. */
function well(): DetectorHarness {
  const harness = createHarness(WATCH)
  harness.sweep(T0 - 30 * MINUTE, 'yes')
  for (const endpoint of HOSTS) harness.wellUntil(T0, { endpoint })
  return harness
}

/** Looks at everything every five seconds: a share of all fails so, of facebook's another share. */
function strewn(
  harness: DetectorHarness,
  minutes: number,
  { share, of = share, verdict, from = T0, seed = 1 }: Strewn,
): void {
  const random = seeded(seed)
  for (let at = from + SECOND; at < from + minutes * MINUTE; at += 5 * SECOND) {
    harness.sweep(
      at,
      Object.fromEntries(WATCH.canaries.map(({ id }) => [id, random() < share ? 'no' : 'yes'])),
    )
    for (const endpoint of HOSTS) {
      const hit = random() < (endpoint.startsWith('facebook') ? of : share)
      harness.measure(hit ? verdict : fine, at + SECOND, { endpoint })
    }
  }
}

interface Strewn {
  readonly share: number
  readonly of?: number
  readonly verdict: Partial<Verdict>
  readonly from?: number
  readonly seed?: number
}

const blocks = (harness: DetectorHarness): string[] => [
  ...new Set(
    harness.changes.flatMap(({ outage }) => (outage.cause === 'blocked' ? [outage.service ?? ''] : [])),
  ),
]

describe('a box on the line that hits everything at random', () => {
  test.each([0.2, 0.3, 0.4, 0.5].flatMap((share) => [1, 2, 3, 4, 5].map((seed) => ({ share, seed }))))(
    'resets $share of all connections for half an hour, seed $seed -> nothing is blocked',
    (how) => {
      const harness = well()
      strewn(harness, 5, { ...how, share: how.share / 2, verdict: reset, from: T0 })
      strewn(harness, 25, { ...how, verdict: reset, from: T0 + 5 * MINUTE })
      expect(blocks(harness)).toEqual([])
    },
  )

  test('and a censor who resets every connection to one service besides -> that one is blocked, within three minutes', () => {
    const harness = well()
    strewn(harness, 10, { share: 0.2, verdict: reset })
    strewn(harness, 5, { share: 0.2, of: 1, verdict: reset, from: T0 + 10 * MINUTE })
    expect(blocks(harness)).toEqual(['facebook'])
    const called = harness.changes.find(({ outage }) => outage.cause === 'blocked')!
    expect(called.at - (T0 + 10 * MINUTE)).toBeLessThan(3 * MINUTE)
  })
})

test('several services are reset at once and the canaries are fine -> they do not hide each other', () => {
  const harness = well()
  for (const s of [1, 2, 3, 4, 5]) {
    harness.sweep(T0 + s * SECOND, 'yes')
    for (const endpoint of HOSTS) harness.measure(reset, T0 + s * SECOND, { endpoint })
  }
  expect(blocks(harness).sort()).toEqual(['asia-plus', 'facebook', 'youtube'])
  expect(harness.changes.at(-1)!.at - T0).toBeLessThan(6 * SECOND)
})

test('one service was blocked until a minute ago -> its resets are no strays, and another is found as quickly as ever', () => {
  const harness = well()
  for (const s of [1, 2, 3, 4]) harness.measure(reset, T0 + s * SECOND, { endpoint: 'youtube/www' })
  for (const s of [30, 31, 32, 33]) harness.measure(fine, T0 + s * SECOND, { endpoint: 'youtube/www' })
  for (const s of [90, 91, 92]) harness.measure(reset, T0 + s * SECOND)
  expect(story(harness.changes).at(-1)).toBe('opened blocked')
})

test('a fifth of all looks are lost everywhere, and the controls of one service twice in a row -> not down yet', () => {
  const twice = (harness: DetectorHarness): string[] => {
    for (const s of [1, 2, 3]) harness.measure(silent, T0 + 10 * MINUTE + s * SECOND)
    for (const s of [4, 5]) harness.measure(down, T0 + 10 * MINUTE + s * SECOND)
    return story(harness.changes)
  }
  expect(twice(well()).at(-1)).toBe('opened down')
  const harness = well()
  strewn(harness, 9, { share: 0.2, of: 0, verdict: silent })
  const before = harness.changes.length
  expect(
    twice(harness)
      .slice(before)
      .filter((each) => each.endsWith('down')),
  ).toEqual([])
})
