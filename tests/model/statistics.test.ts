import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fisherNats, median, quantile } from '../../src/model/statistics.ts'

test.each([
  { values: [3], middle: 3 },
  { values: [9, 1, 5], middle: 5 },
  { values: [10, 300], middle: 155 },
  { values: [4, 1, 3, 2], middle: 2.5 },
  { values: [], middle: NaN },
])('median of $values -> $middle', ({ values, middle }) => {
  expect(median(values)).toBe(middle)
})

test.each([
  { values: [5, 1, 4, 2, 3], share: 0.5, is: 3 },
  { values: [1, 2, 3, 4], share: 0.5, is: 2 },
  { values: [1, 2, 3, 4], share: 0.51, is: 3 },
  { values: [1, 2, 3, 4], share: 0.01, is: 1 },
  { values: [1, 2, 3, 4], share: 1, is: 4 },
  { values: Array.from({ length: 20 }, (_, i) => i + 1), share: 0.95, is: 19 },
  { values: [], share: 0.5, is: NaN },
])('$share of $values lies at or below $is', ({ values, share, is }) => {
  expect(quantile(values, share)).toBe(is)
})

describe('how unlikely by chance', () => {
  test.each([
    { failed: 0, tried: 5, otherFailed: 0, otherTried: 5, nats: 0 },
    { failed: 3, tried: 3, otherFailed: 0, otherTried: 12, nats: Math.log(455) },
    { failed: 2, tried: 2, otherFailed: 0, otherTried: 10, nats: Math.log(66) },
    { failed: 3, tried: 3, otherFailed: 12, otherTried: 12, nats: 0 },
    // 2 of 3 against 1 of 9: (C(3,2) C(9,1) + C(3,3)) / C(12,3)
    { failed: 2, tried: 3, otherFailed: 1, otherTried: 9, nats: -Math.log(28 / 220) },
  ])(
    '$failed of $tried against $otherFailed of $otherTried -> $nats nats',
    ({ failed, tried, otherFailed, otherTried, nats }) => {
      expect(fisherNats(failed, tried, otherFailed, otherTried)).toBeCloseTo(nats, 9)
    },
  )

  test('any counts -> finite, never negative, and more failures among the others never make it more telling', () => {
    fc.assert(
      fc.property(fc.nat(15), fc.nat(15), fc.nat(15), fc.nat(15), (a, b, c, d) => {
        const [failed, tried] = [Math.min(a, b), Math.max(a, b)]
        const [other, all] = [Math.min(c, d), Math.max(c, d)]
        const nats = fisherNats(failed, tried, other, all)
        expect(nats).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(nats)).toBe(true)
        if (other < all) expect(fisherNats(failed, tried, other + 1, all)).toBeLessThanOrEqual(nats + 1e-9)
      }),
    )
  })
})
