import { expect, test } from 'vitest'
import { atOf, showAt, showOffset } from '../../src/model/zone.ts'

test('there and back -> the same moment, summer and winter', () => {
  for (const zone of ['Asia/Dushanbe', 'Europe/Berlin', 'UTC'])
    for (const local of ['2015-01-15T10:30', '2015-07-15T23:59'])
      expect(showAt(atOf(local, zone), zone)).toBe(local.replace('T', ' '))
})

test.each([
  { zone: 'Asia/Dushanbe', offset: '+05:00' },
  { zone: 'America/St_Johns', offset: '-03:30' },
  { zone: 'UTC', offset: '+00:00' },
])('$zone in January -> $offset', ({ zone, offset }) => {
  expect(showOffset(Date.parse('2015-01-15T00:00Z'), zone)).toBe(offset)
})

test('no date -> NaN, not a moment somewhere', () => {
  expect(atOf('soon', 'UTC')).toBeNaN()
})

test('a year of fewer than four digits -> there and back all the same', () => {
  for (const local of ['0999-12-31T23:59', '0050-01-01T00:00'])
    expect(showAt(atOf(local, 'UTC'), 'UTC')).toBe(local.replace('T', ' '))
})
