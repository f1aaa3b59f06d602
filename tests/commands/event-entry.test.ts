import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { entryOf, eventFromFile, eventFromFlags } from '../../src/commands/event-entry.ts'
import { loadEvents } from '../../src/config/events.ts'
import { AppError } from '../../src/model/error.ts'

const SERVICES = ['facebook', 'youtube']
const ZONE = 'Asia/Dushanbe'

const flags = {
  title: 'A video is published',
  kind: 'video-release',
  at: '2026-03-01T14:00',
  service: ['youtube'],
  source: ['The video | Example TV | 2026-03-01 | https://example.org/video'],
}

test('the usual flags -> an event with its window, its id and what is usual', () => {
  expect(eventFromFlags(flags, null, ZONE, SERVICES)).toEqual({
    id: 'a-video-is-published-2026-03-01',
    title: 'A video is published',
    kind: 'video-release',
    role: 'trigger',
    at: {
      stated: '2026-03-01T14:00+05:00',
      precision: 'hour',
      earliestAt: Date.parse('2026-03-01T09:00:00Z'),
      latestAt: Date.parse('2026-03-01T09:59:59Z'),
    },
    lastedUntil: null,
    timeZone: ZONE,
    scheduled: false,
    country: 'TJ',
    regions: [],
    services: ['youtube'],
    otherTargets: [],
    confidence: 'medium',
    notes: null,
    sources: [
      { title: 'The video', publisher: 'Example TV', date: '2026-03-01', url: 'https://example.org/video' },
    ],
  })
})

test.each([
  { title: 'Он ушёл', id: 'event-2026-03-01' },
  {
    title: 'A very long title that goes on and on about a commander and his men',
    id: 'a-very-long-title-that-goes-on-and-on-about-a-2026-03-01',
  },
  { title: 'Élections à Douchanbé!', id: 'elections-a-douchanbe-2026-03-01' },
])('title $title -> id $id', ({ title, id }) => {
  expect(eventFromFlags({ ...flags, title }, null, ZONE, SERVICES).id).toBe(id)
})

test.each([
  {
    name: 'no kind',
    over: { kind: undefined },
    says: '--kind: is missing; it must be one of video-release,',
  },
  {
    name: 'a slip in the kind',
    over: { kind: 'video-relase' },
    says: '--kind: must be one of video-release, .*, not "video-relase"; did you mean video-release',
  },
  {
    name: 'a time nobody can compute with',
    over: { at: 'last week' },
    says: '--at: must be a month, a day or a time such as 2015-05, .* not "last week"; .*--file',
  },
  { name: 'no time', over: { at: undefined }, says: '--at: is missing' },
  {
    name: 'a year alone',
    over: { at: '2015' },
    says: '--at: must be a month, a day or a time .*, not "2015"',
  },
  { name: 'a day that is none', over: { at: '2015-02-30' }, says: '--at' },
  {
    name: 'a zone that is none',
    over: { timeZone: 'Asia/Dushambe' },
    says: '--time-zone: must be a time zone such as Asia/Dushanbe or UTC, not "Asia/Dushambe"',
  },
  { name: 'no source', over: { source: [] }, says: '--source: must hold at least one source' },
  {
    name: 'a source without publisher',
    over: { source: ['A title'] },
    says: '--source \\(sources\\[0\\].publisher\\): is missing; it must be who published it',
  },
  {
    name: 'a source nobody can look up',
    over: { source: ['A title | A paper'] },
    says: '--source \\(sources\\[0\\]\\): must have a date or a url',
  },
  {
    name: 'a service nobody watches',
    over: { service: ['youtub'] },
    says: '--service \\(services\\[0\\]\\): must be a service that is watched or in the record, not "youtub"; did you mean youtube?',
  },
  {
    name: 'a service like none of ours',
    over: { service: ['myspace'] },
    says: 'not "myspace"; there are facebook, youtube. Other sites go in otherTargets',
  },
  {
    name: 'a region in words',
    over: { region: ['Khorog'] },
    says: '--region \\(regions\\[0\\]\\): must be an ISO 3166-2 code such as TJ-GB, not "Khorog"',
  },
  { name: 'an id with spaces', over: { id: 'My Event' }, says: '--id: must be an id of small letters' },
])('$name -> refused, with the flag, the value and what would be right', ({ over, says }) => {
  const make = () => eventFromFlags({ ...flags, ...over } as typeof flags, null, ZONE, SERVICES)
  expect(make).toThrow(AppError)
  expect(make).toThrow(new RegExp(says))
})

test('several things wrong -> all told at once', () => {
  const make = () => eventFromFlags({ title: 'x', at: 'soon', source: ['a'] }, null, ZONE, SERVICES)
  expect(make).toThrow(/3 problems:\n(?=.*--at)(?=.*--kind)(?=.*publisher)/s)
})

test('flags on an event that stands -> those change, all else stays', () => {
  const event = eventFromFlags(flags, null, ZONE, SERVICES)
  const later = eventFromFlags({ at: '2026-03-02', confidence: 'high' }, event, 'UTC', SERVICES)
  expect(later).toEqual({
    ...event,
    confidence: 'high',
    at: {
      stated: '2026-03-02',
      precision: 'day',
      earliestAt: Date.parse('2026-03-01T19:00:00Z'),
      latestAt: Date.parse('2026-03-02T18:59:59Z'),
    },
  })
})

test('an entry as JSON, and back -> the same event, for each that is shipped', async () => {
  const shipped = await loadEvents(fileURLToPath(new URL('../../config/events.yaml', import.meta.url)))
  const known = [...new Set(shipped.flatMap(({ services }) => services))]
  for (const event of shipped)
    expect(await eventFromFile('-', JSON.stringify(entryOf(event)), known)).toEqual(event)
})

test('a file with mistakes -> each with line, key, value and what would be right', async () => {
  const text = `
id: no good
title: A video
kind: vido-release
role: trigger
at: { stated: 2026-03-01, precision: day, earliest: 2026-03-02T00:00:00Z, latest: 2026-03-01T00:00:00Z }
timeZone: Asia/Dushanbe
scheduled: false
country: TJ
confidence: high
colour: red
sources: [{ title: A, publisher: B, date: 2026-03-01 }]
`
  const reading = eventFromFile('event.yaml', text, SERVICES)
  await expect(reading).rejects.toThrow(AppError)
  const { message } = (await reading.catch((error: unknown) => error)) as AppError
  expect(message.split('\n')).toEqual([
    'the event was rejected, nothing was changed; 4 problems:',
    expect.stringMatching(/^event\.yaml:2:\d+ {2}id: must be an id of small letters.*, not "no good"$/),
    expect.stringMatching(/^event\.yaml:4:\d+ {2}kind: .*did you mean video-release\?$/),
    expect.stringMatching(/^event\.yaml:6:\d+ {2}at\.latest: must not be before earliest/),
    expect.stringMatching(/^event\.yaml:11:\d+ {2}colour: is not a known key/),
  ])
})

test.each([
  { name: 'nothing at all', text: '', says: /1 problem:\n- {2}is empty$/ },
  { name: 'no YAML', text: '{ id: [', says: /is not valid YAML/ },
  { name: 'a list of events', text: '- id: a\n- id: b\n', says: /must be a mapping/ },
])('$name -> refused with a sentence', async ({ text, says }) => {
  await expect(eventFromFile('-', text, SERVICES)).rejects.toThrow(says)
})

test('a file that is not there -> says so', async () => {
  await expect(eventFromFile('/nowhere/event.yaml', null, SERVICES)).rejects.toThrow(
    '/nowhere/event.yaml  cannot be read (ENOENT)',
  )
})
