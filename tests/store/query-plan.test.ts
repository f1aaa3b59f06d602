import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Kysely, PostgresDialect, type PostgresPool, SqliteDialect } from 'kysely'
import { expect, test } from 'vitest'
import * as start from '../../src/store/migrations/0001-start.ts'
import * as record from '../../src/store/migrations/0002-record.ts'
import * as vantageFacts from '../../src/store/migrations/0003-vantage-facts.ts'
import * as rates from '../../src/store/migrations/0005-rates.ts'
import { migrate } from '../../src/store/file/migrate.ts'
import { incidentsQuery } from '../../src/store/outages/read-incidents.ts'
import { outagesQuery } from '../../src/store/outages/read.ts'
import { rowsQuery } from '../../src/store/measurements/read.ts'
import { changesQuery, stripsQuery } from '../../src/store/outages/read-states.ts'
import { replayQuery } from '../../src/store/measurements/replay.ts'
import type { Tables } from '../../src/store/file/schema.ts'
import { aPath, aStore, connect } from './given.ts'
import { HOUR, T0 } from './nouns.ts'

const stretch = { hour_at: T0, first_seq: 1, last_seq: 9, n: 9, pruned: 0 } as const
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
  { name: 'an hour', query: (db: Kysely<Tables>) => rowsQuery(db, stretch, search) },
  {
    name: 'a series',
    query: (db: Kysely<Tables>) => rowsQuery(db, stretch, { ...search, seriesIds: [1, 2] }),
  },
  {
    name: 'an outcome',
    query: (db: Kysely<Tables>) => rowsQuery(db, stretch, { ...search, outcome: 'anomaly' }),
  },
  {
    name: 'a later page',
    query: (db: Kysely<Tables>) => rowsQuery(db, stretch, { ...search, cursor: { at: T0, seq: 3 } }),
  },
  { name: 'a replay', query: (db: Kysely<Tables>) => replayQuery(db, 1, 9) },
  {
    name: 'an id',
    query: (db: Kysely<Tables>) =>
      db.selectFrom('measurement').selectAll().where('uuid', '=', Buffer.alloc(16)),
  },
])('$name -> measurements are searched by key, never scanned', async ({ query }) => {
  const raw = connect((await aStore()).path)
  const { sql, parameters } = query(
    new Kysely<Tables>({ dialect: new SqliteDialect({ database: raw }) }),
  ).compile()
  const plan = planOf(raw, sql, parameters)
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
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: raw }) })
    const { sql, parameters } = outagesQuery(db, filter, part).compile()
    expect(planOf(raw, sql, parameters)).toEqual([
      expect.stringMatching(new RegExp(`^SEARCH outage USING INDEX ${index} \\(\\(?onset_before_at`)),
    ])
  },
)

test('incidents of a span -> by index, without sorting', async () => {
  const raw = connect((await aStore()).path)
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: raw }) })
  const { sql, parameters } = incidentsQuery(db, { ...reaching, kind: 'measured', after: beyond }).compile()
  const plan = planOf(raw, sql, parameters)
  expect(plan[0]).toMatch(/^SEARCH incident USING INDEX incident_start \(start_at/)
  expect(plan.filter((line) => /^SCAN|TEMP B-TREE/.test(line))).toEqual([])
})

test.each([{}, { service: 'facebook' }, { service: 'facebook', vantage: 'babilon' }])(
  'states of a span, %o -> strips in their order, changes by key, without sorting',
  async (of) => {
    const raw = connect((await aStore()).path)
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: raw }) })
    const plan = [changesQuery(db, { since: T0, until: T0 + HOUR, ...of }), stripsQuery(db, of)].flatMap(
      (query) => {
        const { sql, parameters } = query.compile()
        return planOf(raw, sql, parameters)
      },
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
  const source = readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(folder + name, 'utf8'))
    .join('\n')
  const statements = [...source.matchAll(/prepare(?:<[^>]*>)?\(\s*(?:`([^`$]+)`|'([^'$]+)')/g)]
    .map(([, long, short]) => (long ?? short)!)
    .filter((sql) => /\b(measurement|cell|record)\b/.test(sql))
  expect(statements.length).toBeGreaterThan(3)
  const scans = statements.flatMap((sql) =>
    planOf(raw, sql, Array(sql.split('?').length - 1).fill(1)).filter((line) =>
      /^SCAN (m|e|measurement|record|cell|evidence)\b/.test(line),
    ),
  )
  expect(scans).toEqual([])
})

test('the migration on PostgreSQL -> says bytea where SQLite says blob, and nothing SQLite alone knows', async () => {
  const statements: string[] = []
  const db = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: agreeable }),
    log: ({ query }) => {
      statements.push(query.sql)
    },
  })
  await start.up(db)
  expect(statements).toHaveLength(17)
  await record.up(db)
  await vantageFacts.up(db)
  await rates.up(db)
  const all = statements.join('\n')
  expect(statements).toHaveLength(17 + 17 + 1 + 1)
  expect(all).toMatch(/"uuid" bytea not null/)
  expect(all).not.toMatch(/blob|autoincrement|without rowid|integer primary key autoincrement/i)
})

test('a migration that fails half way -> nothing of it remains', async () => {
  const raw = connect(aPath())
  await expect(
    migrate(raw, () => {
      throw new Error('power')
    }),
  ).rejects.toThrow('power')
  expect(raw.prepare('select count(*) from sqlite_schema').pluck().get()).toBe(0)
  expect(await migrate(raw, () => undefined)).toEqual([
    '0001-start',
    '0002-record',
    '0003-vantage-facts',
    '0004-replay',
    '0005-rates',
  ])
  expect(await migrate(raw, () => undefined)).toEqual([])
})

function planOf(raw: ReturnType<typeof connect>, sql: string, parameters: readonly unknown[]): string[] {
  return raw
    .prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
    .all(...parameters)
    .map(({ detail }) => detail)
}

/** A server that agrees to everything and holds nothing. */
const agreeable: PostgresPool = {
  options: {},
  connect: async () =>
    ({
      query: async () => ({ command: 'CREATE' as never, rowCount: 0, rows: [] }),
      release: () => undefined,
    }) as never,
  end: async () => undefined,
}
