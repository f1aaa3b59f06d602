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
  more: { id?: string } = {},
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
    for (let n = 0; n < 5; n++) harness.measure(dropped, T0 + (2 + n) * MINUTE)
    expect(harness.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-timeout' })
  })

  test('while the control says down -> blocked; a control that fails on and on -> down after all', () => {
    const harness = anOutage(down)
    expect(harness.changes.at(-1)?.outage.cause).toBe('down')
    diagnose(harness, proved, T0 + MINUTE)
    expect(harness.changes.at(-1)?.outage.cause).toBe('down')
    harness.measure(reset, T0 + 2 * MINUTE)
    diagnose(harness, proved, T0 + 3 * MINUTE)
    expect(harness.changes.at(-1)?.outage.cause).toBe('blocked')
    for (let n = 0; n < 6; n++) harness.measure(down, T0 + (4 + n) * MINUTE)
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

  test('trials that speak for the address, again and again -> count once, as a fault says so too', () => {
    const harness = anOutage({ ...silent, mechanism: 'tcp.timeout' }, 5)
    for (let n = 0; n < 20; n++) diagnose(harness, byAddress, T0 + (40 + n) * SECOND)
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
