import { array, assert, constantFrom, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { nearest } from '../../src/model/suggest.ts'
import { MECHANISMS } from '../../src/model/verdict.ts'

test('a known word, in capitals or not -> itself', () => {
  assert(
    property(constantFrom(...MECHANISMS), (word) => {
      expect([nearest(word, MECHANISMS), nearest(word.toUpperCase(), MECHANISMS)]).toEqual([word, word])
    }),
  )
})

test('anything at all -> a known word or none, and the first of those that are equally near', () => {
  assert(
    property(string(), array(string({ maxLength: 5 }), { maxLength: 5 }), (word, known) => {
      const found = nearest(word, known)
      expect(found === null || known.includes(found)).toBe(true)
    }),
  )
  expect(nearest('bat', ['cat', 'hat'])).toBe('cat')
})

test.each([
  { word: 'ok', known: 'oks', meant: true },
  { word: 'ab', known: 'cd', meant: false },
  { word: 'prboe', known: 'probe', meant: true },
  { word: 'prbxe1', known: 'probe', meant: false },
  { word: 'heightndHors', known: 'heightenedHours', meant: true },
  { word: 'heightHorsXX', known: 'heightenedHours', meant: false },
  { word: '', known: 'on', meant: false },
  { word: 'x'.repeat(65), known: 'x'.repeat(65), meant: false },
])('$word for $known -> meant: $meant', ({ word, known, meant }) => {
  expect(nearest(word, [known])).toBe(meant ? known : null)
})
