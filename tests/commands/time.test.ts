import { expect, test } from 'vitest'
import { parseTime, showSpan, showTime } from '../../src/commands/time.ts'

const NOW = Date.UTC(2026, 0, 31, 12)

test.each([
  ['2015-05-23', Date.UTC(2015, 4, 23)],
  ['2015-05-23T10:30', Date.UTC(2015, 4, 23, 10, 30)],
  ['2015-05-23T10:30:05Z', Date.UTC(2015, 4, 23, 10, 30, 5)],
  ['2015-05-23T10:30:00+05:00', Date.UTC(2015, 4, 23, 5, 30)],
  ['90m', NOW - 90 * 60_000],
  ['7d', NOW - 7 * 86_400_000],
])('%s -> %d', (text, at) => {
  expect(parseTime(text, '--since', NOW)).toBe(at)
})

test.each(['yesterday', '2015-13-01', '2015-5-3', '-7d', '7 d', '', '1e3s', '2015-05-23T25:00Z'])(
  '%j -> refused with the option, the value and the way out',
  (text) => {
    expect(() => parseTime(text, '--until', NOW)).toThrow(
      `--until: '${text}' is no time: write 2015-05-23, 2015-05-23T10:00:00Z, or a span back from now such as 24h or 7d`,
    )
  },
)

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
