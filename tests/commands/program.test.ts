/** What holds of every command: exit codes, where its words go, and what it makes of options that are none. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openRecord } from '../../src/store/catalog/record.ts'
import { T0 } from '../store/nouns.ts'
import { aDaemonsStore, type Lookout, SMALL, aLookout, newLookout } from './record-cli.ts'

let small: Lookout
beforeAll(async () => {
  const { lookout, remove } = await newLookout(SMALL)
  small = lookout
  return remove
})

test.each([
  { args: ['--help'], says: /^Usage: didbon/ },
  { args: ['events', '--help'], says: /^Usage: didbon events/ },
  { args: ['backup', '--help'], says: /cp "\$COPY" didbon\.db/ },
  { args: ['--version'], says: /^\d+\.\d+\.\d+\n$/ },
])('$args -> 0, on stdout', async ({ args, says }) => {
  const { code, stdout, stderr } = await small.run(...args)
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(says)
})

test.each([
  { args: [], says: /Usage: didbon/ },
  { args: ['events'], says: /Usage: didbon events/ },
  { args: ['token'], says: /Usage: didbon token/ },
  { args: ['event', 'list'], says: /unknown command 'event'.*\n.*didbon --help/s },
  { args: ['outages', '--services', 'x'], says: /unknown option '--services'/ },
  { args: ['incident'], says: /missing required argument 'id'/ },
  { args: ['incident', 'a', 'b'], says: /too many arguments/ },
  { args: ['outages', '--limit', '-1'], says: /Not a whole number/ },
  { args: ['outages', '--limit', '1e3'], says: /Not a whole number/ },
  { args: ['outages', '--limit', '1'.repeat(10)], says: /Not a whole number/ },
  { args: ['demo', '--hold', '1,5'], says: /Not a number of seconds/ },
  { args: ['demo', '--hold', '100000'], says: /Not a number of seconds/ },
  { args: ['export'], says: /required option '--format <format>'/ },
  {
    args: ['export', '--format', 'ooni', '--until', '2015-02-30'],
    says: /--until: '2015-02-30' is not a time/,
  },
  { args: ['export', '--format', 'openmetrics'], says: /--format openmetrics needs --since: 2015-05-23/ },
  {
    args: ['export', '--format', 'openmetrics', '--since', '1d', '--step', '0m'],
    says: /--step: '0m' is not a length of time: write 30s, 5m or 1h/,
  },
  { args: ['events', 'show', 'a-speech', '--json', '--entry'], says: /cannot be used with option '--entry'/ },
  { args: ['backup', 'x.db', '--deadline', 'soon'], says: /--deadline: 'soon' is not a length of time/ },
  { args: ['replay', '--since', 'ever'], says: /--since: 'ever' is not a time/ },
  {
    args: ['replay', '--since', '2015-05-02', '--until', '2015-05-02'],
    says: /--until: '2015-05-02' is not after --since '2015-05-02'/,
  },
  {
    args: ['replay', '--vantage', 'here', '--write'],
    says: /--vantage 'here' cannot go with --write: .* or leave out --write for a preview/,
  },
  { args: ['replay', '--until', '1h', '--write'], says: /--until '1h' cannot go with --write/ },
  { args: ['replay', '--service', 'orkut'], says: /--service: there is no 'orkut'\. There are: facebook, / },
  { args: ['replay', '--vantage', 'moon'], says: /--vantage: there is no 'moon'\. There are: here\./ },
  { args: ['replay', '--rules', '/nowhere/rules.yaml'], says: /\/nowhere\/rules\.yaml/ },
  { args: ['probe', 'orkut'], says: /'orkut' is neither a configured service \(facebook, .*\) nor an http/ },
  { args: ['probe', 'ftp://example.org/'], says: /is neither a configured service/ },
  {
    args: ['probe', 'facebook', '--plan', 'diagnose', '--vantage', 'moon'],
    says: /--vantage: 'moon' is not/,
  },
  { args: ['probe', 'facebook', '--plan', 'quick'], says: /Allowed choices are full, diagnose, throughput/ },
  { args: ['evaluate'], says: /evaluate takes either a FILE or --generate/ },
  {
    args: ['timeline', '--vantage', 'moon'],
    says: /--vantage: 'moon' is neither configured nor in the record/,
  },
  { args: ['import', '--format', 'csv', 'x'], says: /Allowed choices are ooni/ },
])('$args -> 2, a sentence on stderr, nothing on stdout', async ({ args, says }) => {
  const { code, stdout, stderr } = await small.run(...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(says)
})

test.each(['outages', 'incidents', 'events list'])('%s --limit 0 -> none, and no error', async (list) => {
  const { code, stdout } = await small.run(...list.split(' '), '--limit', '0', '--format', 'json')
  expect([code, stdout]).toEqual([0, '[]\n'])
})

test.each([
  { list: 'outages', field: 'id' },
  { list: 'incidents', field: 'id' },
  { list: 'events list', field: 'id' },
])(
  '$list of more than a page, and a limit within it -> as many as asked for, the newest',
  async ({ list }) => {
    const { store, run } = await aLookout(SMALL)
    const record = await openRecord(store, { now: Date.now })
    const { reports } = await manyOf(record, run)
    expect(reports).toBeGreaterThan(500)
    const ids = async (...more: string[]) => {
      const { stdout } = await run(...list.split(' '), '--format', 'json', ...more)
      return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)
    }
    const all = await ids('--limit', '9999')
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBeGreaterThan(500)
    expect(await ids('--limit', '501')).toEqual(all.slice(0, 501))
    expect(await ids('--limit', '3')).toEqual(all.slice(0, 3))
  },
)

/** Six hundred of everything, in the record alone. */
async function manyOf(
  record: Awaited<ReturnType<typeof openRecord>>,
  run: Lookout['run'],
): Promise<{ reports: number }> {
  await run('events', 'list') // takes the files over first
  const [event] = record.events()
  const known = record.reportRecord()!
  const [incident] = record.incidents('reported')
  const days = Array.from({ length: 600 }, (_, n) => {
    const at = T0 - n * 86_400_000
    return { n, window: { stated: null, precision: null, earliestAt: at, latestAt: at } }
  })
  for (const { n, window } of days) record.putEvent({ ...event!.event, id: `e-${n}`, at: window }, 'cli:x')
  record.importReports({
    ...known,
    reports: days.map(({ n, window }) => ({
      ...known.reports[0]!,
      id: `r-${n}`,
      onset: window,
      end: window,
    })),
  })
  record.saveIncidents({
    incidents: days.map(({ n, window }) => ({
      ...incident!,
      id: `i-${n}`,
      members: [`r-${n}`],
      onset: window,
      end: window,
    })),
    changes: [],
  })
  record.close()
  return { reports: days.length }
}

test('a store that is no database -> 1, since that is no slip of the pen, with the way out; it is left as it is', async () => {
  const { store, run } = await aLookout(SMALL)
  await writeFile(store, 'not a database at all, '.repeat(100))
  for (const args of [['outages'], ['vantages'], ['token', 'list'], ['replay'], ['events', 'list']]) {
    const { code, stdout, stderr } = await run(...args)
    expect([args[0], code, stdout]).toEqual([args[0], 1, ''])
    expect(stderr).toMatch(/^didbon: .*didbon\.db is damaged, or is not an SQLite database: /)
  }
  expect(await readFile(store, 'utf8')).toMatch(/^not a database at all/)
})

test.each([['outages'], ['token', 'list'], ['correlate']])(
  '%s beside a daemon -> answered, and its store stays its own',
  async (...args) => {
    const { store: path, run } = await aLookout(SMALL)
    const daemon = await aDaemonsStore(path)
    expect(await run(...args)).toMatchObject({ code: 0, stderr: '' })
    expect(() => daemon.close()).not.toThrow()
  },
)

test('check -> that it is sound and what would run, or as JSON; a broken file -> every problem and 2', async () => {
  const { run, folder } = await aLookout(SMALL)
  const { code, stdout, stderr } = await run('check')
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(new RegExp(`^${join(folder, 'didbon.yaml')} is valid\\.\\n\\n`))
  expect(JSON.parse((await run('check', '--json')).stdout)).toMatchObject({
    services: expect.arrayContaining([expect.objectContaining({ id: 'facebook' })]),
  })
  await writeFile(join(folder, 'didbon.yaml'), 'serve: { port: 99999 }\nlog: { level: loud }\n')
  const broken = await run('check', '--json')
  expect([broken.code, broken.stdout]).toEqual([2, ''])
  for (const part of ['serve.port', 'log.level']) expect(broken.stderr).toContain(part)
})
