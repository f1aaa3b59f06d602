import { expect, test } from 'vitest'
import { compactTime, dayExists, HOUR_MS, hourOf, parseLength, parseTime } from '../../src/model/time.ts'

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

test.each([
  'yesterday',
  '2015-13-01',
  '2015-02-30',
  '2015-04-31T10:00Z',
  '2015-5-3',
  '-7d',
  '7 d',
  '',
  '1e3s',
  '2015-05-23T25:00Z',
])('%j -> refused with the option, the value and the way out', (text) => {
  expect(() => parseTime(text, '--until', NOW)).toThrow(
    `--until: '${text}' is not a time: write 2015-05-23, 2015-05-23T10:00:00Z, or a span back from now such as 24h or 7d`,
  )
})

test.each([
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
])('a length of %s -> %d ms', (text, ms) => {
  expect(parseLength(text, '--step')).toBe(ms)
})

test.each(['0s', '5', 'm', '-5m', '1.5h', '', 'forever'])('%j -> no length, and the way out', (text) => {
  expect(() => parseLength(text, '--step')).toThrow(
    `--step: '${text}' is not a length of time: write 30s, 5m or 1h`,
  )
})

test('a moment as ids hold it -> to the second, whatever the milliseconds', () => {
  expect(compactTime(Date.parse('2015-05-19T08:45:00.999Z'))).toBe('20150519T084500Z')
})

test.each([
  ['2016-02-29', true],
  ['2015-02-29', false],
  ['2015-04-31', false],
  ['2015-04-30T10:00:00Z', true],
])('%s -> a day of the calendar: %s', (text, exists) => {
  expect(dayExists(text)).toBe(exists)
})

test('hours begin where they begin, before 1970 too', () => {
  expect([hourOf(HOUR_MS - 1), hourOf(HOUR_MS), hourOf(-1)]).toEqual([0, HOUR_MS, -HOUR_MS])
})
