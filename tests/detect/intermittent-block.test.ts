import { describe, expect, test } from 'vitest'
import { seeded } from '../../src/evaluate/random.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import {
  MINUTE,
  SECOND,
  T0,
  WATCH,
  fine,
  createHarness,
  reset,
  silent,
  story,
  type DetectorHarness,
} from './builders.ts'

const afterHello = { ...silent, layer: 'tls', mechanism: 'tls.sni-timeout', weight: 1 } as const
const down = { ...reset, outcome: 'down', mechanism: null, weight: -4 } as const

/** Looks every ten seconds, a share of which is hit. @returns when the last measurement ended */
function hits(
  harness: DetectorHarness,
  verdict: Partial<Verdict>,
  share: number,
  measurements: number,
  { from = T0 + MINUTE, seed = 1 } = {},
): number {
  const random = seeded(seed)
  for (let n = 0; n < measurements; n += 1)
    harness.measure(random() < share ? verdict : fine, from + n * 10 * SECOND)
  return from + measurements * 10 * SECOND
}

function desk(): DetectorHarness {
  const made = createHarness()
  made.wellUntil(T0)
  return made
}

describe('a censor that resets half of the looks', () => {
  test('goes on -> one outage, held open, called blocked by its mechanism', () => {
    const one = desk()
    hits(one, reset, 0.5, 300)
    expect(one.changes.filter(({ kind }) => kind === 'opened')).toHaveLength(1)
    expect(one.changes.at(-1)?.outage).toMatchObject({
      cause: 'blocked',
      mechanism: 'tls.sni-reset',
      closedAt: null,
    })
  })

  test('found late -> its onset is the first look that was hit, not the one that opened it', () => {
    const one = desk()
    const from = T0 + MINUTE
    for (let n = 0; n < 60; n += 1) one.measure(n % 2 === 0 ? reset : fine, from + n * 10 * SECOND)
    const { onsetAfterAt, onsetBeforeAt, openedAt } = one.changes[0]!.outage
    expect(onsetAfterAt).toBe(T0)
    expect(onsetBeforeAt).toBe(from + 200)
    expect(openedAt).toBeGreaterThan(from + MINUTE)
  })

  test('ends -> closed within some twenty fine looks, its end where they began', () => {
    const one = desk()
    const endedAt = hits(one, reset, 0.5, 200)
    for (let n = 0; n < 30; n += 1) one.measure(fine, endedAt + n * 10 * SECOND)
    const { kind, outage } = one.changes.at(-1)!
    expect(kind).toBe('closed')
    expect(outage.closedAt! - endedAt).toBeLessThan(5 * MINUTE)
    expect(outage.endBeforeAt! - endedAt).toBeLessThan(MINUTE)
  })
})

test.each([0.3, 0.5, 0.7])('silence after the hello on %d of the looks -> blocked', (share) => {
  const one = desk()
  hits(one, afterHello, share, 600)
  expect(one.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-timeout' })
})

describe('nothing comes back on half of the looks', () => {
  /** Half of the looks for two hours. @param sparedMs how long those take that are spared */
  function half(desk: DetectorHarness, sparedMs: number, beside: (at: number) => void = () => {}): string[] {
    const random = seeded(1)
    for (let n = 0; n < 720; n += 1) {
      const at = T0 + MINUTE + n * 10 * SECOND
      beside(at)
      if (random() < 0.5) desk.measure(silent, at)
      else desk.measure(fine, at, { endedAt: at + sparedMs })
    }
    return story(desk.changes)
  }

  test('nothing else is looked at -> open, not called blocked: it may be the line', () => {
    expect(half(desk(), 200)).toEqual(['opened unreachable'])
  })

  test('all else is fine and those spared are quick -> called blocked, not before a fault would be over', () => {
    const one = desk()
    one.wellUntil(T0, { endpoint: 'youtube/www' })
    expect(half(one, 200)).toEqual(['opened unreachable', 'cause blocked'])
    const { onsetBeforeAt, mechanism, causes } = one.changes[1]!.outage
    expect(mechanism).toBe('tcp.timeout')
    expect(one.changes[1]!.at - onsetBeforeAt).toBeGreaterThan(8 * MINUTE)
    expect(causes.at(-1)?.reason).toContain('others succeed')
  })

  test('those spared mostly took a second try -> a lossy path, never called blocked', () => {
    const one = desk()
    one.wellUntil(T0, { endpoint: 'youtube/www' })
    expect(half(one, 1200)).toEqual(['opened unreachable'])
  })

  test('another service fails as often -> not called blocked: it may be the line, or the resolver', () => {
    const one = desk()
    const other = seeded(2)
    const said = half(one, 200, (at) => {
      one.measure(other() < 0.5 ? silent : fine, at - 9 * SECOND, { endpoint: 'youtube/www' })
    })
    expect(said.filter((each) => each.endsWith('blocked'))).toEqual([])
  })

  test('another service is blocked as a whole -> called blocked: that one is explained', () => {
    const one = desk()
    one.wellUntil(T0, { endpoint: 'youtube/www' })
    one.wellUntil(T0, { endpoint: 'asia-plus/www' })
    const said = half(one, 200, (at) => void one.measure(reset, at - SECOND, { endpoint: 'youtube/www' }))
    expect(said).toEqual(['opened blocked', 'opened unreachable', 'cause blocked'])
  })

  test('a canary is gone too -> not called blocked', () => {
    const desk = createHarness(WATCH)
    desk.sweep(T0 - 61 * MINUTE, 'yes')
    desk.wellUntil(T0)
    desk.wellUntil(T0, { endpoint: 'youtube/www' })
    desk.sweep(T0, { 'canary/c': 'no' })
    expect(half(desk, 200)).toEqual(['opened unreachable'])
  })

  test('each is answered by fine looks begun after it -> counted all the same', () => {
    const one = desk()
    for (let n = 0; n < 360; n += 1) {
      const at = T0 + MINUTE + n * 20 * SECOND
      one.measure(fine, at + 5 * SECOND)
      one.measure(silent, at)
    }
    const [opened] = one.changes
    expect(opened).toMatchObject({
      kind: 'opened',
      outage: { cause: 'unreachable', mechanism: 'tcp.timeout' },
    })
    expect(opened!.outage.onsetBeforeAt).toBe(T0 + MINUTE + 10 * SECOND)
  })

  test('saved before quick ones were counted -> goes on, and is called blocked', () => {
    const one = desk()
    one.wellUntil(T0, { endpoint: 'youtube/www' })
    const { leak } = one.detector.vantages['babilon']!.endpoints['facebook/www']!
    Reflect.deleteProperty(leak, 'quietSure')
    Reflect.deleteProperty(leak, 'unhurried')
    expect(half(one, 200).at(-1)).toBe('cause blocked')
  })
})

describe('half of the packets to one service are lost', () => {
  const STEPS = [
    { layer: 'tcp', mechanism: 'tcp.timeout', weight: 0.7 },
    { layer: 'tls', mechanism: 'tls.sni-timeout', weight: 1 },
    { layer: 'http', mechanism: 'http.timeout', weight: 1 },
  ] as const

  test.each([1, 2, 3, 4, 5])(
    'fails at one step or another, and takes retries where it does not, seed %d -> unreachable while it lasts, never blocked',
    (seed) => {
      const one = desk()
      one.wellUntil(T0, { endpoint: 'youtube/www' })
      const random = seeded(seed)
      for (let n = 0; n < 720; n += 1) {
        const at = T0 + MINUTE + n * 10 * SECOND
        const step = STEPS[Math.floor(random() * 3)]!
        if (random() < 0.5) one.measure({ ...silent, ...step }, at, { sawHttp: step.layer === 'http' })
        else
          one.measure(fine, at, {
            endedAt: at + (random() < 0.2 ? 300 : 1000 + random() * 6000),
            sawHttp: true,
          })
      }
      const { outage } = one.changes.at(-1)!
      expect(one.changes.filter((change) => change.outage.cause !== 'unreachable')).toEqual([])
      expect(outage.closedAt).toBeNull()
      expect(outage.causes.length).toBeLessThanOrEqual(2)
    },
  )
})

test('silence after the hello that spares nothing -> not called intermittent, however often it is seen', () => {
  const one = desk()
  one.wellUntil(T0, { endpoint: 'youtube/www' })
  for (let n = 0; n < 60; n += 1) one.measure(afterHello, T0 + MINUTE + n * 2 * SECOND)
  expect(story(one.changes)).toEqual(['opened unreachable'])
})

describe('what is no leaky censor', () => {
  test.each([1, 2, 3, 4, 5])(
    'a front that resets 2 %% of the looks for a day, seed %d -> nothing',
    (seed) => {
      const one = desk()
      hits(one, reset, 0.02, 8640, { seed })
      expect(one.changes).toEqual([])
    },
  )

  test('a path that loses a fifth of the looks for four hours -> nothing called blocked, nothing held open', () => {
    const one = desk()
    hits(one, silent, 0.2, 1440)
    expect(story(one.changes).filter((said) => said.endsWith('blocked'))).toEqual([])
    expect(one.detector.vantages['babilon']!.endpoints['facebook/www']!.leak.holds).toBe(false)
  })

  test('half of the looks reset, and as many of the controls -> not called blocked', () => {
    const one = desk()
    const random = seeded(3)
    for (let n = 0; n < 600; n += 1) {
      const failed = random() < 0.5 ? reset : down
      one.measure(random() < 0.5 ? failed : fine, T0 + MINUTE + n * 10 * SECOND)
    }
    expect(one.detector.vantages['babilon']!.endpoints['facebook/www']!.leak.holds).toBe(false)
  })
})

test('a whole block with one look that got through -> closed after a handful of fine looks, as any', () => {
  const one = desk()
  const from = T0 + MINUTE
  for (let n = 0; n < 100; n += 1) one.measure(n === 50 ? fine : reset, from + n * 10 * SECOND)
  for (let n = 100; n < 110; n += 1) one.measure(fine, from + n * 10 * SECOND)
  expect(one.changes.at(-1)?.kind).toBe('closed')
  expect(one.changes.at(-1)!.at - (from + 1000 * SECOND)).toBeLessThan(MINUTE)
})

test('resets that come one at a time have been seen before -> three in a row are not called blocked at once', () => {
  const one = desk()
  for (let n = 0; n < 5; n += 1) {
    one.measure(reset, T0 + (1 + n * 5) * MINUTE)
    one.wellUntil(T0 + (5 + n * 5) * MINUTE, {}, 8)
  }
  const from = T0 + 60 * MINUTE
  one.wellUntil(from, {}, 10)
  for (let n = 1; n <= 4; n += 1) one.measure(reset, from + n * SECOND)
  expect(story(one.changes).filter((said) => said.endsWith('blocked'))).toEqual([])
  for (let n = 5; n <= 20; n += 1) one.measure(reset, from + n * 5 * SECOND)
  expect(story(one.changes).at(-1)).toBe('cause blocked')
})

test('resets seen at one host -> count as seen at the others: one front serves them', () => {
  const both = (elsewhere: string): string[] => {
    const one = desk()
    one.wellUntil(T0, { endpoint: 'facebook/m' })
    for (let n = 0; n < 5; n += 1) {
      one.measure(reset, T0 + (1 + n * 5) * MINUTE, { endpoint: elsewhere })
      one.wellUntil(T0 + (5 + n * 5) * MINUTE, { endpoint: elsewhere }, 8)
    }
    for (let n = 1; n <= 4; n += 1) one.measure(reset, T0 + 60 * MINUTE + n * SECOND)
    return story(one.changes)
  }
  expect(both('facebook/m')).toEqual(['opened unreachable'])
  expect(both('youtube/www')).toEqual(['opened blocked'])
})

test('pages hit now and then -> looks that go no further than TLS spare nothing', () => {
  const one = desk()
  const cut = { ...reset, layer: 'http', mechanism: 'http.reset' } as const
  one.measure(cut, T0 + MINUTE, { sawHttp: true })
  one.measure(fine, T0 + 2 * MINUTE, { sawHttp: true })
  const state = one.detector.vantages['babilon']!.endpoints['facebook/www']!
  const before = { ...state.leak }
  expect(state.needsHttp).toBe(false)
  expect(before.telling).toBeGreaterThan(0)
  one.measure(fine, T0 + 3 * MINUTE)
  expect(state.leak).toEqual(before)
  one.measure(fine, T0 + 4 * MINUTE, { sawHttp: true })
  expect(state.leak.telling).toBeLessThan(before.telling)
})
