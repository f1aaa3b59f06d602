import { assert, array, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import { QUIC_STANDINGS, type QuicStanding } from '../../src/model/quic.ts'
import {
  aJudgedMeasurement,
  fine,
  MINUTE,
  createHarness,
  reset,
  story,
  T0,
  TRUSTED,
  WATCH,
  type DetectorHarness,
} from './builders.ts'

const HOUR = 60 * MINUTE

/** Full looks every five minutes. */
function measurementsAt(
  harness: DetectorHarness,
  standings: readonly QuicStanding[],
  from = T0,
  endpoint = 'facebook/www',
): number {
  standings.forEach((quic, n) => harness.measure({ ...fine, quic }, from + n * 5 * MINUTE, { endpoint }))
  return from + standings.length * 5 * MINUTE
}

function shown(harness: DetectorHarness, now: number): QuicStanding {
  return statusOf(harness.detector, now, TRUSTED, DEFAULTS).find(({ service }) => service === 'facebook')!
    .quic.standing
}

test.each<[string, QuicStanding[], QuicStanding]>([
  ['nothing was tried', [], 'insufficient'],
  ['one good look', ['ok'], 'ok'],
  ['not offered', ['not_offered'], 'not_offered'],
  ['looks that cannot say', ['insufficient', 'insufficient'], 'insufficient'],
  ['one look fails, the first', ['drop'], 'insufficient'],
  ['one look fails, after good ones', ['ok', 'ok', 'sni'], 'ok'],
  ['two fail', ['ok', 'drop', 'drop'], 'ok'],
  ['three are dropped', ['ok', 'drop', 'drop', 'drop'], 'drop'],
  ['three fail by name, which loss does more easily', ['ok', 'sni', 'sni', 'sni'], 'ok'],
  ['four fail by name', ['ok', 'sni', 'sni', 'sni', 'sni'], 'sni'],
  ['looks that cannot say come between', ['drop', 'insufficient', 'drop', 'insufficient', 'drop'], 'drop'],
  [
    'one in three fails, as on a bad line',
    Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? 'sni' : 'ok')),
    'ok',
  ],
  ['shown, and one good look', ['drop', 'drop', 'drop', 'ok'], 'drop'],
  ['shown, and good for long', ['drop', 'drop', 'drop', 'drop', 'ok', 'ok', 'ok', 'ok'], 'ok'],
  ['shown, and no longer offered', ['drop', 'drop', 'drop', 'not_offered'], 'not_offered'],
  ['dropped first, then by name', ['drop', 'drop', 'drop', 'sni'], 'sni'],
])('%s -> %s', (_name, standings, expected) => {
  const harness = createHarness()
  expect(shown(harness, measurementsAt(harness, standings))).toBe(expected)
})

test('of several endpoints the worst is shown', () => {
  const harness = createHarness()
  measurementsAt(harness, ['ok', 'ok', 'ok', 'ok'])
  const other = TRUSTED.services[0]!.endpoints.find(({ id }) => id !== 'facebook/www')
  expect(shown(harness, measurementsAt(harness, ['sni', 'sni', 'sni', 'sni'], T0, other!.id))).toBe('sni')
})

test('no look could say for hours -> insufficient', () => {
  const harness = createHarness()
  const until = measurementsAt(harness, ['ok'])
  expect(shown(harness, until + 5 * HOUR)).toBe('ok')
  expect(shown(harness, until + 7 * HOUR)).toBe('insufficient')
})

test('QUIC fails look after look -> no outage, nothing to look at again, the state ok', () => {
  const harness = createHarness()
  harness.sweep(T0 - 1_000, 'yes')
  harness.wellUntil(T0 - MINUTE)
  const until = measurementsAt(
    harness,
    Array.from({ length: 30 }, () => 'drop'),
  )
  expect(story(harness.changes)).toEqual([])
  const status = statusOf(harness.detector, until - 5 * MINUTE + 1_000, TRUSTED, DEFAULTS)[0]!
  expect(status).toMatchObject({ state: 'ok', quic: { standing: 'drop' } })
  expect(harness.measure({ ...fine, quic: 'drop' }, until).suspicious).toEqual([])
})

test('the vantage itself is cut off -> insufficient, whatever was shown', () => {
  const harness = createHarness(WATCH)
  harness.sweep(T0 - MINUTE, 'yes')
  measurementsAt(harness, ['ok'], T0 - MINUTE)
  for (let n = 0; n < 5; n += 1) harness.sweep(T0 + n * 30_000, 'no')
  const status = statusOf(harness.detector, T0 + 3 * MINUTE, WATCH, DEFAULTS)[0]!
  expect(status).toMatchObject({ state: 'offline', quic: { standing: 'insufficient' } })
})

test('a look that fails over TCP says what it can of QUIC all the same', () => {
  const harness = createHarness()
  harness.measure({ ...reset, quic: 'insufficient' }, T0)
  expect(harness.detector.vantages.babilon?.quic).toEqual({})
})

test('the clock was set back -> nothing lies ahead', () => {
  const harness = createHarness()
  measurementsAt(harness, ['ok'], T0 + HOUR)
  foldTick(harness.detector, T0, TRUSTED, DEFAULTS)
  expect(harness.detector.vantages.babilon!.quic['facebook/www']).toMatchObject({ sinceAt: T0, lastAt: T0 })
})

test('what is remembered survives being saved, and the same looks give the same again', () => {
  assert(
    property(array(constantFrom(...QUIC_STANDINGS), { maxLength: 40 }), (standings) => {
      const desk = createHarness()
      const other = createHarness()
      measurementsAt(desk, standings)
      for (const [n, quic] of standings.entries()) {
        const saved = JSON.parse(JSON.stringify(other.detector)) as typeof other.detector
        Object.assign(other.detector, saved)
        other.measure({ ...fine, quic }, T0 + n * 5 * MINUTE, { id: aJudgedMeasurement(fine, T0).id })
      }
      expect(JSON.stringify(other.detector.vantages.babilon?.quic)).toBe(
        JSON.stringify(desk.detector.vantages.babilon?.quic),
      )
    }),
    { numRuns: 30 },
  )
})

test('a look that ended before the newest -> tells of the past', () => {
  const harness = createHarness()
  const at = measurementsAt(harness, ['drop', 'drop', 'drop'])
  harness.measure({ ...fine, quic: 'not_offered' }, T0)
  expect(shown(harness, at)).toBe('drop')
})
