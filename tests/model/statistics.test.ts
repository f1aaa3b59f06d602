import { expect, test } from 'vitest'
import { median, quantile } from '../../src/model/statistics.ts'

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
