import { expect, test } from 'vitest'
import { showWindow } from '../../../src/views/text/window.ts'

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
