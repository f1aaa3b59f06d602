import { beforeEach, expect, test } from 'vitest'
import { createDiagnoses, type Diagnoses, type OpenOutage } from '../../src/watch/diagnoses.ts'
import type { Outage, OutageChange } from '../../src/model/outage.ts'
import type { Health } from '../../src/model/vantage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const T0 = Date.UTC(2015, 4, 19, 9)

const YOUTUBE: OpenOutage = { service: 'youtube', vantage: 'babilon' }
const FACEBOOK: OpenOutage = { service: 'facebook', vantage: 'babilon' }
const ELSEWHERE: OpenOutage = { service: 'youtube', vantage: 'tcell' }

/** Those begun, in order. */
let begun: OpenOutage[]
let open: OpenOutage[]
let health: Health
let enabled: boolean
let diagnoses: Diagnoses

beforeEach(() => {
  begun = []
  open = []
  health = 'online'
  enabled = true
  diagnoses = createDiagnoses({
    times: () => (enabled ? { everyMs: HOUR, leastGapMs: 5 * MINUTE, totalTimeoutMs: 75_000 } : null),
    open: () => open,
    health: () => health,
  })
})

function tick(at: number): readonly OpenOutage[] {
  const due = diagnoses.due(at)
  begun.push(...due)
  return due
}

function change(kind: OutageChange['kind'], { service, vantage }: OpenOutage): OutageChange {
  return { kind, at: T0, outage: { service, vantage } as Outage }
}

test('an outage opens -> diagnosed a moment later', () => {
  open = [YOUTUBE]
  diagnoses.changed(change('opened', YOUTUBE), T0)
  tick(T0)
  expect(begun).toEqual([])
  tick(T0 + 2_000)
  expect(begun).toEqual([YOUTUBE])
})

test('it lasts -> again every hour, whatever the ticks', () => {
  open = [YOUTUBE]
  for (let at = T0; at < T0 + 3 * HOUR; at += MINUTE) {
    tick(at).forEach(diagnoses.ended)
  }
  expect(begun).toHaveLength(3)
})

test('it changes again and again -> never more often than the least gap', () => {
  open = [YOUTUBE]
  for (let at = T0; at < T0 + HOUR; at += 10_000) {
    diagnoses.changed(change('cause', YOUTUBE), at)
    tick(at).forEach(diagnoses.ended)
  }
  expect(begun.length).toBeGreaterThan(1)
  expect(begun.length).toBeLessThanOrEqual(12)
})

test('what a diagnosis itself changes -> asks for no other before the hour is over', () => {
  open = [YOUTUBE]
  tick(T0)
  diagnoses.changed(change('cause', YOUTUBE), T0 + MINUTE)
  diagnoses.ended(YOUTUBE)
  tick(T0 + 30 * MINUTE)
  expect(begun).toHaveLength(1)
  tick(T0 + HOUR)
  expect(begun).toHaveLength(2)
})

test('several outages -> one at a time from a vantage, side by side from several', () => {
  open = [YOUTUBE, FACEBOOK, ELSEWHERE]
  tick(T0)
  expect(begun).toEqual([YOUTUBE, ELSEWHERE])
  tick(T0 + 1_000)
  expect(begun).toHaveLength(2)
  diagnoses.ended(YOUTUBE)
  tick(T0 + 2_000)
  expect(begun.at(-1)).toEqual(FACEBOOK)
})

test('the vantage is not online -> put off until it is', () => {
  open = [YOUTUBE]
  for (const not of ['offline', 'shutdown', 'unknown'] as const) {
    health = not
    tick(T0)
  }
  expect(begun).toEqual([])
  health = 'online'
  tick(T0 + 1_000)
  expect(begun).toHaveLength(1)
})

test('switched off -> none; switched on again -> at once', () => {
  open = [YOUTUBE]
  enabled = false
  tick(T0)
  expect(begun).toEqual([])
  enabled = true
  tick(T0 + 2_000)
  expect(begun).toHaveLength(1)
})

test('one that never comes back -> does not hold up its vantage for ever', () => {
  open = [YOUTUBE, FACEBOOK]
  tick(T0)
  tick(T0 + MINUTE)
  expect(begun).toHaveLength(1)
  tick(T0 + 10 * MINUTE)
  expect(begun).toHaveLength(2)
})

test('an outage of the vantage itself, and one that ends -> nothing is wanted', () => {
  diagnoses.changed({ kind: 'opened', at: T0, outage: { service: null, vantage: 'babilon' } as Outage }, T0)
  diagnoses.changed(change('closed', YOUTUBE), T0)
  tick(T0 + MINUTE)
  expect(begun).toEqual([])
})
