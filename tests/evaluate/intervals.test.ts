import { describe, expect, test } from 'vitest'
import { quantile, rate, share } from '../../src/evaluate/intervals.ts'

describe('a share, after Wilson (1927)', () => {
  test.each([
    // Values from Newcombe, Statistics in Medicine 17 (1998), table I.
    { hits: 81, of: 263, low: 0.2553, high: 0.3662 },
    { hits: 15, of: 148, low: 0.0624, high: 0.1605 },
    { hits: 0, of: 20, low: 0, high: 0.1611 },
    { hits: 1, of: 29, low: 0.0061, high: 0.1718 },
  ])('$hits of $of -> from $low to $high', ({ hits, of, low, high }) => {
    const found = share(hits, of)
    expect(found.value).toBeCloseTo(hits / of, 10)
    expect(found.low).toBeCloseTo(low, 4)
    expect(found.high).toBeCloseTo(high, 4)
  })

  test('all of them -> up to 1 exactly; of none -> not known', () => {
    expect(share(20, 20).high).toBe(1)
    expect(share(0, 0)).toEqual({ value: null, low: null, high: null, of: 0 })
  })
})

test('none in ten years -> at most 0.37 a year', () => {
  const { value, low, high, count } = rate(0, 10)
  expect({ value, low, count }).toEqual({ value: 0, low: 0, count: 0 })
  expect(high).toBeCloseTo(0.369, 3)
})

test('a median -> the middle value, between order statistics; what was never found counts as infinite', () => {
  const values = [...Array.from({ length: 96 }, (_, i) => i + 1), Infinity, Infinity, Infinity, Infinity]
  expect(quantile(values, 0.5)).toEqual({ value: 50, low: 40, high: 61, of: 100 })
  expect(quantile(values, 0.99).value).toBe(Infinity)
  expect(quantile([], 0.5).value).toBeNull()
})
