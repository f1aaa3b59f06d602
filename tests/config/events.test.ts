import { fileURLToPath } from 'node:url'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadEvents } from '../../src/config/events.ts'
import { loadReports } from '../../src/config/reports.ts'
import { isClosed } from '../../src/model/event.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'didbon-record-'))
})
afterAll(() => rm(folder, { recursive: true }))

const shipped = (file: string) => fileURLToPath(new URL(`../../config/${file}`, import.meta.url))

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

/** What a loader says of a file, without the folder it lies in. */
async function complaint(path: string, load: (path: string) => Promise<unknown>): Promise<string> {
  const error: unknown = await load(path).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : 'no complaint'
}

const EVENT = `events:
  - id: first-video
    title: A video
    kind: video-release
    role: trigger
    at: { stated: 2015-05-27, precision: day, earliest: 2015-05-26T19:00:00Z, latest: 2015-05-27T18:59:59Z }
    timeZone: Asia/Dushanbe
    scheduled: false
    country: TJ
    confidence: high
    sources:
      - { title: An article, publisher: A newspaper, date: 2015-05-28 }
`

describe('events', () => {
  test('what may be left out -> empty, never undefined', async () => {
    expect(await loadEvents(await write('least.yaml', EVENT))).toEqual([
      {
        id: 'first-video',
        title: 'A video',
        kind: 'video-release',
        role: 'trigger',
        at: {
          stated: '2015-05-27',
          precision: 'day',
          earliestAt: Date.UTC(2015, 4, 26, 19),
          latestAt: Date.UTC(2015, 4, 27, 18, 59, 59),
        },
        lastedUntil: null,
        timeZone: 'Asia/Dushanbe',
        scheduled: false,
        country: 'TJ',
        regions: [],
        services: [],
        otherTargets: [],
        confidence: 'high',
        notes: null,
        sources: [{ title: 'An article', publisher: 'A newspaper', date: '2015-05-28', url: null }],
      },
    ])
  })

  test.each([
    ['another year', 'stated: 2016-05-27'],
    ['the day after, where it was stated', 'stated: 2015-05-28'],
    ['the day before, where it was stated', 'stated: 2015-05-26'],
    ['another month', 'stated: 2015-06'],
    ['another hour', 'stated: 2015-05-28T00:30+05:00'],
  ])('a window that has nothing in common with what is stated: %s -> refused', async (_what, stated) => {
    const said = await complaint(
      await write('off.yaml', EVENT.replace('stated: 2015-05-27', stated)),
      loadEvents,
    )
    expect(said).toContain(
      `off.yaml:6:11  events[0].at.stated: must overlap the window from earliest to latest, read in timeZone where it has no offset; correct whichever is wrong, not "${stated.slice(8)}"`,
    )
  })

  test.each(['"2015"', '2015-05', '2015-05-27T23:30+05:00', '2015-05-26T19:30Z'])(
    'a window within what is stated, or about it: %s -> taken',
    async (stated) => {
      const path = await write('about.yaml', EVENT.replace('stated: 2015-05-27', `stated: ${stated}`))
      expect(await loadEvents(path)).toHaveLength(1)
    },
  )

  test('undated -> kept', async () => {
    const undated = EVENT.replace(
      /at: .*/,
      'at: { stated: null, precision: null, earliest: null, latest: null }',
    )
    expect((await loadEvents(await write('undated.yaml', undated)))[0]!.at).toMatchObject({
      earliestAt: null,
      latestAt: null,
    })
  })

  test.each([
    [
      'a source without date or url',
      [', date: 2015-05-28', ''],
      'events.yaml:12:9  events[0].sources[0]: must have a date or a url beside its publisher, so that others can look it up, not a mapping',
    ],
    [
      'a source without publisher',
      ['publisher: A newspaper, ', ''],
      'events.yaml:12:9  events[0].sources[0].publisher: is missing; it must be who published it, 1 to 200 characters',
    ],
    [
      'no source',
      [/sources:\n.*\n/, 'sources: []\n'],
      'events.yaml:11:5  events[0].sources: must hold at least one source, not a list',
    ],
    ['a kind that is not on the list', ['video-release', 'video-relase'], 'did you mean video-release?'],
    [
      'a window that ends before it begins',
      ['latest: 2015-05-27', 'latest: 2015-05-25'],
      'events[0].at.latest: must not be before earliest; swap the two, or correct the wrong one, not "2015-05-25T18:59:59Z"',
    ],
    [
      'a day that does not exist',
      ['stated: 2015-05-27', 'stated: 2015-02-30'],
      'must be a date as far as it is known',
    ],
    ['a local time', ['2015-05-26T19:00:00Z', '2015-05-27T00:00:00'], 'must be a UTC date'],
    ['an unknown zone', ['Asia/Dushanbe', 'Asia/Dushanbeh'], 'must be a time zone'],
    [
      'a misspelt key',
      ['scheduled:', 'schedulled:'],
      'events[0].schedulled: is not a known key; did you mean scheduled?',
    ],
    [
      'a javascript: address',
      ['date: 2015-05-28', 'url: "javascript:alert(1)"'],
      'must be an http:// or https:// URL',
    ],
    [
      'no list at all',
      [/^[^]*$/, 'events: none\n'],
      'events.yaml:1:1  events: must be a list of events, not "none"',
    ],
  ] as const)('%s -> refused with place, value and what would be right', async (_, [from, to], expected) => {
    const path = await write('events.yaml', EVENT.replace(from, to))
    expect(await complaint(path, loadEvents)).toContain(expected)
  })

  test('three things wrong and an id twice -> all told at once', async () => {
    const second = EVENT.replace('events:\n', '')
    const text = (EVENT + second)
      .replace('role: trigger', 'role: cause')
      .replace('country: TJ', 'country: Tajikistan')
    const said = await complaint(
      await write('many.yaml', text.replace('confidence: high', 'confidence: sure')),
      loadEvents,
    )
    expect(said.split('\n')[0]).toBe('the configuration has 3 problems:')
    expect(await complaint(await write('twice.yaml', EVENT + second), loadEvents)).toContain(
      'events[1].id: must be unique, but events[0] is first-video too',
    )
  })

  test('no such file -> said plainly', async () => {
    expect(await complaint(join(folder, 'none.yaml'), loadEvents)).toContain(
      'none.yaml  cannot be read (ENOENT)',
    )
  })
})

const REPORT = `record: { from: 2010-01-01, until: 2022-12-31 }
reports:
  - id: first-block
    episode: 2015-05
    mode: service-block
    services: [facebook]
    onset: { stated: 2015-05-28, precision: day, earliest: 2015-05-27T19:00:00Z, latest: 2015-05-28T18:59:59Z }
    end: { stated: null, precision: null, earliest: null, latest: null }
    timeZone: Asia/Dushanbe
    country: TJ
    reportedBy: A newspaper
    documentedTrigger: first-video
    confidence: high
    sources:
      - { title: An article, publisher: A newspaper, url: https://news.example/1 }
`

describe('reports', () => {
  const load = async (path: string) => loadReports(path, await loadEvents(await write('linked.yaml', EVENT)))

  test('an open end -> stays open; the record is what was searched', async () => {
    const { fromAt, untilAt, reports } = await load(await write('reports.yaml', REPORT))
    expect([fromAt, untilAt]).toEqual([Date.UTC(2010, 0, 1), Date.UTC(2022, 11, 31)])
    expect(reports[0]).toMatchObject({
      episode: '2015-05',
      end: { latestAt: null },
      documentedTrigger: 'first-video',
      documentedRelease: null,
    })
  })

  test.each([
    [
      'a link to an event that is not there',
      ['documentedTrigger: first-video', 'documentedTrigger: frist-video'],
      'reports.yaml:12:5  reports[0].documentedTrigger: must be the id of an event, not "frist-video"; did you mean first-video?',
    ],
    [
      'a record that ends before it begins',
      ['until: 2022', 'until: 2002'],
      'record.until: must be after from',
    ],
    [
      'an end before the onset, or one of the two is a slip',
      [
        /end: .*/,
        'end: { stated: 2015-05-26, precision: day, earliest: null, latest: 2015-05-26T18:59:59Z }',
      ],
      'reports.yaml:8:64  reports[0].end.latest: must not be before the onset; correct whichever is wrong, not "2015-05-26T18:59:59Z"',
    ],
    [
      'an unknown mode',
      ['service-block', 'blocked'],
      'reports[0].mode: must be one of service-block, regional-shutdown, domain-takedown, not "blocked"',
    ],
    [
      'a region that is no code',
      ['country: TJ', 'country: TJ\n    regions: [GBAO]'],
      'regions[0]: must be an ISO 3166-2 code such as TJ-GB, not "GBAO"',
    ],
    ['no record', [/record: .*\n/, ''], 'record: is missing'],
  ] as const)('%s -> refused with place, value and what would be right', async (_, [from, to], expected) => {
    expect(await complaint(await write('reports.yaml', REPORT.replace(from, to)), load)).toContain(expected)
  })

  test('an end within the window of the onset -> taken: both are only known to the day', async () => {
    const end = 'end: { stated: 2015-05-28, precision: day, earliest: null, latest: 2015-05-27T19:00:00Z }'
    const { reports } = await load(await write('reports.yaml', REPORT.replace(/end: .*/, end)))
    expect(reports[0]!.end.latestAt).toBe(reports[0]!.onset.earliestAt)
  })

  test('an id twice -> refused', async () => {
    const twice = REPORT + REPORT.slice(REPORT.indexOf('  - id'))
    expect(await complaint(await write('reports.yaml', twice), load)).toContain(
      'reports[1].id: must be unique, but reports[0] is first-block too',
    )
  })
})

describe('what is shipped', async () => {
  const events = await loadEvents(shipped('events.yaml'))
  const { reports } = await loadReports(shipped('reports.yaml'), events)

  test('44 events and 48 reports in 33 episodes', () => {
    expect([events.length, reports.length, new Set(reports.map(({ episode }) => episode)).size]).toEqual([
      44, 48, 33,
    ])
  })

  test('the founding events of 2015 -> dated as their sources allow', () => {
    const at = (id: string) => events.find((event) => event.id === id)!.at
    expect(at('halimov-video-1-2015-05-27')).toEqual({
      stated: '2015-05-27',
      precision: 'part-of-day',
      earliestAt: Date.parse('2015-05-27T18:00:00+05:00'),
      latestAt: Date.parse('2015-05-27T23:59:59+05:00'),
    })
    expect(at('passport-burning-video')).toMatchObject({ stated: null, earliestAt: null })
    const june = reports.find(({ id }) => id === 'tj-2015-06-18-social')!
    expect(june).toMatchObject({
      services: ['facebook', 'youtube', 'odnoklassniki'],
      end: { latestAt: null },
    })
    expect(june.onset.earliestAt).toBe(Date.parse('2015-06-18T11:00:00+05:00'))
  })

  test('all dated triggers -> a window, and in the year their id says', () => {
    for (const { id, role, at } of events) {
      if (role === 'trigger' && at.stated !== null) {
        expect(isClosed(at)).toBe(true)
        expect(id).toContain(at.stated.slice(0, 4))
      }
    }
  })

  test('what reports link to -> triggers as triggers, releases as releases', () => {
    const roleOf = new Map(events.map(({ id, role }) => [id, role]))
    expect(new Set(reports.flatMap((r) => r.documentedTrigger ?? []).map((id) => roleOf.get(id)))).toEqual(
      new Set(['trigger']),
    )
    expect(new Set(reports.flatMap((r) => r.documentedRelease ?? []).map((id) => roleOf.get(id)))).toEqual(
      new Set(['release']),
    )
  })
})
