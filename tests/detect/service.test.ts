import { describe, expect, test } from 'vitest'
import { foldTick } from '../../src/detect/fold.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import {
  blockpage,
  down,
  fine,
  MINUTE,
  createHarness,
  reset,
  SECOND,
  silent,
  story,
  T0,
  TRUSTED,
  unjudged,
  type DetectorHarness,
} from './builders.ts'

const WWW = { endpoint: 'facebook/www' } as const
const M = { endpoint: 'facebook/m' } as const
const STATIC = { endpoint: 'facebook/static' } as const

/** Everything has been fine for half an hour, the last measurements ending just before T0. */
function aQuietHarness(): DetectorHarness {
  const harness = createHarness()
  for (const { endpoints } of TRUSTED.services) {
    for (const { id } of endpoints) harness.wellUntil(T0 - SECOND, { endpoint: id })
  }
  return harness
}
/** Looks at the first endpoint at these seconds after T0. */
function at(
  harness: DetectorHarness,
  seconds: readonly number[],
  verdict: Partial<Verdict>,
  more = {},
): void {
  for (const s of seconds) harness.measure(verdict, T0 + s * SECOND, more)
}
/** Silent looks, and what shows at these seconds that the line is well: quick looks at another service. */
function silentAt(
  harness: DetectorHarness,
  seconds: readonly number[],
  wellAt: readonly number[],
  more = {},
): void {
  at(harness, wellAt, fine, { ...more, endpoint: 'facebook/static' })
  at(harness, seconds, silent, more)
}
function every(stepS: number, fromS: number, untilS: number): number[] {
  return Array.from({ length: Math.floor((untilS - fromS) / stepS) + 1 }, (_, i) => fromS + i * stepS)
}

describe('opening', () => {
  test('two of three primary endpoints in doubt -> not yet; the third too -> open, for all that is said against them', () => {
    const [facebook, ...others] = TRUSTED.services
    const third = { id: 'facebook/third', role: 'primary' as const }
    const watch = {
      ...TRUSTED,
      services: [{ ...facebook!, endpoints: [...facebook!.endpoints, third] }, ...others],
    }
    const harness = createHarness(watch)
    const [www, m] = [WWW, M].map(({ endpoint }) => ({ endpoint, role: 'primary' as const }))
    for (const endpoint of [www!, m!, { endpoint: third.id, role: third.role }])
      harness.wellUntil(T0 - SECOND, endpoint)
    for (const where of [www!, m!]) at(harness, [0, 1], reset, where)
    expect(harness.changes).toEqual([])
    at(harness, [2], reset, { endpoint: third.id, role: third.role })
    expect(story(harness.changes)).toEqual(['opened blocked'])
  })

  test('resets at one primary endpoint -> blocked at the third, with onset, mechanism and evidence', () => {
    const harness = aQuietHarness()
    at(harness, [3, 4], reset)
    expect(harness.changes).toEqual([])
    at(harness, [5], reset)
    expect(story(harness.changes)).toEqual(['opened blocked'])
    expect(harness.changes[0]).toMatchObject({
      at: T0 + 5200,
      outage: {
        id: 'facebook.babilon.20150519T084503Z',
        service: 'facebook',
        vantage: 'babilon',
        mechanism: 'tls.sni-reset',
        onsetAfterAt: T0 - SECOND,
        onsetBeforeAt: T0 + 3200,
      },
    })
    expect(harness.changes[0]?.outage.evidence).toHaveLength(3)
  })

  test('all primary endpoints fail once, one of them twice -> three looks are three, whichever they are at', () => {
    const harness = aQuietHarness()
    at(harness, [3, 4], reset, WWW)
    at(harness, [4], reset, M)
    expect(story(harness.changes)).toEqual(['opened blocked'])
  })

  test('one primary endpoint fails twice, the other is fine -> not yet', () => {
    const harness = aQuietHarness()
    at(harness, [3, 4], reset, WWW)
    at(harness, [4], fine, M)
    expect(harness.changes).toEqual([])
  })

  test('an asset is gone -> no outage', () => {
    const harness = aQuietHarness()
    at(harness, every(1, 0, 60), reset, STATIC)
    expect(harness.changes).toEqual([])
  })

  test('never seen to be fine -> onset has no lower end', () => {
    const harness = createHarness()
    at(harness, every(1, 0, 5), reset)
    expect(harness.changes[0]?.outage.onsetAfterAt).toBeNull()
  })

  test('no control -> unreachable, and stays so', () => {
    const harness = aQuietHarness()
    at(harness, every(30, 0, 3600), unjudged)
    expect(story(harness.changes)).toEqual(['opened unreachable'])
  })

  test('a block page proved without control -> blocked', () => {
    const harness = aQuietHarness()
    at(harness, [1, 2, 3], blockpage, { sawHttp: true })
    expect(story(harness.changes)).toEqual(['opened blocked'])
  })

  test('down for the control too -> down', () => {
    const harness = aQuietHarness()
    at(harness, every(1, 0, 5), down)
    expect(story(harness.changes)).toEqual(['opened down'])
  })
})

describe('cause while it lasts', () => {
  test('one service silent alone -> unreachable, blocked within ten minutes, not before eight', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2, 5, 10, ...every(30, 30, 900)], silent)
    expect(story(harness.changes)).toEqual(['opened unreachable', 'cause blocked'])
    const blockedAt = harness.changes[1]!.at - T0
    expect(blockedAt).toBeGreaterThan(8 * MINUTE)
    expect(blockedAt).toBeLessThan(10 * MINUTE)
  })

  test('two services silent together -> both blocked once that has outlasted a burst of loss', () => {
    const harness = aQuietHarness()
    for (const s of [0, 1, 2, 5, 10, 20, 29, 31]) {
      for (const endpoint of ['youtube/www', 'asia-plus/www']) at(harness, [s], silent, { endpoint })
    }
    expect(story(harness.changes)).toEqual([
      'opened unreachable',
      'opened unreachable',
      'cause blocked',
      'cause blocked',
    ])
    expect(harness.changes[2]!.at - T0).toBe(41 * SECOND)
    expect(harness.changes[2]?.outage.causes.at(-1)?.reason).toContain('asia-plus')
    expect(harness.changes[3]?.outage.causes.at(-1)?.reason).toContain('youtube')
  })

  test('two services silent together, first looked at a whole round apart -> both blocked within a minute', () => {
    const harness = aQuietHarness()
    silentAt(harness, [0, 4, 5, 8, 13, 23, 30], [6, 9, 14, 24, 31], { endpoint: 'youtube/www' })
    silentAt(harness, [29, 33, 34, 37], [33, 38], { endpoint: 'asia-plus/www' })
    expect(story(harness.changes)).toEqual(['opened unreachable', 'opened blocked', 'cause blocked'])
    expect(harness.changes[2]!.at - T0).toBeLessThan(MINUTE)
  })

  test('one service silent, then, once it is fine again, another -> each on its own', () => {
    const harness = aQuietHarness()
    silentAt(harness, [0, 1, 2, 5], [3, 6], { endpoint: 'youtube/www' })
    at(harness, [30, 31, 32], fine, { endpoint: 'youtube/www' })
    silentAt(harness, [33, 34, 35, 38], [36, 39], { endpoint: 'asia-plus/www' })
    expect(story(harness.changes)).toEqual(['opened unreachable', 'closed unreachable', 'opened unreachable'])
  })

  test('the same service silent from two networks -> each is blocked at the next look, or tick', () => {
    const harness = aQuietHarness()
    harness.wellUntil(T0 - SECOND, { endpoint: 'youtube/www', vantage: 'tcell' })
    for (const vantage of ['babilon', 'tcell'])
      silentAt(harness, [0, 1, 2, 5], [3, 6], { endpoint: 'youtube/www', vantage })
    expect(story(harness.changes)).toEqual(['opened unreachable', 'opened blocked'])
    const { changes } = foldTick(harness.detector, T0 + 16 * SECOND, TRUSTED, harness.settings)
    expect(story(changes)).toEqual(['cause blocked'])
    expect(changes[0]?.outage.vantage).toBe('babilon')
    expect(foldTick(harness.detector, T0 + 17 * SECOND, TRUSTED, harness.settings).changes).toEqual([])
  })

  test('unreachable, then the control fails too -> down; the control comes back, resets here -> blocked', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2, 5], silent)
    at(harness, [30, 60, 90], down)
    at(harness, [120, 150, 180], reset)
    expect(story(harness.changes).slice(0, 3)).toEqual(['opened unreachable', 'cause down', 'cause blocked'])
    expect(harness.changes.at(-1)?.outage.causes.every(({ reason }) => reason.endsWith('.'))).toBe(true)
  })
})

describe('mechanism', () => {
  const nxdomain = {
    ...reset,
    layer: 'dns',
    mechanism: 'dns.nxdomain',
    failure: 'dns_nxdomain_error',
  } as const

  test('changes for good -> corrected after three looks, and kept', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2], reset)
    at(harness, [30, 60], nxdomain)
    expect(harness.changes).toHaveLength(1)
    at(harness, [90], nxdomain)
    expect(story(harness.changes)).toEqual(['opened blocked', 'cause blocked'])
    expect(harness.changes[1]?.outage.causes.map(({ mechanism }) => mechanism)).toEqual([
      'tls.sni-reset',
      'dns.nxdomain',
    ])
  })

  test('two endpoints fail in two ways -> the first name stays', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2], reset, WWW)
    for (const s of every(30, 30, 600)) {
      at(harness, [s, s + 1, s + 2, s + 3], nxdomain, M)
      at(harness, [s + 4], reset, WWW)
    }
    expect(story(harness.changes)).toEqual(['opened blocked'])
  })

  test('a lost packet now and then -> no correction', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2], reset)
    for (const s of every(30, 30, 600)) at(harness, [s], s % 90 === 0 ? silent : reset)
    expect(harness.changes).toHaveLength(1)
  })
})

describe('the end', () => {
  test('fine again -> closed after three looks, its end between the last failed and the first fine', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2, 30], reset)
    at(harness, [60, 61, 62], fine)
    expect(story(harness.changes)).toEqual(['opened blocked', 'closed blocked'])
    expect(harness.changes[1]?.outage).toMatchObject({
      endAfterAt: T0 + 30 * SECOND,
      endBeforeAt: T0 + 60 * SECOND + 200,
      closedAt: T0 + 62 * SECOND + 200,
    })
  })

  test('one primary endpoint back, the other not -> still open', () => {
    const harness = aQuietHarness()
    for (const s of [0, 1, 2]) for (const where of [WWW, M]) at(harness, [s], reset, where)
    at(harness, every(1, 30, 40), fine, WWW)
    expect(story(harness.changes)).toEqual(['opened blocked'])
    at(harness, every(1, 50, 60), fine, M)
    expect(story(harness.changes)).toEqual(['opened blocked', 'closed blocked'])
    expect(harness.changes[1]?.outage.endBeforeAt).toBe(T0 + 50 * SECOND + 200)
  })

  test('the end is never before the onset, though silent looks overlap', () => {
    const harness = aQuietHarness()
    silentAt(harness, [0, 1, 2, 5], [3, 6])
    at(harness, [16, 17, 18], fine)
    const { outage } = harness.changes.at(-1)!
    expect(outage.closedAt).not.toBeNull()
    expect(outage.endAfterAt).toBeGreaterThanOrEqual(outage.onsetBeforeAt)
    expect(outage.endBeforeAt).toBeGreaterThanOrEqual(outage.endAfterAt!)
  })

  test('back within ten minutes -> the same outage, reopened, still called what it was', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2], reset)
    at(harness, [60, 61, 62], fine)
    at(harness, every(1, 300, 310), silent)
    expect(story(harness.changes)).toEqual(['opened blocked', 'closed blocked', 'reopened blocked'])
    expect(harness.changes[2]?.outage).toMatchObject({
      id: harness.changes[0]?.outage.id,
      reopened: 1,
      closedAt: null,
    })
  })

  test('back by other means after a quarter of an hour, when the first is not forgotten yet -> another outage, from its own first look', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2, 3, 4], reset)
    at(harness, every(60, 60, 840), fine)
    at(harness, every(1, 900, 906), silent)
    expect(story(harness.changes).slice(0, 3)).toEqual([
      'opened blocked',
      'closed blocked',
      'opened unreachable',
    ])
    expect(harness.changes[2]?.outage).toMatchObject({ onsetAfterAt: T0 + 840 * SECOND })
  })

  test('back after an hour -> another outage', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2], reset)
    at(harness, every(30, 60, 3600), fine)
    at(harness, [3630, 3631, 3632], reset)
    expect(story(harness.changes)).toEqual(['opened blocked', 'closed blocked', 'opened blocked'])
    expect(harness.changes[2]?.outage.id).not.toBe(harness.changes[0]?.outage.id)
  })

  test('the endpoint that was out is no longer watched -> closed at the next tick', () => {
    const harness = aQuietHarness()
    at(harness, [0, 1, 2], reset, WWW)
    const watch = {
      ...TRUSTED,
      services: [{ id: 'facebook', endpoints: [{ id: 'facebook/m', role: 'primary' as const }] }],
    }
    const { changes } = foldTick(harness.detector, T0 + MINUTE, watch, harness.settings)
    expect(story(changes)).toEqual(['closed blocked'])
  })
})
