import { expect, test } from 'vitest'
import { byPlace, cursorOf, placeOf } from '../../src/model/cursor.ts'

test('a cursor -> the place it was made of', () => {
  const place = { at: -8_640_000_000_000_000, id: 'tj-2015 ж' }
  expect(placeOf(cursorOf(place))).toEqual(place)
})

test('places -> by time, then by id, in either order', () => {
  const [a, b, c] = [
    { at: 1, id: 'b' },
    { at: 2, id: 'a' },
    { at: 2, id: 'b' },
  ] as const
  expect([c, a, b].sort(byPlace('oldest'))).toEqual([a, b, c])
  expect([b, c, a].sort(byPlace('newest'))).toEqual([c, b, a])
})
