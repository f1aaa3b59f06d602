import { describe, expect, test } from 'vitest'
import { openServiceOutages } from '../../src/detect/detector.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import {
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
  WATCH,
  type DetectorHarness,
} from './builders.ts'

/** trials that prove it, without saying whether the service is reached */
const proved: Partial<Verdict> = {
  reached: 'unknown',
  outcome: 'confirmed',
  layer: 'tls',
  mechanism: 'tls.sni-reset',
  rule: 'diagnosed_by_name',
  because: 'Resets follow the name www.facebook.com, not the address.',
  weight: 9,
}
/** trials that speak for it, and prove nothing */
const hinted: Partial<Verdict> = { ...proved, outcome: 'anomaly', weight: 4 }
const byAddress: Partial<Verdict> = {
  ...hinted,
  mechanism: 'tcp.refused',
  rule: 'diagnosed_by_address',
  because: 'The addresses fail.',
  weight: 2.5,
}
const nothing: Partial<Verdict> = {
  ...proved,
  outcome: 'ok',
  layer: null,
  mechanism: null,
  rule: 'diagnosed_nothing_differs',
  weight: 0,
}

const diagnose = (
  harness: DetectorHarness,
  verdict: Partial<Verdict>,
  at: number,
  more: { id?: string; endpoint?: string } = {},
) => harness.measure(verdict, at, { plan: 'diagnose', ...more })

/** Fine for half an hour, then looks every 5 s from T0 on until the outage is open. */
function anOutage(verdict: Partial<Verdict>, measurements = 8): DetectorHarness {
  const harness = createHarness()
  harness.wellUntil(T0 - SECOND)
  for (let n = 0; n < measurements; n++) harness.measure(verdict, T0 + n * 5 * SECOND)
  expect(harness.changes[0]).toMatchObject({ kind: 'opened' })
  return harness
}

describe('a proof', () => {
  test('an outage that no control speaks about -> blocked at once, by what was proved, with the sentence as its reason', () => {
    const harness = anOutage(unjudged)
    expect(story(harness.changes)).toEqual(['opened unreachable'])
    diagnose(harness, proved, T0 + MINUTE, { id: 'diagnosis' })
    expect(story(harness.changes)).toEqual(['opened unreachable', 'cause blocked'])
    const { outage } = harness.changes[1]!
    expect(outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-reset' })
    expect(outage.causes.at(-1)?.reason).toBe('Resets follow the name www.facebook.com, not the address.')
    expect(outage.evidence).toContain('diagnosis')
  })

  test('already blocked by the same means -> the sentence is kept with it, once', () => {
    const harness = anOutage(reset)
    diagnose(harness, proved, T0 + MINUTE, { id: 'first' })
    diagnose(harness, proved, T0 + 2 * MINUTE, { id: 'second' })
    expect(story(harness.changes)).toEqual(['opened blocked', 'cause blocked'])
    expect(harness.changes[1]!.outage.causes.map(({ reason }) => reason).at(-1)).toMatch(/^Resets follow/)
    expect(harness.changes[1]!.outage.evidence).toContain('first')
  })

  test('the looks name a coarser mechanism -> corrected, and looks that go on so do not take it back', () => {
    const bogus = { ...reset, layer: 'dns', mechanism: 'dns.bogus', failure: null } as const
    const harness = anOutage(bogus)
    const injected = {
      ...proved,
      layer: 'dns',
      mechanism: 'dns.injection',
      rule: 'diagnosed_forged_on_path',
    } as const
    diagnose(harness, injected, T0 + MINUTE)
    expect(harness.changes.at(-1)?.outage.mechanism).toBe('dns.injection')
    for (let n = 0; n < 10; n++) harness.measure(bogus, T0 + (2 + n) * MINUTE)
    expect(harness.changes.at(-1)?.outage.mechanism).toBe('dns.injection')
  })

  test('later the looks name a third mechanism -> that one: what was proved holds no longer', () => {
    const harness = anOutage(reset)
    diagnose(harness, proved, T0 + MINUTE)
    const dropped = { ...silent, layer: 'tls', mechanism: 'tls.sni-timeout' } as const
    for (let n = 0; n < 10; n++) harness.measure(dropped, T0 + (2 + n) * MINUTE)
    expect(harness.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-timeout' })
  })

  test('the control fails too, as the same filter makes it -> blocked at once, and for as long as it goes on', () => {
    const sameFilter = { ...down, layer: 'tls', mechanism: null } as const
    const harness = anOutage(sameFilter)
    expect(harness.changes.at(-1)?.outage.cause).toBe('down')
    diagnose(harness, proved, T0 + MINUTE)
    expect(harness.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-reset' })
    for (let n = 0; n < 60; n++) harness.measure(sameFilter, T0 + (2 + n) * MINUTE)
    expect(story(harness.changes)).toEqual(['opened down', 'cause blocked'])
  })

  test('the control fails in another way -> down after all, but only once that has lasted', () => {
    const elsewhere = { ...down, mechanism: null } as const
    const harness = anOutage(reset)
    diagnose(harness, proved, T0 + MINUTE)
    for (let n = 0; n < 18; n++) harness.measure(elsewhere, T0 + 2 * MINUTE + n * 30 * SECOND)
    expect(harness.changes.at(-1)?.outage.cause).toBe('blocked')
    for (let n = 18; n < 24; n++) harness.measure(elsewhere, T0 + 2 * MINUTE + n * 30 * SECOND)
    expect(harness.changes.at(-1)?.outage.cause).toBe('down')
    diagnose(harness, proved, T0 + 20 * MINUTE)
    expect(harness.changes.at(-1)?.outage.cause).toBe('blocked')
  })

  test.each([
    { name: 'nothing differs', later: nothing },
    { name: 'every name fails at the address', later: { ...byAddress, outcome: 'insufficient', weight: 0 } },
  ] as const)('a later diagnosis finds that $name -> the control is believed again', ({ later }) => {
    const sameFilter = { ...down, layer: 'tls', mechanism: null } as const
    const harness = anOutage(reset)
    diagnose(harness, proved, T0 + MINUTE)
    diagnose(harness, later, T0 + 2 * MINUTE)
    expect(harness.changes.at(-1)?.outage.cause).toBe('blocked')
    for (let n = 0; n < 12; n++) harness.measure(sameFilter, T0 + (3 + n) * MINUTE)
    expect(harness.changes.at(-1)?.outage.cause).toBe('down')
  })
})

describe('less than a proof', () => {
  test('trials that speak for a name -> evidence that adds up with the looks', () => {
    const alone = anOutage({ ...silent, mechanism: 'tls.sni-timeout' }, 5)
    expect(alone.changes.at(-1)?.outage.cause).toBe('unreachable')
    diagnose(alone, hinted, T0 + 30 * SECOND)
    expect(alone.changes.at(-1)?.outage.cause).toBe('unreachable')
    diagnose(alone, { ...hinted, weight: 5 }, T0 + 35 * SECOND)
    expect(alone.changes.at(-1)?.outage.cause).toBe('blocked')
  })

  test('an address that is dropped while neutral servers answer and the control connects there -> blocked within five minutes', () => {
    const dropped = { ...silent, mechanism: 'tcp.timeout' } as const
    const harness = anOutage(dropped, 5)
    diagnose(harness, { ...byAddress, mechanism: 'tcp.timeout', weight: 0.7 }, T0 + 40 * SECOND)
    for (let n = 1; n < 20; n++) harness.measure(dropped, T0 + n * 30 * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable', 'cause blocked'])
    const { at, outage } = harness.changes[1]!
    expect(at - T0).toBeGreaterThan(3 * MINUTE)
    expect(at - T0).toBeLessThan(5 * MINUTE)
    expect(outage.causes.at(-1)?.reason).toContain('neutral servers answer')
  })

  test('silence after the hello, and trials that speak for the name without proving it -> blocked within three minutes', () => {
    const dropped = { ...silent, layer: 'tls', mechanism: 'tls.sni-timeout', weight: 1 } as const
    const harness = anOutage(dropped, 5)
    diagnose(harness, { ...hinted, mechanism: 'tls.sni-timeout' }, T0 + MINUTE)
    for (let n = 2; n < 7; n++) harness.measure(dropped, T0 + n * 30 * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable', 'cause blocked'])
    expect(harness.changes[1]!.at - T0).toBeLessThan(3 * MINUTE)
  })

  test('silence after the hello and nothing proved -> as any silence, not in a minute', () => {
    const dropped = { ...silent, layer: 'tls', mechanism: 'tls.sni-timeout', weight: 1 } as const
    const harness = anOutage(dropped, 60)
    diagnose(harness, nothing, T0 + 61 * 5 * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable'])
    for (let n = 62; n < 130; n++) harness.measure(dropped, T0 + n * 5 * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable', 'cause blocked'])
    expect(harness.changes[1]!.outage.causes.at(-1)?.reason).toMatch(/^It has been unreachable for/)
  })

  test('the neutral servers fail alike, found after services that went together were called blocked -> taken back; resets are not', () => {
    const alike = {
      ...nothing,
      outcome: 'insufficient',
      rule: 'diagnosed_neutral_fail_alike',
      weight: -4,
    } as const
    const harness = createHarness()
    for (const endpoint of ['facebook/www', 'youtube/www', 'asia-plus/www'])
      harness.wellUntil(T0 - SECOND, { endpoint })
    for (const s of [0, 1, 2, 5, 10, 20, 29, 31])
      for (const endpoint of ['youtube/www', 'asia-plus/www'])
        harness.measure(silent, T0 + s * SECOND, { endpoint })
    for (const s of [32, 33, 34, 35]) harness.measure(reset, T0 + s * SECOND)
    expect(story(harness.changes).slice(2)).toEqual(['cause blocked', 'cause blocked', 'opened blocked'])
    diagnose(harness, alike, T0 + 50 * SECOND, { endpoint: 'youtube/www' })
    expect(harness.changes.slice(5).map(({ outage }) => `${outage.service} ${outage.cause}`)).toEqual([
      'youtube unreachable',
      'asia-plus unreachable',
    ])
    expect(harness.changes.at(-1)?.outage.causes.at(-1)?.reason).toMatch(/^Neutral servers fail/)
  })

  test('the neutral servers fail alike -> going together says nothing, until they are well again', () => {
    const alike = {
      ...nothing,
      outcome: 'insufficient',
      rule: 'diagnosed_neutral_fail_alike',
      weight: -4,
    } as const
    const both = (harness: DetectorHarness, at: number): void => {
      for (const endpoint of ['youtube/www', 'asia-plus/www']) harness.measure(silent, at, { endpoint })
    }
    const harness = createHarness()
    for (const endpoint of ['facebook/www', 'youtube/www', 'asia-plus/www'])
      harness.wellUntil(T0 - SECOND, { endpoint })
    for (const s of [0, 1, 2, 5, 10, 20, 29]) both(harness, T0 + s * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable', 'opened unreachable'])
    diagnose(harness, alike, T0 + 30 * SECOND, { endpoint: 'youtube/www' })
    for (const s of [31, 60, 90, 120]) both(harness, T0 + s * SECOND)
    expect(harness.changes).toHaveLength(2)
    diagnose(harness, nothing, T0 + 130 * SECOND, { endpoint: 'youtube/www' })
    expect(story(harness.changes).slice(2)).toEqual(['cause blocked', 'cause blocked'])
  })

  test('trials that speak for the address, again and again -> count once, as a fault says so too', () => {
    const harness = anOutage({ ...silent, mechanism: 'tcp.timeout' }, 5)
    for (let n = 0; n < 20; n++) diagnose(harness, byAddress, T0 + (40 + n) * SECOND)
    expect(harness.changes.at(-1)?.outage.cause).toBe('unreachable')
  })

  test('the resolver gives an address where nothing is, time and again -> counts once: a dead edge does so too', () => {
    const dead = { ...hinted, mechanism: 'dns.bogus', rule: 'diagnosed_resolver_gives_dead_address' } as const
    const harness = anOutage({ ...silent, mechanism: 'tcp.timeout' }, 5)
    for (let n = 0; n < 20; n++) diagnose(harness, { ...dead, weight: 3 }, T0 + (40 + n) * SECOND)
    expect(harness.changes.at(-1)?.outage.cause).toBe('unreachable')
  })

  test.each([
    { name: 'nothing differs', verdict: nothing },
    { name: 'only an asset is concerned', verdict: { ...proved, rule: 'diagnosed_elsewhere', weight: 0 } },
    {
      name: 'the vantage was not well',
      verdict: { ...nothing, outcome: 'insufficient', rule: 'diagnosed_vantage_not_well' },
    },
  ] as const)('$name -> nothing moves', ({ verdict }) => {
    const harness = anOutage(unjudged)
    const before = JSON.stringify(harness.detector)
    expect(diagnose(harness, verdict, T0 + MINUTE).changes).toEqual([])
    expect(JSON.stringify(harness.detector)).toBe(before)
  })
})

describe('without an outage', () => {
  test('a proof while all is well, or while it is only in doubt -> opens nothing, and is not remembered', () => {
    const harness = createHarness()
    harness.wellUntil(T0 - SECOND)
    diagnose(harness, proved, T0)
    harness.measure(unjudged, T0 + SECOND)
    diagnose(harness, proved, T0 + 2 * SECOND)
    expect(harness.changes).toEqual([])
    harness.measure(fine, T0 + 30 * SECOND)
    for (let n = 0; n < 8; n++) harness.measure(unjudged, T0 + MINUTE + n * 5 * SECOND)
    expect(story(harness.changes)).toEqual(['opened unreachable'])
  })

  test('a proof after it has ended -> closes nothing again, opens nothing', () => {
    const harness = anOutage(reset)
    for (let n = 0; n < 5; n++) harness.measure(fine, T0 + MINUTE + n * 30 * SECOND)
    expect(harness.changes.at(-1)?.kind).toBe('closed')
    const told = harness.changes.length
    diagnose(harness, proved, T0 + 5 * MINUTE)
    expect(harness.changes).toHaveLength(told)
  })
})

test('which outages are to be diagnosed -> open ones of watched services, from vantages that are not cut off', () => {
  const harness = anOutage(reset)
  expect(openServiceOutages(harness.detector, TRUSTED)).toEqual([{ service: 'facebook', vantage: 'babilon' }])
  expect(openServiceOutages(harness.detector, { ...TRUSTED, services: [] })).toEqual([])
  const cut = createHarness(WATCH)
  for (let n = 0; n < 6; n++) cut.sweep(T0 + n * 30 * SECOND, n < 2 ? 'yes' : 'no')
  expect(openServiceOutages(cut.detector, WATCH)).toEqual([])
})
