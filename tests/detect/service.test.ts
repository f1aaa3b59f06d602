import { describe, expect, test } from 'vitest'
import { foldTick } from '../../src/detect/fold.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import {
  blockpage,
  down,
  fine,
  MINUTE,
  openDesk,
  reset,
  SECOND,
  silent,
  story,
  T0,
  TRUSTED,
  unjudged,
  type Desk,
} from './builders.ts'

const WWW = { endpoint: 'facebook/www' } as const
const M = { endpoint: 'facebook/m' } as const
const STATIC = { endpoint: 'facebook/static' } as const

/** Everything has been fine for half an hour, the last looks ending just before T0. */
function aQuietDesk(): Desk {
  const desk = openDesk()
  for (const { endpoints } of TRUSTED.services) {
    for (const { id } of endpoints) desk.wellUntil(T0 - SECOND, { endpoint: id })
  }
  return desk
}
/** Looks at the first endpoint at these seconds after T0. */
function at(desk: Desk, seconds: readonly number[], verdict: Partial<Verdict>, more = {}): void {
  for (const s of seconds) desk.look(verdict, T0 + s * SECOND, more)
}
/** Silent looks, and what shows at these seconds that the line is well: quick looks at another service. */
function silentAt(desk: Desk, seconds: readonly number[], wellAt: readonly number[], more = {}): void {
  at(desk, wellAt, fine, { ...more, endpoint: 'facebook/static' })
  at(desk, seconds, silent, more)
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
    const desk = openDesk(watch)
    const [www, m] = [WWW, M].map(({ endpoint }) => ({ endpoint, role: 'primary' as const }))
    for (const endpoint of [www!, m!, { endpoint: third.id, role: third.role }])
      desk.wellUntil(T0 - SECOND, endpoint)
    for (const where of [www!, m!]) at(desk, [0, 1], reset, where)
    expect(desk.changes).toEqual([])
    at(desk, [2], reset, { endpoint: third.id, role: third.role })
    expect(story(desk.changes)).toEqual(['opened blocked'])
  })

  test('resets at one primary endpoint -> blocked at the third, with onset, mechanism and evidence', () => {
    const desk = aQuietDesk()
    at(desk, [3, 4], reset)
    expect(desk.changes).toEqual([])
    at(desk, [5], reset)
    expect(story(desk.changes)).toEqual(['opened blocked'])
    expect(desk.changes[0]).toMatchObject({
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
    expect(desk.changes[0]?.outage.evidence).toHaveLength(3)
  })

  test('all primary endpoints fail once, one of them twice -> three looks are three, whichever they are at', () => {
    const desk = aQuietDesk()
    at(desk, [3, 4], reset, WWW)
    at(desk, [4], reset, M)
    expect(story(desk.changes)).toEqual(['opened blocked'])
  })

  test('one primary endpoint fails twice, the other is fine -> not yet', () => {
    const desk = aQuietDesk()
    at(desk, [3, 4], reset, WWW)
    at(desk, [4], fine, M)
    expect(desk.changes).toEqual([])
  })

  test('an asset is gone -> no outage', () => {
    const desk = aQuietDesk()
    at(desk, every(1, 0, 60), reset, STATIC)
    expect(desk.changes).toEqual([])
  })

  test('never seen to be fine -> onset has no lower end', () => {
    const desk = openDesk()
    at(desk, every(1, 0, 5), reset)
    expect(desk.changes[0]?.outage.onsetAfterAt).toBeNull()
  })

  test('no control -> unreachable, and stays so', () => {
    const desk = aQuietDesk()
    at(desk, every(30, 0, 3600), unjudged)
    expect(story(desk.changes)).toEqual(['opened unreachable'])
  })

  test('a block page proved without control -> blocked', () => {
    const desk = aQuietDesk()
    at(desk, [1, 2, 3], blockpage, { sawHttp: true })
    expect(story(desk.changes)).toEqual(['opened blocked'])
  })

  test('down for the control too -> down', () => {
    const desk = aQuietDesk()
    at(desk, every(1, 0, 5), down)
    expect(story(desk.changes)).toEqual(['opened down'])
  })
})

describe('cause while it lasts', () => {
  test('one service silent alone -> unreachable, blocked within ten minutes, not before eight', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2, 5, 10, ...every(30, 30, 900)], silent)
    expect(story(desk.changes)).toEqual(['opened unreachable', 'cause blocked'])
    const blockedAt = desk.changes[1]!.at - T0
    expect(blockedAt).toBeGreaterThan(8 * MINUTE)
    expect(blockedAt).toBeLessThan(10 * MINUTE)
  })

  test('two services silent together -> both blocked once that has outlasted a burst of loss', () => {
    const desk = aQuietDesk()
    for (const s of [0, 1, 2, 5, 10, 20, 29, 31]) {
      for (const endpoint of ['youtube/www', 'asia-plus/www']) at(desk, [s], silent, { endpoint })
    }
    expect(story(desk.changes)).toEqual([
      'opened unreachable',
      'opened unreachable',
      'cause blocked',
      'cause blocked',
    ])
    expect(desk.changes[2]!.at - T0).toBe(41 * SECOND)
    expect(desk.changes[2]?.outage.causes.at(-1)?.reason).toContain('asia-plus')
    expect(desk.changes[3]?.outage.causes.at(-1)?.reason).toContain('youtube')
  })

  test('two services silent together, first looked at a whole round apart -> both blocked within a minute', () => {
    const desk = aQuietDesk()
    silentAt(desk, [0, 4, 5, 8, 13, 23, 30], [6, 9, 14, 24, 31], { endpoint: 'youtube/www' })
    silentAt(desk, [29, 33, 34, 37], [33, 38], { endpoint: 'asia-plus/www' })
    expect(story(desk.changes)).toEqual(['opened unreachable', 'opened blocked', 'cause blocked'])
    expect(desk.changes[2]!.at - T0).toBeLessThan(MINUTE)
  })

  test('one service silent, then, once it is fine again, another -> each on its own', () => {
    const desk = aQuietDesk()
    silentAt(desk, [0, 1, 2, 5], [3, 6], { endpoint: 'youtube/www' })
    at(desk, [30, 31, 32], fine, { endpoint: 'youtube/www' })
    silentAt(desk, [33, 34, 35, 38], [36, 39], { endpoint: 'asia-plus/www' })
    expect(story(desk.changes)).toEqual(['opened unreachable', 'closed unreachable', 'opened unreachable'])
  })

  test('the same service silent from two networks -> each is blocked at the next look, or tick', () => {
    const desk = aQuietDesk()
    desk.wellUntil(T0 - SECOND, { endpoint: 'youtube/www', vantage: 'tcell' })
    for (const vantage of ['babilon', 'tcell'])
      silentAt(desk, [0, 1, 2, 5], [3, 6], { endpoint: 'youtube/www', vantage })
    expect(story(desk.changes)).toEqual(['opened unreachable', 'opened blocked'])
    const { changes } = foldTick(desk.detector, T0 + 16 * SECOND, TRUSTED, desk.settings)
    expect(story(changes)).toEqual(['cause blocked'])
    expect(changes[0]?.outage.vantage).toBe('babilon')
    expect(foldTick(desk.detector, T0 + 17 * SECOND, TRUSTED, desk.settings).changes).toEqual([])
  })

  test('unreachable, then the control fails too -> down; the control comes back, resets here -> blocked', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2, 5], silent)
    at(desk, [30, 60, 90], down)
    at(desk, [120, 150, 180], reset)
    expect(story(desk.changes).slice(0, 3)).toEqual(['opened unreachable', 'cause down', 'cause blocked'])
    expect(desk.changes.at(-1)?.outage.causes.every(({ reason }) => reason.endsWith('.'))).toBe(true)
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
    const desk = aQuietDesk()
    at(desk, [0, 1, 2], reset)
    at(desk, [30, 60], nxdomain)
    expect(desk.changes).toHaveLength(1)
    at(desk, [90], nxdomain)
    expect(story(desk.changes)).toEqual(['opened blocked', 'cause blocked'])
    expect(desk.changes[1]?.outage.causes.map(({ mechanism }) => mechanism)).toEqual([
      'tls.sni-reset',
      'dns.nxdomain',
    ])
  })

  test('two endpoints fail in two ways -> the first name stays', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2], reset, WWW)
    for (const s of every(30, 30, 600)) {
      at(desk, [s, s + 1, s + 2, s + 3], nxdomain, M)
      at(desk, [s + 4], reset, WWW)
    }
    expect(story(desk.changes)).toEqual(['opened blocked'])
  })

  test('a lost packet now and then -> no correction', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2], reset)
    for (const s of every(30, 30, 600)) at(desk, [s], s % 90 === 0 ? silent : reset)
    expect(desk.changes).toHaveLength(1)
  })
})

describe('the end', () => {
  test('fine again -> closed after three looks, its end between the last failed and the first fine', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2, 30], reset)
    at(desk, [60, 61, 62], fine)
    expect(story(desk.changes)).toEqual(['opened blocked', 'closed blocked'])
    expect(desk.changes[1]?.outage).toMatchObject({
      endAfterAt: T0 + 30 * SECOND,
      endBeforeAt: T0 + 60 * SECOND + 200,
      closedAt: T0 + 62 * SECOND + 200,
    })
  })

  test('one primary endpoint back, the other not -> still open', () => {
    const desk = aQuietDesk()
    for (const s of [0, 1, 2]) for (const where of [WWW, M]) at(desk, [s], reset, where)
    at(desk, every(1, 30, 40), fine, WWW)
    expect(story(desk.changes)).toEqual(['opened blocked'])
    at(desk, every(1, 50, 60), fine, M)
    expect(story(desk.changes)).toEqual(['opened blocked', 'closed blocked'])
    expect(desk.changes[1]?.outage.endBeforeAt).toBe(T0 + 50 * SECOND + 200)
  })

  test('the end is never before the onset, though silent looks overlap', () => {
    const desk = aQuietDesk()
    silentAt(desk, [0, 1, 2, 5], [3, 6])
    at(desk, [16, 17, 18], fine)
    const { outage } = desk.changes.at(-1)!
    expect(outage.closedAt).not.toBeNull()
    expect(outage.endAfterAt).toBeGreaterThanOrEqual(outage.onsetBeforeAt)
    expect(outage.endBeforeAt).toBeGreaterThanOrEqual(outage.endAfterAt!)
  })

  test('back within ten minutes -> the same outage, reopened, still called what it was', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2], reset)
    at(desk, [60, 61, 62], fine)
    at(desk, every(1, 300, 310), silent)
    expect(story(desk.changes)).toEqual(['opened blocked', 'closed blocked', 'reopened blocked'])
    expect(desk.changes[2]?.outage).toMatchObject({
      id: desk.changes[0]?.outage.id,
      reopened: 1,
      closedAt: null,
    })
  })

  test('back by other means after a quarter of an hour, when the first is not forgotten yet -> another outage, from its own first look', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2, 3, 4], reset)
    at(desk, every(60, 60, 840), fine)
    at(desk, every(1, 900, 906), silent)
    expect(story(desk.changes).slice(0, 3)).toEqual([
      'opened blocked',
      'closed blocked',
      'opened unreachable',
    ])
    expect(desk.changes[2]?.outage).toMatchObject({ onsetAfterAt: T0 + 840 * SECOND })
  })

  test('back after an hour -> another outage', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2], reset)
    at(desk, every(30, 60, 3600), fine)
    at(desk, [3630, 3631, 3632], reset)
    expect(story(desk.changes)).toEqual(['opened blocked', 'closed blocked', 'opened blocked'])
    expect(desk.changes[2]?.outage.id).not.toBe(desk.changes[0]?.outage.id)
  })

  test('the endpoint that was out is no longer watched -> closed at the next tick', () => {
    const desk = aQuietDesk()
    at(desk, [0, 1, 2], reset, WWW)
    const watch = {
      ...TRUSTED,
      services: [{ id: 'facebook', endpoints: [{ id: 'facebook/m', role: 'primary' as const }] }],
    }
    const { changes } = foldTick(desk.detector, T0 + MINUTE, watch, desk.settings)
    expect(story(changes)).toEqual(['closed blocked'])
  })
})
