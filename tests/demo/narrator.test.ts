import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { createNarrator } from '../../src/demo/narrator.ts'
import { type Expected, score } from '../../src/demo/scorecard.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import { aMeasured, anEvent } from '../commands/builders.ts'
import { T0, anOutage } from '../store/nouns.ts'

/** What is told, and the clock it is told by. */
function aNarrator(now = { at: 0 }) {
  const to = new PassThrough()
  const narrator = createNarrator(to, () => now.at)
  return { narrator, now, told: () => String(to.read() ?? '') }
}

const blocked = anOutage({
  cause: 'blocked',
  mechanism: 'tls.sni-reset',
  causes: [{ at: T0, cause: 'blocked', mechanism: 'tls.sni-reset', reason: 'Resets, again.' }],
})
const change = (kind: OutageChange['kind'], outage = blocked) => ({ kind, at: T0, outage }) as OutageChange

test('what the lab does and what the lookout sees -> side by side, in seconds since the beginning', () => {
  const { narrator, now, told } = aNarrator({ at: 5_000 })
  narrator.say('A video is published.')
  now.at = 17_340
  narrator.saw(change('opened'))
  now.at = 5_000 + 1_234_500
  narrator.say('That is lifted.')
  expect(told().split('\n')).toEqual([
    '  0.0  lab     A video is published.',
    ' 12.3  didbon  facebook from babilon: blocked by tls.sni-reset.  Resets, again.',
    '1234.5  lab     That is lifted.',
    '',
  ])
})

test.each([
  { name: 'closed', seen: change('closed'), says: 'facebook from babilon: fine again.' },
  {
    name: 'of the whole vantage',
    seen: change('opened', anOutage({ service: null, cause: 'offline', causes: [] })),
    says: 'everything from babilon: offline.',
  },
  {
    name: 'that has no mechanism',
    seen: change('cause', anOutage()),
    says: 'facebook from babilon: unreachable.  Four looks in a row failed.',
  },
])('an outage $name -> $says', ({ seen, says }) => {
  const { narrator, told } = aNarrator()
  narrator.saw(seen)
  expect(told().trimEnd()).toBe(`  0.0  didbon  ${says}`)
})

test('an incident opened -> with the event it followed, or that there is none on record', () => {
  const { narrator, told } = aNarrator()
  const incident = aMeasured()
  narrator.opened({ incident, likeliest: null } as never)
  narrator.opened({ incident, likeliest: { event: anEvent(), posterior: 0.987 } } as never)
  expect(told().split('\n').slice(0, 2)).toEqual([
    `  0.0  didbon  Incident ${incident.id} opened, no event on record before it.`,
    `  0.0  didbon  Incident ${incident.id} opened, after: A video is published (posterior 0.99).`,
  ])
})

test('incidents at the end -> a table, with what each followed or that it followed none', () => {
  const { narrator, told } = aNarrator()
  narrator.incidents([
    { incident: aMeasured(), after: { event: 'a-video', title: 'A video', posterior: 0.9 } },
    { incident: aMeasured({ services: [], causes: ['offline'], vantages: ['tcell'] }), after: null },
  ])
  expect(told()).toBe(`
Incidents, and what they followed
began                services  vantages  causes   followed
2026-03-01 09:10:00  facebook  2 of 3    blocked  A video, posterior 0.90
2026-03-01 09:10:00  (all)     1 of 3    offline  none of the events on record
`)
})

const want: Expected = {
  service: 'facebook',
  vantage: 'babilon',
  cause: 'blocked',
  mechanism: 'tls.sni-reset',
  switchedAt: T0 - 1_000,
  liftedAt: T0 + 60_000,
}

test('the scorecard -> found, missed and invented each told so, with times from the switch', () => {
  const { narrator, told } = aNarrator()
  const invented = anOutage({ id: 'x', service: null, vantage: 'tcell', cause: 'offline' })
  const down: Expected = { ...want, service: 'youtube', cause: 'down', mechanism: null }
  narrator.scorecard(score([want, down], [blocked, invented], 1_000))
  const lines = told().split('\n').slice(1)
  expect(lines.slice(1, 4).map((line) => line.split(/ {2,}/))).toEqual([
    ['facebook', 'babilon', 'blocked tls.sni-reset', 'blocked tls.sni-reset', '6.0 s', '1.0 s'],
    ['youtube', 'babilon', 'down', 'MISSED', '-', '-'],
    ['(all)', 'tcell', 'nothing', 'offline', '-', '-'],
  ])
  expect(lines.slice(5, -1)).toEqual([
    'expected 2, found 1, missed 1, false 1, wrong cause 0, wrong mechanism 0',
    'time from the start of a block to an open outage: median 6.0 s, 95 % 6.0 s, longest 6.0 s',
    'The scorecard is NOT clean.',
  ])
})

test('all found and nothing else -> clean; nothing expected -> no times rather than zeros', () => {
  const { narrator, told } = aNarrator()
  narrator.scorecard(score([want], [blocked], 0))
  expect(told()).toMatch(/\nThe scorecard is clean\.\n$/)
  narrator.scorecard(score([], [], 0))
  expect(told()).toContain('median -, 95 % -, longest -')
})

test('nobody to tell -> silence, and no error', () => {
  const narrator = createNarrator(null, () => 0)
  narrator.say('x')
  narrator.saw(change('opened'))
  narrator.incidents([])
  expect(() => narrator.scorecard(score([], [], 0))).not.toThrow()
})
