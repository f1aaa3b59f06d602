import { assert, integer, option, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { overlap, statedWindow } from '../../src/config/stated.ts'

/** First and last moment, UTC. */
const shown = (stated: string, zone: string) => {
  const { earliestAt, latestAt } = statedWindow(stated, zone)
  return [new Date(earliestAt).toISOString(), new Date(latestAt).toISOString()]
}

test.each([
  ['2015', 'Asia/Dushanbe', '2014-12-31T19:00:00.000Z', '2015-12-31T18:59:59.999Z'],
  ['2015-12', 'Asia/Dushanbe', '2015-11-30T19:00:00.000Z', '2015-12-31T18:59:59.999Z'],
  ['2016-02', 'UTC', '2016-02-01T00:00:00.000Z', '2016-02-29T23:59:59.999Z'],
  ['2015-12-31', 'UTC', '2015-12-31T00:00:00.000Z', '2015-12-31T23:59:59.999Z'],
  // days on which clocks are put forward and back
  ['2015-03-29', 'Europe/Berlin', '2015-03-28T23:00:00.000Z', '2015-03-29T21:59:59.999Z'],
  ['2015-10-25', 'Europe/Berlin', '2015-10-24T22:00:00.000Z', '2015-10-25T22:59:59.999Z'],
  // so far east that the clocks change between midnight there and midnight in UTC
  ['2015-10-04', 'Australia/Sydney', '2015-10-03T14:00:00.000Z', '2015-10-04T12:59:59.999Z'],
  // west of Greenwich, and half an hour off
  ['2015-05-28', 'America/New_York', '2015-05-28T04:00:00.000Z', '2015-05-29T03:59:59.999Z'],
  ['2015-05-28', 'Asia/Kolkata', '2015-05-27T18:30:00.000Z', '2015-05-28T18:29:59.999Z'],
  // a time has an offset of its own, and stands for its hour there
  ['2015-05-28T15:40+05:00', 'UTC', '2015-05-28T10:00:00.000Z', '2015-05-28T10:59:59.999Z'],
  ['2015-05-28T15:40+05:30', 'UTC', '2015-05-28T09:30:00.000Z', '2015-05-28T10:29:59.999Z'],
  ['2015-05-28T15:40Z', 'Asia/Dushanbe', '2015-05-28T15:00:00.000Z', '2015-05-28T15:59:59.999Z'],
])('%s in %s -> %s to %s', (stated, zone, from, until) => {
  expect(shown(stated, zone)).toEqual([from, until])
})

test('days one after the other, in zones with summer time -> no moment between them, and none in both', () => {
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Dushanbe', 'Asia/Tehran']) {
    for (let day = Date.UTC(2015, 0, 1); day < Date.UTC(2016, 0, 1); day += 86_400_000) {
      const of = (at: number) => statedWindow(new Date(at).toISOString().slice(0, 10), zone)
      expect(of(day + 86_400_000).earliestAt - of(day).latestAt).toBe(1)
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
