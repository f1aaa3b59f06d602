import { existsSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import type { Correlation } from '../../src/model/correlation.ts'
import { showOutage } from '../../src/views/rows/outage.ts'
import { openRecord } from '../../src/store/catalog/record.ts'
import { T0, aMeasurement, anOutage, opened, saved } from '../store/nouns.ts'
import { aMeasured } from './builders.ts'
import { aDaemonsStore, type Lookout, SMALL, aLookout, newLookout } from './record-cli.ts'

interface Correlated {
  incidents: {
    id: string
    kind: string
    onset: [string | null, string | null]
    documentedTrigger: string | null
    candidates: Correlation[]
    none: number | null
  }[]
  significance: { reported: Record<string, unknown>; measured: unknown }
}

// for all that only read
let shipped: Lookout
let small: Lookout
beforeAll(async () => {
  const made = await Promise.all([newLookout(), newLookout(SMALL)])
  shipped = made[0].lookout
  small = made[1].lookout
  return async () => {
    await Promise.all(made.map(({ remove }) => remove()))
  }
})

test('correlate --json on a machine where the daemon never ran -> the shipped record, ranked', async () => {
  const { code, stdout, stderr } = await shipped.run('correlate', '--json')
  expect([code, stderr]).toEqual([0, ''])
  const { incidents, significance } = JSON.parse(stdout) as Correlated
  const of = (id: string) => incidents.find((incident) => incident.id === id)!

  const first = of('reported.tj-2015-05-28-asia-plus')
  expect(first).toMatchObject({
    kind: 'reported',
    onset: ['2015-05-27T13:00:00.000Z', '2015-05-28T18:59:59.000Z'],
    documentedTrigger: 'halimov-video-1-2015-05-27',
  })
  expect(first.candidates[0]).toMatchObject({ event: 'halimov-video-1-2015-05-27', documented: true })
  expect(first.candidates[0]!.posterior).toBeGreaterThan(0.9)
  expect(of('reported.tj-2015-08-25-social').none).toBeGreaterThan(0.5)
  expect(of('reported.tj-2010-01-critical-sites')).toMatchObject({
    onset: [null, null],
    candidates: [],
    none: null,
  })

  for (const { candidates, none } of incidents.filter(({ none }) => none !== null)) {
    expect(candidates.reduce((sum, { posterior }) => sum + posterior, none!)).toBeCloseTo(1, 9)
    for (const { lagHours, bayesFactor, density, lambda } of candidates) {
      expect(lagHours[0]).toBeLessThanOrEqual(lagHours[1])
      expect(bayesFactor).toBeCloseTo(density / lambda, 9)
    }
  }
  expect(significance.measured).toBeNull()
  expect(significance.reported).toMatchObject({
    observed: expect.any(Number),
    expected: expect.any(Number),
    p: expect.any(Number),
    rateRatio: expect.any(Number),
    interval: [expect.any(Number), expect.any(Number)],
    caveat: expect.stringContaining('selection bias'),
  })
})

test.each([
  {
    args: ['events', 'list'],
    says: [
      /^began \(Asia\/Dushanbe\) +role +kind +id +title$/m,
      /2015-05-27 18:00 to 23:59 +trigger +video-release +halimov-video-1-2015-05-27/,
    ],
  },
  {
    args: ['events', 'list', '--role', 'release', '--since', '2015-06-01', '--until', '2015-07-01'],
    says: [/water-for-life-conference-2015-06/],
    not: [/trigger/, /2022/],
  },
  {
    args: ['events', 'list', '--kind', 'election', '--format', 'csv'],
    says: [/^id,title,kind,role,/, /\nparliamentary-election-2010-02-28,/],
  },
  {
    args: ['events', 'show', 'halimov-video-1-2015-05-27'],
    says: [/^sources +\S/m, /^history +\S.* UTC added by file:events\.yaml$/m],
  },
  {
    args: ['incidents', '--kind', 'reported', '--format', 'table'],
    says: [
      /^2015-06-18 11:00 to 13:00 +not known +reported +facebook, odnoklassniki, youtube +TJ +halimov-video-2-2015-06-18 +reported\.tj-2015-06-18-social$/m,
    ],
  },
  { args: ['incidents', '--kind', 'measured'], says: [/^No incident matches\.$/m] },
  {
    args: ['outages', '--service', 'facebook', '--since', '2015-05-01', '--until', '2015-07-01'],
    says: [
      /^onset \(UTC\) +lasted +kind +service/,
      /^2015-06-18 06:00 to 08:00 +.* reported +facebook, youtube, odnoklassniki +- +service-block/m,
    ],
  },
  { args: ['outages', '--kind', 'measured'], says: [/^No outage matches\.$/m] },
  {
    args: ['outages', '--kind', 'reported', '--format', 'csv'],
    says: [/^id,kind,service,vantage,/, /^tj-2015-06-18-social,reported,,,,,2015-06-18T06:00:00\.000Z,/m],
  },
  {
    args: [
      'incidents',
      '--service',
      'asia-plus',
      '--since',
      '2014-10-01',
      '--until',
      '2014-11-01',
      '--format',
      'csv',
    ],
    says: [
      /^id,kind,country,onsetAfter,/,
      /reported\.tj-2014-10-21-asia-plus,reported,TJ,2014-10-20T19:00:00\.000Z/,
    ],
    not: [/tj-2014-10-30-facebook/],
  },
  {
    args: ['incident', 'reported.tj-2015-06-18-social'],
    says: [
      /^kind +reported by others, not measured$/m,
      /^sources +\S/m,
      /^0\.\d+ .* halimov-video-2-2015-06-18 \*$/m,
      /none of them/,
    ],
  },
  {
    args: ['correlate', 'reported.tj-2018-12-asia-plus'],
    says: [/1 \(capped\)/, /too loosely/],
    not: [/halimov/, /Over the record/],
  },
  {
    args: ['timeline', '--since', '2015-05-01', '--until', '2015-07-01'],
    says: [
      /Nothing was measured in this time/,
      /^ {2}asia-plus +█+ +blocked 12 d/m,
      /^ +╵05-01 +╵05-/m,
      /Legend: █ blocked/,
    ],
    not: [/▁/],
  },
  {
    args: ['report', '--since', '2015-05-01', '--until', '2015-07-01'],
    says: [
      /^# Reachability, 2015-05-01 to 2015-07-01$/m,
      /selection bias/,
      /^### 1\. Asia-Plus, Facebook/m,
      /\| Facebook \| service block \| 2 \|/,
    ],
  },
])('$args -> exit 0, results alone on stdout', async ({ args, says, not = [] }) => {
  const { code, stdout, stderr } = await shipped.run(...args)
  expect([code, stderr]).toEqual([0, ''])
  for (const pattern of says) expect(stdout).toMatch(pattern)
  for (const pattern of not) expect(stdout).not.toMatch(pattern)
})

test.each([
  { args: ['incident', 'nope'], says: /no incident nope\. didbon incidents names them all/ },
  { args: ['correlate', 'nope'], says: /no incident nope/ },
  { args: ['events', 'show', 'nope'], says: /no event nope\. didbon events list/ },
  { args: ['events', 'retract', 'nope'], says: /no event nope/ },
  { args: ['events', 'edit', 'nope', '--title', 'x'], says: /no event nope/ },
  { args: ['events', 'add'], says: /nothing was given for the event/ },
  {
    args: ['events', 'add', '--file', '-', '--title', 'x'],
    says: /--file holds the whole event: leave out title/,
  },
  { args: ['events', 'list', '--kind', 'party'], says: /Allowed choices are video-release/ },
  { args: ['events', 'list', '--since', 'whenever'], says: /--since: 'whenever' is not a time/ },
  { args: ['incidents', '--kind', 'guessed'], says: /Allowed choices are measured, reported/ },
  {
    args: ['timeline', '--since', '2015-07-01', '--until', '2015-05-01'],
    says: /--since .* must lie before --until/,
  },
  {
    args: ['incidents', '--since', '2015-07-01', '--until', '2015-05-01'],
    says: /--since .* must lie before --until/,
  },
  {
    args: ['events', 'list', '--since', '2015-07-01', '--until', '2015-05-01'],
    says: /--since .* must lie before --until/,
  },
  {
    args: ['outages', '--since', '2015-07-01', '--until', '2015-05-01'],
    says: /--since .* must lie before --until/,
  },
  { args: ['outages', '--kind', 'reported', '--open'], says: /open: only measured outages have one/ },
  { args: ['outages', '--kind', 'guessed'], says: /Allowed choices are measured, reported, all/ },
  { args: ['timeline', '--service', 'facebok'], says: /--service: 'facebok' is neither configured/ },
  { args: ['report'], says: /required option '--since <time>'/ },
  { args: ['report', '--since', '2015-02-31x'], says: /--since: '2015-02-31x' is not a time/ },
  { args: ['token', 'create', 'News Room'], says: /'News Room' is not a name for a token/ },
  { args: ['token', 'revoke', 'nobody'], says: /no token named nobody/ },
])('$args -> exit 2, a sentence on stderr that helps', async ({ args, says }) => {
  const { code, stdout, stderr } = await small.run(...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(says)
})

test('states as the daemon noted them -> measured strips apart from the reported, a gap never as ok', async () => {
  const { store, run } = await aLookout(SMALL)
  const at = (day: string) => Date.parse(`2015-${day}T00:00:00Z`)
  const record = await openRecord(store, { now: Date.now })
  const state = { service: 'facebook', vantage: 'babilon', mechanism: null, ref: null }
  record.saveStates([
    { ...state, at: at('05-01'), state: 'ok' },
    { ...state, at: at('05-20'), state: 'insufficient' },
    { ...state, at: at('06-10'), state: 'blocked', mechanism: 'tls.sni-reset' },
    { ...state, at: at('06-20'), state: 'ok' },
  ])
  record.close()
  const args = ['--since', '2015-05-01', '--until', '2015-07-01']

  const { stdout } = await run('timeline', ...args, '--width', '100')
  expect(stdout).toMatch(/^ {2}facebook +babilon {2}▁+▂?·+█+▁+ +blocked 10 d$/m)
  expect(stdout.indexOf('babilon')).toBeLessThan(stdout.indexOf('Reported by others'))

  const only = await run('timeline', ...args, '--vantage', 'babilon', '--json')
  expect(JSON.parse(only.stdout)).toMatchObject([
    {
      kind: 'measured',
      service: 'facebook',
      vantage: 'babilon',
      stretches: [
        { from: '2015-05-01T00:00:00.000Z', until: '2015-05-20T00:00:00.000Z', state: 'ok' },
        { state: 'insufficient' },
        { state: 'blocked', mechanism: 'tls.sni-reset' },
        { state: 'ok' },
      ],
    },
  ])

  const report = await run('report', ...args)
  expect(report.stdout).toContain('| Facebook | babilon | 75.00 % | 240 h | - | 34.42 % |')
})

test('a measured incident -> beside the reported ones, with its vantages, its mechanism and its ranking', async () => {
  const { store, run } = await aLookout(SMALL)
  const record = await openRecord(store, { now: Date.now })
  record.saveIncidents({ incidents: [aMeasured()], changes: [] })
  record.close()
  const { id } = aMeasured()

  expect((await run('incidents')).stdout).toMatch(
    /^2026-03-01 14:00 to 14:10 +2026-03-03 15:00 +measured +facebook +TJ, 2 of 3 vantages +- +measured\.facebook\.babilon$/m,
  )
  expect((await run('incidents', '--kind', 'measured', '--format', 'csv')).stdout).toMatch(
    /\nmeasured\.facebook\.babilon,measured,TJ,2026-03-01T09:00:00\.000Z,.*,facebook,facebook\.babilon\.1,babilon;tcell,3,24722,blocked,tls\.sni-reset,/,
  )
  const { stdout } = await run('incident', id)
  for (const line of [
    'kind        measured by this lookout',
    'networks    AS24722',
    'mechanisms  tls.sni-reset',
  ])
    expect(stdout).toContain(`${line}\n`)
  expect(stdout).toMatch(/none of them$/m)
  expect(JSON.parse((await run('incident', id, '--json')).stdout)).toMatchObject({
    id,
    onset: ['2026-03-01T09:00:00.000Z', '2026-03-01T09:10:00.000Z'],
    ranking: { kind: 'measured', documentedTrigger: null },
  })
  expect((await run('report', '--since', '2026-02-01', '--until', '2026-04-01')).stdout).toContain(
    '- Where: Tajikistan, 2 of 3 vantages: babilon, tcell, AS24722.',
  )
  const correlated = await run('correlate', '--json')
  expect(Object.keys((JSON.parse(correlated.stdout) as Correlated).significance).sort()).toEqual([
    'measured',
    'reported',
  ])
})

test('outages that were measured -> rows as the API has them, an open one without a length', async () => {
  const { store: path, run } = await aLookout(SMALL)
  const store = await aDaemonsStore(path, { now: () => T0 })
  const outage = anOutage({
    id: '=facebook',
    causes: [{ at: T0, cause: 'blocked', mechanism: null, reason: '@SUM(1)' }],
  })
  store.save(saved(aMeasurement(1), { changes: [opened(outage)] }))
  store.flush()
  store.close()

  const rows = JSON.parse((await run('outages', '--format', 'json')).stdout) as Record<string, unknown>[]
  expect(rows[0]).toEqual(showOutage(outage))
  expect(rows.map(({ kind }) => kind)).toEqual(['measured', 'reported'])
  expect(rows[0]).toMatchObject({ kind: 'measured', end: null, durationMs: null })
  const { stdout } = await run('outages', '--format', 'csv')
  expect(stdout).toMatch(/^'=facebook,measured,facebook,babilon,/m)
  expect(stdout).toContain(",'@SUM(1),")
})

test('text that a spreadsheet takes for a formula -> made harmless in the CSV of events and incidents', async () => {
  const { run, store } = await aLookout({
    ...SMALL,
    events: SMALL.events.replace('title: A speech\n', 'title: =1+1\n'),
  })
  expect((await run('events', 'list', '--format', 'csv')).stdout).toMatch(/^a-speech,'=1\+1,/m)
  const record = await openRecord(store, { now: Date.now })
  record.saveIncidents({ incidents: [{ ...aMeasured(), services: ['=x'] }], changes: [] })
  record.close()
  expect((await run('incidents', '--kind', 'measured', '--format', 'csv')).stdout).toContain(",'=x,")
})

test('a record that cannot be read -> every problem, exit 2, and no store is made', async () => {
  const { store, run } = await aLookout({ events: 'events: [{ id: No Good }]\n', reports: '' })
  const done = await run('events', 'list')
  expect([done.code, done.stdout]).toEqual([2, ''])
  expect(done.stderr).toMatch(/events\.yaml:1:\d+ {2}events\[0\]\.id: must be an id of small letters/)
  expect(existsSync(store)).toBe(false)
})
