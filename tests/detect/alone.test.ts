import { expect, test } from 'vitest'
import { failsAlone } from '../../src/detect/alone.ts'
import { down, fine, MINUTE, openDesk, reset, SECOND, silent, T0, TRUSTED, WATCH } from './builders.ts'
import type { Desk } from './builders.ts'

/** Facebook and youtube are fine, and so is every canary if there is any. */
function aDesk(watch = WATCH): Desk {
  const desk = openDesk(watch)
  desk.sweep(T0 - 10 * MINUTE, 'yes')
  desk.wellUntil(T0 - MINUTE, {}, 10)
  desk.wellUntil(T0 - MINUTE, { endpoint: 'youtube/www' }, 10)
  return desk
}

function alone(desk: Desk, service = 'facebook', watch = WATCH): boolean {
  return failsAlone(desk.detector.vantages['babilon']!, service, watch)
}

test('all else is fine -> alone, however it fails itself', () => {
  const desk = aDesk()
  desk.look(silent, T0)
  expect(alone(desk)).toBe(true)
  expect(alone(desk, 'youtube')).toBe(false)
})

test.each(['canary/a', 'canary/home'])('%s does not answer -> not alone', (canary) => {
  const desk = aDesk()
  desk.sweep(T0, { [canary]: 'no' })
  expect(alone(desk)).toBe(false)
})

test('a canary was not looked at yet -> not alone: who knows', () => {
  const desk = openDesk(WATCH)
  desk.sweep(T0 - MINUTE, { 'canary/b': 'unknown' })
  expect(alone(desk)).toBe(false)
})

test('another service failed at its last look, from the same vantage -> not alone, until it is fine', () => {
  const desk = aDesk()
  desk.look(silent, T0, { endpoint: 'youtube/www' })
  expect(alone(desk)).toBe(false)
  desk.look(fine, T0 + 20 * SECOND, { endpoint: 'youtube/www' })
  expect(alone(desk)).toBe(true)
})

test('what it can do without fails at another service -> alone', () => {
  const desk = aDesk()
  desk.look(silent, T0, { endpoint: 'facebook/static' })
  expect(alone(desk, 'youtube')).toBe(true)
})

test.each([
  { name: 'blocked', verdict: reset },
  { name: 'down', verdict: down },
])('another service is $name -> alone: that one is explained', ({ name, verdict }) => {
  const desk = aDesk()
  for (let n = 0; n < 6; n += 1) desk.look(verdict, T0 + n * 11 * SECOND, { endpoint: 'youtube/www' })
  expect(desk.changes.at(-1)?.outage.cause).toBe(name)
  expect(alone(desk)).toBe(true)
})

test('there is nothing else -> not alone: nothing says how the line is', () => {
  const desk = openDesk(TRUSTED)
  desk.wellUntil(T0)
  expect(alone(desk, 'facebook', TRUSTED)).toBe(false)
})
