import { expect, test } from 'vitest'
import { agreementOf } from '../../src/detect/agreement.ts'
import { newCase } from '../../src/detect/cause.ts'
import { newDetector, serviceState, vantageState, type Detector } from '../../src/detect/detector.ts'
import { open } from '../../src/detect/outage.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'
import type { Cause } from '../../src/model/outage.ts'
import { MINUTE, SECOND, T0, WATCH } from './builders.ts'

interface Gone {
  vantage?: string
  service?: string
  /** end of the first look that was not fine */
  at?: number
  cause?: Cause
  whole?: boolean
  closed?: boolean
}

function aDetector(...gone: Gone[]): Detector {
  const detector = newDetector()
  for (const {
    vantage = 'babilon',
    service = 'youtube',
    at = T0,
    cause = 'unreachable',
    whole = true,
    closed,
  } of gone) {
    const state = serviceState(vantageState(detector, vantage), service)
    const onset = { onsetAfterAt: at - 15 * SECOND, onsetBeforeAt: at }
    const opening = { service, vantage, cause, mechanism: null, reason: '', evidence: [], ...onset }
    const { outage } = open(null, opening, at)
    state.outage = closed ? { ...outage, closedAt: at + 1 } : outage
    state.case = { ...newCase(), stretchFrom: at, stretchTo: at, fineAt: whole ? null : at + 1 }
  }
  return detector
}
function agreed(...gone: Gone[]) {
  const mine = { service: 'facebook', vantage: 'babilon', onsetAfterAt: T0 - 20 * SECOND, onsetBeforeAt: T0 }
  return agreementOf(aDetector(...gone), mine, WATCH, DEFAULTS)
}

test('nothing else is out -> nothing', () => {
  expect(agreed()).toEqual({ nats: 0, with: [] })
})

test('another service within seconds -> worth several nats, by name', () => {
  const { nats, with: companions } = agreed({})
  expect(nats).toBeGreaterThan(5)
  expect(companions).toEqual(['youtube'])
})

test('the same service from other networks of the country -> by their names', () => {
  const { with: companions } = agreed(
    { vantage: 'tcell', service: 'facebook' },
    { vantage: 'megafon', service: 'facebook' },
  )
  expect(companions).toEqual(['tcell', 'megafon'])
})

test('more companions -> more nats', () => {
  const one = agreed({}).nats
  expect(agreed({}, { service: 'asia-plus' }).nats).toBeCloseTo(2 * one, 9)
})

test.each([
  { name: 'another country', gone: { vantage: 'elsewhere', service: 'facebook' } },
  { name: 'another service of another network', gone: { vantage: 'tcell', service: 'youtube' } },
  { name: 'one that is down for everyone', gone: { cause: 'down' } },
  { name: 'one that is over', gone: { closed: true } },
  { name: 'one of which an endpoint is fine', gone: { whole: false } },
  { name: 'one that is not watched any more', gone: { service: 'vk' } },
] as const)('$name -> does not count', ({ gone }) => {
  expect(agreed(gone).with).toEqual([])
})

test('the longer between the onsets -> the less it says, in the end nothing', () => {
  const nats = [SECOND, MINUTE, 10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE].map(
    (apart) => agreed({ at: T0 - apart }).nats,
  )
  expect(nats).toEqual([...nats].sort((a, b) => b - a))
  expect(nats.at(-1)).toBe(0)
})
