import { describe, expect, test } from 'vitest'
import { groupReports } from '../../src/incident/reports.ts'
import type { Window } from '../../src/model/event.ts'
import type { Report } from '../../src/model/report.ts'
import { record } from '../correlate/record.ts'

const DAY = 86_400_000
const T0 = Date.UTC(2019, 4, 1)
/** Days after T0; `null` is open. */
const days = (from: number | null, to: number | null): Window => ({
  earliestAt: from === null ? null : T0 + from * DAY,
  latestAt: to === null ? null : T0 + to * DAY,
})

function aReport(
  id: string,
  onset: Window,
  shown: Partial<Omit<Report, 'end'>> & { end?: Window } = {},
): Report {
  const { end = days(null, null), ...rest } = shown
  return {
    id,
    episode: '2019-05',
    mode: 'service-block',
    services: ['facebook'],
    otherTargets: [],
    timeZone: 'Asia/Dushanbe',
    country: 'TJ',
    regions: [],
    isps: [],
    reportedBy: 'a newspaper',
    attribution: null,
    documentedTrigger: null,
    documentedRelease: null,
    confidence: 'high',
    sources: [],
    notes: null,
    ...rest,
    onset: { stated: null, precision: null, ...onset },
    end: { stated: null, precision: null, ...end },
  }
}

const shape = (reports: readonly Report[]) => groupReports(reports).incidents.map(({ members }) => members)

describe('episodes', () => {
  test('two reports of one episode -> one incident that holds what both say', () => {
    const { incidents, changes } = groupReports([
      aReport('b', days(1, 2), {
        services: ['youtube'],
        isps: ['most'],
        documentedTrigger: 'riot',
        end: days(9, 10),
      }),
      aReport('a', days(0, 1), { otherTargets: ['zvezda.ru'], documentedRelease: 'visit', end: days(5, 7) }),
    ])
    expect(incidents).toEqual([
      {
        id: 'reported.a',
        kind: 'reported',
        country: 'TJ',
        episode: '2019-05',
        onset: days(0, 1),
        end: days(9, 10),
        services: ['facebook', 'youtube'],
        otherTargets: ['zvezda.ru'],
        members: ['a', 'b'],
        regions: [],
        modes: ['service-block'],
        isps: ['most'],
        documentedTriggers: ['riot'],
        documentedReleases: ['visit'],
      },
    ])
    expect(changes).toEqual([{ kind: 'opened', incident: 'reported.a', others: [] }])
  })

  test.each([
    ['three days between the windows', days(4, 5), [['a', 'b']]],
    ['over three days', days(4.1, 5), [['a'], ['b']]],
    ['overlapping windows', days(0.5, 40), [['a', 'b']]],
    ['open beginning', days(null, 30), [['a', 'b']]],
    ['undated', days(null, null), [['a', 'b']]],
  ])('%s -> %j makes %j', (_, onset, expected) => {
    expect(shape([aReport('a', days(0, 1)), aReport('b', onset)])).toEqual(expected)
  })

  test('one of two parts, a report with an open beginning -> goes with the last part that had begun', () => {
    const reports = [
      aReport('a', days(0, 1)),
      aReport('b', days(20, 21)),
      aReport('c', days(null, 15)),
      aReport('d', days(null, 22)),
    ]
    expect(shape(reports)).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ])
  })

  test('the same month in another country -> another incident', () => {
    expect(shape([aReport('a', days(0, 1)), aReport('b', days(0, 1), { country: 'KZ' })])).toEqual([
      ['a'],
      ['b'],
    ])
  })

  test.each([
    ['both regional', ['TJ-GB'], ['TJ-SU'], ['TJ-GB', 'TJ-SU']],
    ['one national', ['TJ-GB'], [], []],
  ])('%s -> regions %j and %j make %j', (_, one, other, expected) => {
    const { incidents } = groupReports([
      aReport('a', days(0, 1), { regions: one }),
      aReport('b', days(0, 1), { regions: other }),
    ])
    expect(incidents[0]!.regions).toEqual(expected)
  })
})

describe('windows', () => {
  const onsetOf = (...windows: Window[]) =>
    groupReports(windows.map((w, i) => aReport(`r${i}`, w))).incidents[0]!.onset
  const endOf = (...windows: Window[]) =>
    groupReports(windows.map((w, i) => aReport(`r${i}`, days(0, 1), { end: w }))).incidents[0]!.end

  test.each([
    ['the first of several', [days(0, 2), days(1, 1.5)], days(0, 1.5)],
    ['a report that does not say since when', [days(0, 2), days(null, 1)], days(0, 2)],
    ['only such reports', [days(null, 3), days(null, 2)], days(null, 2)],
    ['nothing known', [days(null, null)], days(null, null)],
  ])('onset: %s -> %#', (_, windows, expected) => {
    expect(onsetOf(...windows)).toEqual(expected)
  })

  test.each([
    ['the last of several', [days(5, 9), days(7, 8)], days(7, 9)],
    ['one without an end', [days(5, 9), days(null, null)], days(5, null)],
    ['one not over by then', [days(5, 9), days(12, null)], days(12, null)],
    ['none has an end', [days(null, null), days(null, null)], days(null, null)],
  ])('end: %s -> %#', (_, windows, expected) => {
    expect(endOf(...windows)).toEqual(expected)
  })
})

describe('ids', () => {
  test('two parts -> each named after its first report; a part found before both leaves their names alone', () => {
    const reports = [aReport('early-may', days(1, 2)), aReport('late-may', days(20, 21))]
    const { incidents } = groupReports(reports)
    expect(incidents.map(({ id }) => id)).toEqual(['reported.early-may', 'reported.late-may'])
    const later = groupReports([...reports, aReport('april', days(-20, -19))], incidents)
    expect(later.incidents.map(({ id, members }) => [id, ...members])).toEqual([
      ['reported.april', 'april'],
      ['reported.early-may', 'early-may'],
      ['reported.late-may', 'late-may'],
    ])
    expect(later.changes).toEqual([{ kind: 'opened', incident: 'reported.april', others: [] }])
  })

  test('a report between two parts -> they merge; taken out again, they split', () => {
    const ends = [aReport('early-may', days(1, 2)), aReport('late-may', days(7, 8))]
    const apart = groupReports(ends).incidents
    const joined = groupReports([...ends, aReport('between', days(4, 5))], apart)
    expect(joined.changes).toEqual([
      { kind: 'merged', incident: 'reported.early-may', others: ['reported.late-may'] },
      { kind: 'changed', incident: 'reported.early-may', others: [] },
    ])
    const again = groupReports(ends, joined.incidents)
    expect(again.incidents).toEqual(apart)
    expect(again.changes[0]).toEqual({
      kind: 'split',
      incident: 'reported.early-may',
      others: ['reported.late-may'],
    })
  })
})

describe('the shipped record', () => {
  const { incidents } = groupReports(record.reports)

  test('three episodes hold two incidents each, May 2019 among them', () => {
    const parts = Map.groupBy(incidents, ({ episode }) => episode)
    expect(
      [...parts]
        .filter(([, list]) => list.length > 1)
        .map(([episode, list]) => [episode, list.map(({ id }) => id)]),
    ).toEqual([
      ['2012-07-khorog', ['reported.tj-2012-07-asia-plus', 'reported.tj-2012-08-asia-plus']],
      ['2014-10', ['reported.tj-2014-10-sughd-offline', 'reported.tj-2014-10-10-asia-plus']],
      ['2019-05', ['reported.tj-2019-05-02-google', 'reported.tj-2019-05-20-social']],
    ])
  })

  test('every report is a member of exactly one incident', () => {
    expect(incidents.flatMap(({ members }) => members).sort()).toEqual(
      record.reports.map(({ id }) => id).sort(),
    )
  })

  test('in another order -> the same incidents', () => {
    expect(groupReports(record.reports.toReversed(), incidents)).toEqual({ incidents, changes: [] })
  })
})
