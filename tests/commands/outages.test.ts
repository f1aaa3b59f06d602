/** didbon outages, as it is typed: which are printed, how long they lasted, and as what. */
import { beforeAll, expect, test } from 'vitest'
import { openRecord } from '../../src/store/catalog/record.ts'
import { HOUR, T0, anOutage, opened, saved } from '../store/nouns.ts'
import { aReport } from './builders.ts'
import { aDaemonsStore, type Lookout, SMALL, newLookout } from './record-cli.ts'

const dating = (...days: readonly (number | null)[]) => {
  const [earliestAt = null, latestAt = null] = days.map((n) => (n === null ? null : T0 + n * 24 * HOUR))
  return { stated: null, precision: null, earliestAt, latestAt }
}

const REPORTS = [
  aReport({ id: 'r-both', onset: dating(-10, -9.5), end: dating(-9, -8) }),
  aReport({ id: 'r-overlap', onset: dating(-20, -18), end: dating(-19, -17) }),
  aReport({ id: 'r-loose', onset: dating(-30, null), end: dating(null, -29) }),
  aReport({
    id: 'r-no-end',
    onset: dating(-40, -40),
    end: dating(null, null),
    services: [],
    otherTargets: [],
  }),
  aReport({
    id: 'r-many',
    onset: dating(-50, -50),
    end: dating(-49, -48.5),
    services: ['facebook', 'youtube'],
    otherTargets: ['a.example', 'b.example'],
  }),
]

let lookout: Lookout
beforeAll(async () => {
  const made = await newLookout(SMALL)
  lookout = made.lookout
  await lookout.run('outages') // takes the files over first
  const store = await aDaemonsStore(lookout.store)
  const ended = { endAfterAt: T0 + 90_000, endBeforeAt: T0 + 95_000, closedAt: T0 + 100_000 }
  const changes = [
    anOutage({ id: 'over', ...ended }),
    anOutage({ id: 'ending', vantage: 'tcell', ...ended, closedAt: null, cause: 'blocked' }),
    anOutage({ id: 'whole', service: null, cause: 'offline', onsetBeforeAt: T0 + HOUR, causes: [] }),
  ]
  store.save(saved(null, { changes: changes.map(opened) }))
  store.close()
  const record = await openRecord(lookout.store, { now: Date.now })
  record.importReports({ ...record.reportRecord()!, reports: REPORTS })
  record.close()
  return made.remove
})

async function rows(...args: string[]): Promise<string[][]> {
  const { code, stdout, stderr } = await lookout.run('outages', ...args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/))
}

test('measured -> from the first look that failed to the first that was fine, so far while it is not closed', async () => {
  const [whole, over, ending] = await rows('--kind', 'measured')
  expect(whole!.slice(0, 7)).toEqual([
    '2025-10-09 09:00:00',
    expect.stringMatching(/^\d+ d( \d+ h)? so far$/),
    'measured',
    '(all)',
    'babilon',
    'offline',
    '-',
  ])
  expect(over!.slice(1, 3)).toEqual(['1 min 35 s', 'measured'])
  expect(ending!.slice(1, 6)).toEqual(['1 min 35 s so far', 'measured', 'facebook', 'tcell', 'blocked'])
  expect(over!.at(-1)).toBe('Four looks in a row failed.')
})

test('reported -> as short and as long as the windows of onset and end allow', async () => {
  const all = await rows('--kind', 'reported')
  expect(all.map(([, lasted, , hit]) => [lasted, hit])).toEqual([
    ['12 h to 2 d', 'facebook'],
    ['up to 3 d', 'facebook'],
    ['up to 24 h', 'facebook'],
    ['not known', 'everything'],
    ['24 h to 36 h', 'facebook, youtube, a.example and 1 more'],
  ])
  expect(all[0]!.slice(4)).toEqual(['-', 'service-block', '-', 'Reported by A paper.'])
})

test.each([
  { args: ['--open'], ids: ['whole', 'ending'] },
  { args: ['--cause', 'offline'], ids: ['whole'] },
  { args: ['--vantage', 'tcell'], ids: ['ending'] },
  { args: ['--service', 'youtube'], ids: ['r-many'] },
  { args: ['--since', '2025-10-09T08:01:35Z', '--kind', 'measured'], ids: ['whole'] },
  { args: ['--until', '2025-10-09T08:00:00Z', '--limit', '1'], ids: ['r-both'] },
  { args: ['--kind', 'measured', '--service', 'nobody'], ids: [] },
])('$args -> $ids, in JSON and in CSV alike', async ({ args, ids }) => {
  const json = await lookout.run('outages', ...args, '--format', 'json')
  expect((JSON.parse(json.stdout) as { id: string }[]).map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  const csv = await lookout.run('outages', ...args, '--format', 'csv')
  const [heading, ...lines] = csv.stdout.trimEnd().split('\n')
  expect(heading).toMatch(/^id,kind,service,vantage,cause,mechanism,onsetAfter,onsetBefore,/)
  expect(lines.map((line) => line.split(',', 1)[0]!).toSorted()).toEqual(ids.toSorted())
})

test('CSV of both kinds -> as many cells as the heading has, whatever a kind lacks; lists with semicolons', async () => {
  const { stdout } = await lookout.run('outages', '--format', 'csv')
  const lines = stdout.trimEnd().split('\n')
  expect(
    new Set(
      lines
        .slice(1)
        .filter((line) => !line.includes('"'))
        .map((line) => line.split(',').length),
    ),
  ).toEqual(new Set([lines[0]!.split(',').length]))
  expect(stdout).toMatch(/^r-many,reported,.*,service-block,facebook;youtube,a\.example;b\.example,/m)
  expect(stdout).toMatch(/^over,measured,facebook,babilon,unreachable,,.*,95000,0,Four looks/m)
})
