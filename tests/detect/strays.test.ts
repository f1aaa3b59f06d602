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

const refused = {
  ...reset,
  layer: 'tcp',
  mechanism: 'tcp.refused',
  failure: 'connection_refused',
  weight: 2.5,
} as const

/** Everything well for half an hour. */
function well(): DetectorHarness {
  const harness = createHarness(WATCH)
  harness.sweep(T0 - 30 * MINUTE, 'yes')
  for (const endpoint of HOSTS) harness.wellUntil(T0, { endpoint })
  return harness
}

interface Strewn {
  /** of everything that fails so, and of facebook */
  readonly share: number
  readonly of?: number
  readonly verdict: Partial<Verdict>
  readonly from?: number
  readonly seed?: number
}

const CONFIRM_AFTER_S = new Set([1, 2, 3, 5, 10, 20])
const ROUND_S = 30

/** Rounds with confirmations, the canaries asked afresh before whatever failed is judged. */
function strewn(
  harness: DetectorHarness,
  minutes: number,
  { share, of = share, verdict, from = T0, seed = 1 }: Strewn,
): void {
  const random = seeded(seed)
  const doubted = new Map<string, number>()
  for (let s = 1; s < minutes * 60; s += 1) {
    const at = from + s * SECOND
    const due = HOSTS.filter(
      (host, i) => s % ROUND_S === i * 7 || CONFIRM_AFTER_S.has(s - (doubted.get(host) ?? -Infinity)),
    )
    const hit = new Set(due.filter((host) => random() < (host.startsWith('facebook') ? of : share)))
    if (hit.size > 0 || s % ROUND_S === 0) {
      const said = WATCH.canaries.map(({ id }) => [id, random() < share ? 'no' : 'yes'] as const)
      harness.sweep(at, Object.fromEntries(said))
    }
    for (const endpoint of due) {
      const { suspicious } = harness.measure(hit.has(endpoint) ? verdict : fine, at, { endpoint })
      if (suspicious.length > 0) doubted.set(endpoint, s)
    }
  }
}

const blocks = (harness: DetectorHarness): string[] => [
  ...new Set(
    harness.changes.flatMap(({ outage }) => (outage.cause === 'blocked' ? [outage.service ?? ''] : [])),
  ),
]

describe('a box on the line that hits everything at random', () => {
  test.each(
    [reset, refused].flatMap((verdict) => [0.1, 0.2, 0.3, 0.4, 0.5].map((share) => ({ share, verdict }))),
  )('hits $share of all from one moment on, for half an hour, twenty times -> nothing is blocked', (how) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const harness = well()
      strewn(harness, 30, { ...how, seed })
      expect(blocks(harness), `seed ${seed}`).toEqual([])
    }
  })

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
