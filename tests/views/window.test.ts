import { expect, test } from 'vitest'
import { showWindow, windowOf } from '../../src/views/text/window.ts'

const DUSHANBE = 'Asia/Dushanbe'
const at = (iso: string) => Date.parse(iso)

test.each([
  { name: 'a whole local day', window: ['2015-05-27T19:00:00Z', '2015-05-28T18:59:59Z'], says: '2015-05-28' },
  { name: 'a whole month', window: ['2015-04-30T19:00:00Z', '2015-05-31T18:59:59Z'], says: '2015-05' },
  {
    name: 'days over the end of a month',
    window: ['2015-04-30T19:00:00Z', '2015-06-30T18:59:59Z'],
    says: '2015-05-01 to 2015-06-30',
  },
  {
    name: 'several days',
    window: ['2015-05-22T19:00:00Z', '2015-05-30T18:59:59Z'],
    says: '2015-05-23 to 2015-05-30',
  },
  {
    name: 'part of a day',
    window: ['2015-05-27T13:00:00Z', '2015-05-27T18:59:59Z'],
    says: '2015-05-27 18:00 to 23:59',
  },
  {
    name: 'over midnight',
    window: ['2015-05-27T13:00:00Z', '2015-05-28T07:00:00Z'],
    says: '2015-05-27 18:00 to 2015-05-28 12:00',
  },
  { name: 'a minute', window: ['2015-05-27T13:00:10Z', '2015-05-27T13:00:40Z'], says: '2015-05-27 18:00' },
  { name: 'open before', window: [null, '2015-05-28T18:59:59Z'], says: 'not after 2015-05-28' },
  { name: 'open after', window: ['2015-05-28T07:00:00Z', null], says: 'not before 2015-05-28 12:00' },
  { name: 'undated', window: [null, null], says: 'not known' },
] as const)('$name -> $says', ({ window: [earliest, latest], says }) => {
  const window = {
    earliestAt: earliest === null ? null : at(earliest),
    latestAt: latest === null ? null : at(latest),
  }
  expect(showWindow(window, DUSHANBE)).toBe(says)
})

test.each([
  { stated: '2015-05', precision: 'month', earliest: '2015-04-30T19:00:00Z', latest: '2015-05-31T18:59:59Z' },
  { stated: '2015-12', precision: 'month', earliest: '2015-11-30T19:00:00Z', latest: '2015-12-31T18:59:59Z' },
  {
    stated: '2015-05-28',
    precision: 'day',
    earliest: '2015-05-27T19:00:00Z',
    latest: '2015-05-28T18:59:59Z',
  },
  {
    stated: '2014-10-10T15:00+05:00',
    precision: 'hour',
    earliest: '2014-10-10T10:00:00Z',
    latest: '2014-10-10T10:59:59Z',
  },
  {
    stated: '2014-10-10T15:40Z',
    precision: 'hour',
    earliest: '2014-10-10T15:00:00Z',
    latest: '2014-10-10T15:59:59Z',
  },
])('$stated in Dushanbe -> the $precision it stands for', ({ stated, precision, earliest, latest }) => {
  expect(windowOf(stated, DUSHANBE)).toEqual({
    stated,
    precision,
    earliestAt: at(earliest),
    latestAt: at(latest),
  })
})

test('a time without offset -> one of the zone, and stated with its offset', () => {
  expect(windowOf('2014-10-10T15:00', DUSHANBE)).toMatchObject({
    stated: '2014-10-10T15:00+05:00',
    earliestAt: at('2014-10-10T10:00:00Z'),
  })
  expect(windowOf('2014-01-10T15:00', 'America/St_Johns')).toMatchObject({
    stated: '2014-01-10T15:00-03:30',
  })
})

test.each(['2015', 'yesterday', '2015-13', '2015-02-30x', '2015-05-28T25:00', '2015-05T10:00', ''])(
  '%s -> no window',
  (stated) => {
    expect(windowOf(stated, DUSHANBE)).toBeNull()
  },
)

test('the night the clocks change -> a day of 23 hours', () => {
  const day = windowOf('2015-03-29', 'Europe/Berlin')!
  expect(day.latestAt + 1000 - day.earliestAt).toBe(23 * 3_600_000)
})
