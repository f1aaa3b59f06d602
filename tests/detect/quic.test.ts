import { assert, array, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import { foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import { QUIC_STANDINGS, type QuicStanding } from '../../src/model/quic.ts'
import { aLook, fine, MINUTE, openDesk, reset, story, T0, TRUSTED, WATCH, type Desk } from './builders.ts'

const HOUR = 60 * MINUTE

/** Full looks every five minutes. */
function looksAt(
  desk: Desk,
  standings: readonly QuicStanding[],
  from = T0,
  endpoint = 'facebook/www',
): number {
  standings.forEach((quic, n) => desk.look({ ...fine, quic }, from + n * 5 * MINUTE, { endpoint }))
  return from + standings.length * 5 * MINUTE
}

function shown(desk: Desk, now: number): QuicStanding {
  return statusOf(desk.detector, now, TRUSTED, DEFAULTS).find(({ service }) => service === 'facebook')!.quic
    .standing
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
  const desk = openDesk()
  expect(shown(desk, looksAt(desk, standings))).toBe(expected)
})

test('of several endpoints the worst is shown', () => {
  const desk = openDesk()
  looksAt(desk, ['ok', 'ok', 'ok', 'ok'])
  const other = TRUSTED.services[0]!.endpoints.find(({ id }) => id !== 'facebook/www')
  expect(shown(desk, looksAt(desk, ['sni', 'sni', 'sni', 'sni'], T0, other!.id))).toBe('sni')
})

test('no look could say for hours -> insufficient', () => {
  const desk = openDesk()
  const until = looksAt(desk, ['ok'])
  expect(shown(desk, until + 5 * HOUR)).toBe('ok')
  expect(shown(desk, until + 7 * HOUR)).toBe('insufficient')
})

test('QUIC fails look after look -> no outage, nothing to look at again, the state ok', () => {
  const desk = openDesk()
  desk.sweep(T0 - 1_000, 'yes')
  desk.wellUntil(T0 - MINUTE)
  const until = looksAt(
    desk,
    Array.from({ length: 30 }, () => 'drop'),
  )
  expect(story(desk.changes)).toEqual([])
  const status = statusOf(desk.detector, until - 5 * MINUTE + 1_000, TRUSTED, DEFAULTS)[0]!
  expect(status).toMatchObject({ state: 'ok', quic: { standing: 'drop' } })
  expect(desk.look({ ...fine, quic: 'drop' }, until).suspicious).toEqual([])
})

test('the vantage itself is cut off -> insufficient, whatever was shown', () => {
  const desk = openDesk(WATCH)
  desk.sweep(T0 - MINUTE, 'yes')
  looksAt(desk, ['ok'], T0 - MINUTE)
  for (let n = 0; n < 5; n += 1) desk.sweep(T0 + n * 30_000, 'no')
  const status = statusOf(desk.detector, T0 + 3 * MINUTE, WATCH, DEFAULTS)[0]!
  expect(status).toMatchObject({ state: 'offline', quic: { standing: 'insufficient' } })
})

test('a look that fails over TCP says what it can of QUIC all the same', () => {
  const desk = openDesk()
  desk.look({ ...reset, quic: 'insufficient' }, T0)
  expect(desk.detector.vantages.babilon?.quic).toEqual({})
})

test('the clock was set back -> nothing lies ahead', () => {
  const desk = openDesk()
  looksAt(desk, ['ok'], T0 + HOUR)
  foldTick(desk.detector, T0, TRUSTED, DEFAULTS)
  expect(desk.detector.vantages.babilon!.quic['facebook/www']).toMatchObject({ sinceAt: T0, lastAt: T0 })
})

test('what is remembered survives being saved, and the same looks give the same again', () => {
  assert(
    property(array(constantFrom(...QUIC_STANDINGS), { maxLength: 40 }), (standings) => {
      const one = openDesk()
      const other = openDesk()
      looksAt(one, standings)
      for (const [n, quic] of standings.entries()) {
        const saved = JSON.parse(JSON.stringify(other.detector)) as typeof other.detector
        Object.assign(other.detector, saved)
        other.look({ ...fine, quic }, T0 + n * 5 * MINUTE, { id: aLook(fine, T0).id })
      }
      expect(JSON.stringify(other.detector.vantages.babilon?.quic)).toBe(
        JSON.stringify(one.detector.vantages.babilon?.quic),
      )
    }),
    { numRuns: 30 },
  )
})

test('a look that ended before the newest -> tells of the past', () => {
  const desk = openDesk()
  const at = looksAt(desk, ['drop', 'drop', 'drop'])
  desk.look({ ...fine, quic: 'not_offered' }, T0)
  expect(shown(desk, at)).toBe('drop')
})
