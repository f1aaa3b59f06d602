import { expect, test } from 'vitest'
import { agreementOf } from '../../src/detect/agreement.ts'
import { newDetector, serviceState, vantageState } from '../../src/detect/detector.ts'
import { newCauseEvidence } from '../../src/detect/new-state.ts'
import type { Detector } from '../../src/detect/state.ts'
import { open } from '../../src/detect/outage.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'
import type { Cause } from '../../src/model/outage.ts'
import { MINUTE, SECOND, T0, WATCH } from './builders.ts'

interface Gone {
  vantage?: string
  service?: string
  /** end of the first measurement that was not fine */
  at?: number
  cause?: Cause
  whole?: boolean
  closed?: boolean
  /** how long its silence has lasted */
  lasted?: number
  strong?: number
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
    lasted = MINUTE,
    strong = 0,
  } of gone) {
    const state = serviceState(vantageState(detector, vantage), service)
    const onset = { onsetAfterAt: at - 15 * SECOND, onsetBeforeAt: at }
    const opening = { service, vantage, cause, mechanism: null, reason: '', evidence: [], ...onset }
    const { outage } = open(null, opening, at)
    state.outage = closed ? { ...outage, closedAt: at + 1 } : outage
    state.case = {
      ...newCauseEvidence(),
      strong,
      stretchFrom: at,
      stretchTo: at + lasted,
      fineAt: whole ? null : at + 1,
    }
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

test('silent for no longer than a burst on their common line -> does not count', () => {
  expect(agreed({ lasted: 20 * SECOND }).with).toEqual([])
  expect(agreed({ lasted: 30 * SECOND }).with).toEqual(['youtube'])
})

test('silent as briefly here, and the other answered with resets -> counts: no burst resets', () => {
  expect(agreed({ lasted: 0, strong: 3 }).with).toEqual(['youtube'])
})

test('silent as briefly on another network -> counts: no line is common to both', () => {
  expect(agreed({ vantage: 'tcell', service: 'facebook', lasted: 0 }).with).toEqual(['tcell'])
})

test('spared now and then since it began -> does not count, however it fails just now', () => {
  const detector = aDetector({ lasted: MINUTE })
  const state = detector.vantages['babilon']!.services['youtube']!
  state.case = { ...state.case!, fineAt: T0 + SECOND, stretchFrom: T0 + 2 * SECOND }
  const mine = { service: 'facebook', vantage: 'babilon', onsetAfterAt: T0 - 20 * SECOND, onsetBeforeAt: T0 }
  expect(agreementOf(detector, mine, WATCH, DEFAULTS).with).toEqual([])
})

test.each(['it', 'the other'])(
  '%s was down for everyone at first -> together says nothing: all networks lost it',
  (which) => {
    const detector = aDetector({ vantage: 'tcell', service: 'facebook' })
    const other = detector.vantages['tcell']!.services['facebook']!.outage!
    const down = [{ at: T0, cause: 'down', mechanism: null, reason: '' }] as const
    const mine = {
      service: 'facebook',
      vantage: 'babilon',
      onsetAfterAt: T0 - 20 * SECOND,
      onsetBeforeAt: T0,
    }
    expect(agreementOf(detector, mine, WATCH, DEFAULTS).with).toEqual(['tcell'])
    if (which === 'the other')
      detector.vantages['tcell']!.services['facebook']!.outage = {
        ...other,
        causes: [...down, ...other.causes],
      }
    const asked = which === 'it' ? { ...mine, causes: down } : mine
    expect(agreementOf(detector, asked, WATCH, DEFAULTS)).toEqual({ nats: 0, with: [] })
  },
)

test('onsets more than five minutes apart -> not together', () => {
  expect(agreed({ at: T0 - 4 * MINUTE }).with).toEqual(['youtube'])
  expect(agreed({ at: T0 - 5 * MINUTE }).with).toEqual([])
})

test('the longer between the onsets -> the less it says, in the end nothing', () => {
  const nats = [SECOND, MINUTE, 10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE].map(
    (apart) => agreed({ at: T0 - apart }).nats,
  )
  expect(nats).toEqual([...nats].sort((a, b) => b - a))
  expect(nats.at(-1)).toBe(0)
})

test('where faults are as common as blocks that take two -> going together says nothing', () => {
  const settings = { ...DEFAULTS, togetherChance: 1e-9 }
  const onset = { service: 'facebook', vantage: 'babilon', onsetAfterAt: T0, onsetBeforeAt: T0 + SECOND }
  expect(agreementOf(aDetector({}), onset, WATCH, DEFAULTS).nats).toBeGreaterThan(0)
  expect(agreementOf(aDetector({}), onset, WATCH, settings)).toEqual({ nats: 0, with: [] })
})
