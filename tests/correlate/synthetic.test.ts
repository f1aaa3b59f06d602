import { describe, expect, test } from 'vitest'
import { rankCandidates } from '../../src/correlate/rank.ts'
import { DEFAULTS } from '../../src/correlate/settings.ts'
import { significance } from '../../src/correlate/significance.ts'
import type { TrueLag } from './world.ts'
import { makeWorld } from './world.ts'

const AS_ASSUMED: TrueLag = { medianHours: 18, sigma: 1.4, shareBefore: 0.02, shareBeforeScheduled: 0.3 }
const SHARES = [0, 0.2, 0.5, 1]
const REPORTED = { kind: 'reported', country: 'TJ' } as const

/** Links by posterior, over 200 worlds: fifty each in which none, a fifth, half and all of the blocks have a cause. */
function linksOf(lag: TrueLag): { posterior: number; isTrue: boolean }[] {
  return SHARES.flatMap((share, k) =>
    Array.from({ length: 50 }, (_, seed) => makeWorld(1_000 * k + seed, share, lag)).flatMap((world) =>
      world.incidents.flatMap((incident) =>
        rankCandidates(incident, world.events, DEFAULTS, world.record).candidates.map(
          ({ event, posterior }) => ({
            posterior,
            isTrue: world.causes.get(incident.id) === event,
          }),
        ),
      ),
    ),
  )
}

function shareTrue(
  links: readonly { posterior: number; isTrue: boolean }[],
  low: number,
  high: number,
): number {
  const inside = links.filter(({ posterior }) => posterior >= low && posterior <= high)
  expect(inside.length).toBeGreaterThan(300)
  return inside.filter(({ isTrue }) => isTrue).length / inside.length
}

describe('calibration over 200 worlds of five years', () => {
  test('lags as assumed -> links at 0.8 to 1 are true three times in four or more, weaker ones accordingly less often', () => {
    const links = linksOf(AS_ASSUMED)
    expect(shareTrue(links, 0.8, 1)).toBeGreaterThanOrEqual(0.75)
    expect(shareTrue(links, 0.4, 0.6)).toBeGreaterThan(0.3)
    expect(shareTrue(links, 0.4, 0.6)).toBeLessThan(0.7)
    expect(shareTrue(links, 0, 0.1)).toBeLessThan(0.1)
  })

  test.each([
    ['half as long and more spread', { ...AS_ASSUMED, medianHours: 9, sigma: 1.65 }],
    ['twice as long, more before the event', { ...AS_ASSUMED, medianHours: 40, shareBefore: 0.05 }],
  ])('lags %s than assumed -> still three in four', (_, lag) => {
    expect(shareTrue(linksOf(lag), 0.8, 1)).toBeGreaterThanOrEqual(0.75)
  })
})

describe('p over 200 worlds', () => {
  const pOf = (seed: number, share: number) => {
    const world = makeWorld(seed, share, AS_ASSUMED)
    return significance(world.incidents, world.events, { ...DEFAULTS, shifts: 39 }, world.record, REPORTED).p
  }

  test('no causation -> p is uniform (Kolmogorov and Smirnov at 5 %, and no excess of small ones)', () => {
    const n = 200
    const ps = Array.from({ length: n }, (_, seed) => pOf(50_000 + seed, 0)).sort((a, b) => a - b)
    const distance = Math.max(...ps.map((p, i) => Math.max(Math.abs(p - i / n), Math.abs(p - (i + 1) / n))))
    expect(distance).toBeLessThan(1.36 / Math.sqrt(n))
    // binomial with 5 %: 10 expected, 18 or more once in a hundred
    expect(ps.filter((p) => p <= 0.05).length).toBeLessThan(18)
  })

  test('half of the blocks caused -> nearly every world shows it', () => {
    const found = Array.from({ length: 20 }, (_, seed) => pOf(70_000 + seed, 0.5)).filter((p) => p <= 0.05)
    expect(found.length).toBeGreaterThanOrEqual(18)
  })
})
