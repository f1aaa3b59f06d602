import { expect, test } from 'vitest'
import { showSpan, showTime } from '../../../src/views/text/time.ts'

test.each([
  [400, '0.4 s'],
  [45_000, '45 s'],
  [90_000, '1 min 30 s'],
  [7_800_000, '2 h 10 min'],
  [50 * 3_600_000, '2 d 2 h'],
  [48 * 3_600_000, '2 d'],
])('%d ms -> %s', (ms, text) => {
  expect(showSpan(ms)).toBe(text)
})

test('no time -> a dash, never 1970', () => {
  expect(showTime(null)).toBe('-')
  expect(showTime(0)).toBe('1970-01-01 00:00:00')
})
