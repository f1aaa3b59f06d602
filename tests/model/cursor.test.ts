import { array, assert, integer, property, record, string } from 'fast-check'
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

test('any place -> there and back, in letters that need no escaping in a URL', () => {
  const place = record({ at: integer({ min: -(2 ** 52), max: 2 ** 52 }), id: string({ unit: 'grapheme' }) })
  assert(
    property(place, (one) => {
      const text = cursorOf(one)
      expect(encodeURIComponent(text)).toBe(text)
      expect(placeOf(text)).toEqual(one)
    }),
  )
})

test('any places -> newest is oldest turned round, whatever order they came in', () => {
  const places = array(record({ at: integer({ min: 0, max: 3 }), id: string({ maxLength: 1 }) }))
  assert(
    property(places, (all) => {
      const oldest = all.toSorted(byPlace('oldest'))
      expect(all.toReversed().toSorted(byPlace('newest'))).toEqual(oldest.toReversed())
    }),
  )
})

const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test.each([
  { name: 'nothing', after: '' },
  { name: 'no base64', after: '%%%' },
  { name: 'base64 of no JSON', after: Buffer.from('[1,').toString('base64url') },
  { name: 'an object', after: packed({ at: 1, id: 'a' }) },
  { name: 'too short', after: packed([1]) },
  { name: 'too long', after: packed([1, 'a', 2]) },
  { name: 'a time as text', after: packed(['1', 'a']) },
  { name: 'a time with parts of a ms', after: packed([1.5, 'a']) },
  { name: 'a time no number can hold', after: packed([2 ** 60, 'a']) },
  { name: 'an id that is a number', after: packed([1, 1]) },
  { name: 'an id that is nothing', after: packed([1, null]) },
])('$name for a cursor -> refused, with the way out', ({ after }) => {
  expect(() => placeOf(after)).toThrow(
    expect.objectContaining({
      code: 'usage',
      field: 'after',
      detail: `"${after}" is not the end of a page; use what the page before gave as next`,
    }),
  )
})
