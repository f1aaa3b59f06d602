import { describe, expect, test } from 'vitest'
import { openServiceOutages } from '../../src/detect/detector.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import {
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
  WATCH,
  type Desk,
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

const diagnose = (desk: Desk, verdict: Partial<Verdict>, at: number, more: { id?: string } = {}) =>
  desk.look(verdict, at, { plan: 'diagnose', ...more })

/** Fine for half an hour, then looks every 5 s from T0 on until the outage is open. */
function anOutage(verdict: Partial<Verdict>, looks = 8): Desk {
  const desk = openDesk()
  desk.wellUntil(T0 - SECOND)
  for (let n = 0; n < looks; n++) desk.look(verdict, T0 + n * 5 * SECOND)
  expect(desk.changes[0]).toMatchObject({ kind: 'opened' })
  return desk
}

describe('a proof', () => {
  test('an outage that no control speaks about -> blocked at once, by what was proved, with the sentence as its reason', () => {
    const desk = anOutage(unjudged)
    expect(story(desk.changes)).toEqual(['opened unreachable'])
    diagnose(desk, proved, T0 + MINUTE, { id: 'diagnosis' })
    expect(story(desk.changes)).toEqual(['opened unreachable', 'cause blocked'])
    const { outage } = desk.changes[1]!
    expect(outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-reset' })
    expect(outage.causes.at(-1)?.reason).toBe('Resets follow the name www.facebook.com, not the address.')
    expect(outage.evidence).toContain('diagnosis')
  })

  test('already blocked by the same means -> the sentence is kept with it, once', () => {
    const desk = anOutage(reset)
    diagnose(desk, proved, T0 + MINUTE, { id: 'first' })
    diagnose(desk, proved, T0 + 2 * MINUTE, { id: 'second' })
    expect(story(desk.changes)).toEqual(['opened blocked', 'cause blocked'])
    expect(desk.changes[1]!.outage.causes.map(({ reason }) => reason).at(-1)).toMatch(/^Resets follow/)
    expect(desk.changes[1]!.outage.evidence).toContain('first')
  })

  test('the looks name a coarser mechanism -> corrected, and looks that go on so do not take it back', () => {
    const bogus = { ...reset, layer: 'dns', mechanism: 'dns.bogus', failure: null } as const
    const desk = anOutage(bogus)
    const injected = {
      ...proved,
      layer: 'dns',
      mechanism: 'dns.injection',
      rule: 'diagnosed_forged_on_path',
    } as const
    diagnose(desk, injected, T0 + MINUTE)
    expect(desk.changes.at(-1)?.outage.mechanism).toBe('dns.injection')
    for (let n = 0; n < 10; n++) desk.look(bogus, T0 + (2 + n) * MINUTE)
    expect(desk.changes.at(-1)?.outage.mechanism).toBe('dns.injection')
  })

  test('later the looks name a third mechanism -> that one: what was proved holds no longer', () => {
    const desk = anOutage(reset)
    diagnose(desk, proved, T0 + MINUTE)
    const dropped = { ...silent, layer: 'tls', mechanism: 'tls.sni-timeout' } as const
    for (let n = 0; n < 5; n++) desk.look(dropped, T0 + (2 + n) * MINUTE)
    expect(desk.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-timeout' })
  })

  test('while the control says down -> blocked; a control that fails on and on -> down after all', () => {
    const desk = anOutage(down)
    expect(desk.changes.at(-1)?.outage.cause).toBe('down')
    diagnose(desk, proved, T0 + MINUTE)
    expect(desk.changes.at(-1)?.outage.cause).toBe('down')
    desk.look(reset, T0 + 2 * MINUTE)
    diagnose(desk, proved, T0 + 3 * MINUTE)
    expect(desk.changes.at(-1)?.outage.cause).toBe('blocked')
    for (let n = 0; n < 6; n++) desk.look(down, T0 + (4 + n) * MINUTE)
    expect(desk.changes.at(-1)?.outage.cause).toBe('down')
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
    const desk = anOutage({ ...silent, mechanism: 'tcp.timeout' }, 5)
    for (let n = 0; n < 20; n++) diagnose(desk, byAddress, T0 + (40 + n) * SECOND)
    expect(desk.changes.at(-1)?.outage.cause).toBe('unreachable')
  })

  test.each([
    { name: 'nothing differs', verdict: nothing },
    { name: 'only an asset is concerned', verdict: { ...proved, rule: 'diagnosed_elsewhere', weight: 0 } },
    {
      name: 'the vantage was not well',
      verdict: { ...nothing, outcome: 'insufficient', rule: 'diagnosed_vantage_not_well' },
    },
  ] as const)('$name -> nothing moves', ({ verdict }) => {
    const desk = anOutage(unjudged)
    const before = JSON.stringify(desk.detector)
    expect(diagnose(desk, verdict, T0 + MINUTE).changes).toEqual([])
    expect(JSON.stringify(desk.detector)).toBe(before)
  })
})

describe('without an outage', () => {
  test('a proof while all is well, or while it is only in doubt -> opens nothing, and is not remembered', () => {
    const desk = openDesk()
    desk.wellUntil(T0 - SECOND)
    diagnose(desk, proved, T0)
    desk.look(unjudged, T0 + SECOND)
    diagnose(desk, proved, T0 + 2 * SECOND)
    expect(desk.changes).toEqual([])
    desk.look(fine, T0 + 30 * SECOND)
    for (let n = 0; n < 8; n++) desk.look(unjudged, T0 + MINUTE + n * 5 * SECOND)
    expect(story(desk.changes)).toEqual(['opened unreachable'])
  })

  test('a proof after it has ended -> closes nothing again, opens nothing', () => {
    const desk = anOutage(reset)
    for (let n = 0; n < 5; n++) desk.look(fine, T0 + MINUTE + n * 30 * SECOND)
    expect(desk.changes.at(-1)?.kind).toBe('closed')
    const told = desk.changes.length
    diagnose(desk, proved, T0 + 5 * MINUTE)
    expect(desk.changes).toHaveLength(told)
  })
})

test('which outages are to be diagnosed -> open ones of watched services, from vantages that are not cut off', () => {
  const desk = anOutage(reset)
  expect(openServiceOutages(desk.detector, TRUSTED)).toEqual([{ service: 'facebook', vantage: 'babilon' }])
  expect(openServiceOutages(desk.detector, { ...TRUSTED, services: [] })).toEqual([])
  const cut = openDesk(WATCH)
  for (let n = 0; n < 6; n++) cut.sweep(T0 + n * 30 * SECOND, n < 2 ? 'yes' : 'no')
  expect(openServiceOutages(cut.detector, WATCH)).toEqual([])
})
