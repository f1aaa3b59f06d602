import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { migrate } from '../../src/store/file/migrate.ts'
import { incidentsQuery } from '../../src/store/outages/read-incidents.ts'
import { outagesQuery } from '../../src/store/outages/read.ts'
import { rowsQuery } from '../../src/store/measurements/read.ts'
import { changesQuery, stripsQuery } from '../../src/store/outages/read-states.ts'
import { type Sql, sql } from '../../src/store/file/sql.ts'
import { aPath, aStore, connect } from './given.ts'
import { HOUR, T0 } from './nouns.ts'

const interval = { hour_at: T0, first_seq: 1, last_seq: 9, n: 9, pruned: 0 } as const
const search = {
  since: T0,
  until: T0 + HOUR,
  order: 'oldest',
  cursor: null,
  seriesIds: null,
  outcome: undefined,
  limit: 9,
} as const

test.each([
  { name: 'an hour', query: rowsQuery(interval, search) },
  {
    name: 'a series',
    query: rowsQuery(interval, { ...search, seriesIds: [1, 2] }),
  },
  {
    name: 'an outcome',
    query: rowsQuery(interval, { ...search, outcome: 'anomaly' }),
  },
  {
    name: 'a later page',
    query: rowsQuery(interval, { ...search, cursor: { at: T0, seq: 3 } }),
  },
  {
    name: 'an id',
    query: sql`select * from measurement where uuid = ${Buffer.alloc(16)}`,
  },
])('$name -> measurements are searched by key, never scanned', async ({ query }) => {
  const raw = connect((await aStore()).path)
  const plan = planOf(raw, query)
  expect(plan.filter((line) => /\bmeasurement\b/.test(line))).toEqual([
    expect.stringMatching(/^SEARCH measurement USING/),
  ])
  expect(plan.filter((line) => /^SCAN (measurement|record|cell)/.test(line))).toEqual([])
})

const reaching = { since: T0, until: T0 + HOUR, service: 'facebook', limit: 5 } as const
const beyond = { at: T0, id: 'x' } as const

test.each([
  { part: 'all', filter: { until: T0, limit: 5 }, index: 'outage_onset' },
  { part: 'recent', filter: reaching, index: 'outage_onset' },
  { part: 'recent', filter: { ...reaching, after: beyond, mechanism: 'tcp.reset' }, index: 'outage_onset' },
  { part: 'recent', filter: { ...reaching, order: 'oldest' }, index: 'outage_onset' },
  { part: 'long', filter: reaching, index: 'outage_long' },
  { part: 'long', filter: { ...reaching, after: beyond, order: 'oldest' }, index: 'outage_long' },
] as const)(
  'outages ($part) of $filter -> by index $index, without sorting',
  async ({ part, filter, index }) => {
    const raw = connect((await aStore()).path)
    expect(planOf(raw, outagesQuery(filter, part))).toEqual([
      expect.stringMatching(new RegExp(`^SEARCH outage USING INDEX ${index} \\(\\(?onset_before_at`)),
    ])
  },
)

test('incidents of a span -> by index, without sorting', async () => {
  const raw = connect((await aStore()).path)
  const plan = planOf(raw, incidentsQuery({ ...reaching, kind: 'measured', after: beyond }))
  expect(plan[0]).toMatch(/^SEARCH incident USING INDEX incident_start \(start_at/)
  expect(plan.filter((line) => /^SCAN|TEMP B-TREE/.test(line))).toEqual([])
})

test.each([{}, { service: 'facebook' }, { service: 'facebook', vantage: 'babilon' }])(
  'states of a span, %o -> strips in their order, changes by key, without sorting',
  async (of) => {
    const raw = connect((await aStore()).path)
    const plan = [changesQuery({ since: T0, until: T0 + HOUR, ...of }), stripsQuery(of)].flatMap((query) =>
      planOf(raw, query),
    )
    expect(plan.filter((line) => /state_change|newer|held/.test(line))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^SEARCH state_change USING INDEX \S+ \(strip_id=\? AND at>\? AND at<\?\)/),
      ]),
    )
    expect(plan.filter((line) => /^SCAN (state_change|newer|held)|TEMP B-TREE/.test(line))).toEqual([])
  },
)

test('every statement written by hand that touches measurements or counts -> by key', async () => {
  const raw = connect((await aStore()).path)
  const folder = fileURLToPath(new URL('../../src/store/', import.meta.url))
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(folder + name, 'utf8'))
    .join('\n')
  const statements = [...source.matchAll(/prepare(?:<[^>]*>)?\(\s*(?:`([^`$]+)`|'([^'$]+)')/g)]
    .map(([, long, short]) => (long ?? short)!)

    .filter((text) => /\b(measurement|cell|record)\b/.test(text))
  expect(statements.length).toBeGreaterThan(3)
  const scans = statements.flatMap((text) =>
    planOf(raw, { text, values: Array<number>(text.split('?').length - 1).fill(1) }).filter((line) =>
      /^SCAN (m|e|measurement|record|cell|evidence)\b/.test(line),
    ),
  )
  expect(scans).toEqual([])
})

test('a migration that fails half way -> nothing of it remains', () => {
  const raw = connect(aPath())
  const cut = () => {
    throw new Error('power')
  }
  expect(() => migrate(raw, cut)).toThrow('power')
  expect(raw.prepare('select count(*) from sqlite_schema').pluck().get()).toBe(0)
  expect(migrate(raw, () => undefined)).toEqual([
    '0001-start',
    '0002-record',
    '0003-vantage-facts',
    '0004-replay',
    '0005-rates',
  ])
  expect(migrate(raw, () => undefined)).toEqual([])
})

function planOf(raw: ReturnType<typeof connect>, { text, values }: Sql): string[] {
  return raw
    .prepare<unknown[], { detail: string }>(`explain query plan ${text}`)
    .all(...values)
    .map(({ detail }) => detail)
}
