import { assert, integer, option, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { overlap, statedWindow } from '../../src/model/stated.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../src/model/time.ts'

/** First and last moment, UTC. */
const shown = (stated: string, zone: string) => {
  const { earliestAt, latestAt } = statedWindow(stated, zone)!
  return [new Date(earliestAt).toISOString(), new Date(latestAt).toISOString()]
}

test.each([
  ['2015', 'Asia/Dushanbe', '2014-12-31T19:00:00.000Z', '2015-12-31T18:59:59.000Z'],
  ['2015-12', 'Asia/Dushanbe', '2015-11-30T19:00:00.000Z', '2015-12-31T18:59:59.000Z'],
  ['2016-02', 'UTC', '2016-02-01T00:00:00.000Z', '2016-02-29T23:59:59.000Z'],
  ['2015-12-31', 'UTC', '2015-12-31T00:00:00.000Z', '2015-12-31T23:59:59.000Z'],
  // days on which clocks are put forward and back
  ['2015-03-29', 'Europe/Berlin', '2015-03-28T23:00:00.000Z', '2015-03-29T21:59:59.000Z'],
  ['2015-10-25', 'Europe/Berlin', '2015-10-24T22:00:00.000Z', '2015-10-25T22:59:59.000Z'],
  // so far east that the clocks change between midnight there and midnight in UTC
  ['2015-10-04', 'Australia/Sydney', '2015-10-03T14:00:00.000Z', '2015-10-04T12:59:59.000Z'],
  // west of Greenwich, and half an hour off
  ['2015-05-28', 'America/New_York', '2015-05-28T04:00:00.000Z', '2015-05-29T03:59:59.000Z'],
  ['2015-05-28', 'Asia/Kolkata', '2015-05-27T18:30:00.000Z', '2015-05-28T18:29:59.000Z'],
  // a time has an offset of its own, and stands for its hour there
  ['2015-05-28T15:40+05:00', 'UTC', '2015-05-28T10:00:00.000Z', '2015-05-28T10:59:59.000Z'],
  ['2015-05-28T15:40+05:30', 'UTC', '2015-05-28T09:30:00.000Z', '2015-05-28T10:29:59.000Z'],
  ['2015-05-28T15:40Z', 'Asia/Dushanbe', '2015-05-28T15:00:00.000Z', '2015-05-28T15:59:59.000Z'],
  // a time without offset is one of the zone
  ['2014-10-10T15:40', 'Asia/Dushanbe', '2014-10-10T10:00:00.000Z', '2014-10-10T10:59:59.000Z'],
])('%s in %s -> %s to %s', (stated, zone, from, until) => {
  expect(shown(stated, zone)).toEqual([from, until])
})

test.each([
  ['2014-10-10T15:00', 'Asia/Dushanbe', 'hour', '2014-10-10T15:00+05:00'],
  ['2014-01-10T15:00', 'America/St_Johns', 'hour', '2014-01-10T15:00-03:30'],
  ['2014-01-10T15:00Z', 'America/St_Johns', 'hour', '2014-01-10T15:00Z'],
  ['2014-01-10', 'Asia/Dushanbe', 'day', '2014-01-10'],
  ['2014-01', 'Asia/Dushanbe', 'month', '2014-01'],
  ['2014', 'Asia/Dushanbe', 'year', '2014'],
])('%s in %s -> the %s, %s in full', (text, zone, precision, stated) => {
  expect(statedWindow(text, zone)).toMatchObject({ precision, stated })
})

test.each(['yesterday', '2015-13', '2015-02-30x', '2015-05-28T25:00', '2015-05T10:00', ''])(
  '"%s" -> no window',
  (text) => {
    expect(statedWindow(text, 'Asia/Dushanbe')).toBeNull()
  },
)

test('the night the clocks change -> a day of 23 hours', () => {
  const { earliestAt, latestAt } = statedWindow('2015-03-29', 'Europe/Berlin')!
  expect(latestAt + SECOND_MS - earliestAt).toBe(23 * HOUR_MS)
})

test('days one after the other, in zones with summer time -> no second between them, and none in both', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Dushanbe', 'Asia/Tehran']) {
    for (let day = Date.UTC(2015, 0, 1); day < Date.UTC(2016, 0, 1); day += DAY_MS) {
      const of = (at: number) => statedWindow(new Date(at).toISOString().slice(0, 10), zone)!
      expect(of(day + DAY_MS).earliestAt - of(day).latestAt).toBe(SECOND_MS)
    }
  }
})

test('two windows -> overlap when they have a moment in common, open sides reaching for ever; whoever is asked first', () => {
  const edge = option(integer({ min: 0, max: 9 }))
  const window = tuple(edge, edge)
    .filter(([a, b]) => a === null || b === null || a <= b)
    .map(([earliestAt, latestAt]) => ({ earliestAt, latestAt }))
  assert(
    property(window, window, (a, b) => {
      const within = (at: number, w: typeof a) =>
        (w.earliestAt === null || w.earliestAt <= at) && (w.latestAt === null || at <= w.latestAt)
      const common = Array.from({ length: 12 }, (_, i) => i - 1).some((at) => within(at, a) && within(at, b))
      expect([overlap(a, b), overlap(b, a)]).toEqual([common, common])
    }),
  )
})
