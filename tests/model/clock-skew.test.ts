import { assert, date, property } from 'fast-check'
import { expect, test } from 'vitest'
import { skewIn } from '../../src/model/clock-skew.ts'
import { http } from '../judge/builders.ts'

const NOW = Date.UTC(2025, 7, 11, 21, 46, 40)
const DATE = new Date(NOW).toUTCString()

function skew(headers: readonly (readonly [string, string])[], more: object = {}): number | null {
  return skewIn(http({ headers, startedMs: 200, durationMs: 100, ...more }), NOW)
}

test.each([
  { name: 'a page with a date', headers: [['date', DATE]], ms: -250 },
  { name: 'a header spelled by others', headers: [['Date', DATE]], ms: -250 },
  {
    name: 'a page no cache kept',
    headers: [
      ['date', DATE],
      ['age', '0'],
    ],
    ms: -250,
  },
  {
    name: 'a page that a cache kept',
    headers: [
      ['date', DATE],
      ['age', '7'],
    ],
    ms: null,
  },
  { name: 'no date', headers: [], ms: null },
  { name: 'a date in no zone', headers: [['date', DATE.replace(' GMT', '')]], ms: null },
  { name: 'no date at all', headers: [['date', 'soon GMT']], ms: null },
] as const)('$name -> $ms ms', ({ headers, ms }) => {
  expect(skew(headers)).toBe(ms)
})

test('a page that failed, or took long -> tells nothing', () => {
  const headers = [['date', DATE]] as const
  expect(skew(headers, { failure: 'eof_error' })).toBeNull()
  expect(skew(headers, { durationMs: 5_001 })).toBeNull()
})

test('any date a server can send is read to the second', () => {
  assert(
    property(date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (at) => {
      const second = Math.floor(at.getTime() / 1000) * 1000
      expect(skew([['date', at.toUTCString()]])).toBe(NOW + 250 - second - 500)
    }),
  )
})
