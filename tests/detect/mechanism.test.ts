import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../src/model/verdict.ts'
import {
  createHarness,
  fine,
  MINUTE,
  reset,
  SECOND,
  silent,
  story,
  T0,
  type DetectorHarness,
} from './builders.ts'

const dropped = { ...silent, mechanism: 'tcp.timeout' } as const
const afterHello = { ...silent, layer: 'tls', mechanism: 'tls.sni-timeout', weight: 1 } as const

function desk(): DetectorHarness {
  const harness = createHarness()
  for (const endpoint of ['facebook/www', 'youtube/www']) harness.wellUntil(T0, { endpoint })
  return harness
}

function measureAll(harness: DetectorHarness, verdicts: readonly Partial<Verdict>[], everyS = 10): void {
  verdicts.forEach((verdict, n) => harness.measure(verdict, T0 + SECOND + n * everyS * SECOND))
}

describe('a filter that drops whatever comes for a minute after a reset', () => {
  const minute = [reset, dropped, dropped, dropped, dropped, dropped, dropped]

  test('minute after minute -> blocked, and the mechanism stays what the resets name', () => {
    const harness = desk()
    measureAll(harness, Array.from({ length: 10 }, () => minute).flat())
    const { outage } = harness.changes.at(-1)!
    expect(outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-reset' })
    expect(new Set(outage.causes.map(({ mechanism }) => mechanism))).toEqual(new Set(['tls.sni-reset']))
  })

  test('and then nothing but silence for a quarter of an hour -> silence is the mechanism by then', () => {
    const harness = desk()
    measureAll(harness, [...minute, ...minute, ...Array.from({ length: 90 }, () => dropped)])
    expect(harness.changes.at(-1)?.outage.mechanism).toBe('tcp.timeout')
  })
})

test('silence at one step and then at another, by turns -> the mechanism does not wander', () => {
  const harness = desk()
  const turns = [dropped, dropped, dropped, dropped, afterHello, afterHello, afterHello]
  measureAll(harness, Array.from({ length: 20 }, () => turns).flat())
  const { causes } = harness.changes.at(-1)!.outage
  expect(new Set(causes.map(({ mechanism }) => mechanism))).toEqual(new Set(['tcp.timeout']))
})

test('half a minute on and a minute and a half off -> one outage, which says from the third time on that it comes and goes', () => {
  const harness = desk()
  for (let n = 0; n < 5; n += 1) {
    const at = T0 + n * 2 * MINUTE
    for (const s of [1, 2, 3]) harness.measure(reset, at + s * SECOND)
    for (const s of [31, 32, 33, 38, 48, 58, 68, 78, 88, 98, 108, 118]) harness.measure(fine, at + s * SECOND)
  }
  const { outage } = harness.changes.at(-1)!
  expect(new Set(harness.changes.map((change) => change.outage.id)).size).toBe(1)
  expect(outage.reopened).toBe(4)
  expect(outage.causes.filter(({ reason }) => reason.includes('It comes and goes'))).toHaveLength(3)
  expect(story(harness.changes).slice(0, 3)).toEqual(['opened blocked', 'closed blocked', 'reopened blocked'])
})
