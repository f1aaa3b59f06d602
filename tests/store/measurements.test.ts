import { expect, test } from 'vitest'
import type { MeasurementFilter } from '../../src/store/measurements/read.ts'
import { aStore, connect } from './given.ts'
import { DAY, HOUR, RESET, T0, aMeasurement, anId, saved } from './nouns.ts'

const ALL = { since: 0, until: T0 * 2, limit: 1000 }

/** Twelve measurements, half an hour apart; even ones from babilon, every third a reset, 6 and up of youtube. */
async function twelve() {
  const store = await aStore()
  for (let n = 0; n < 12; n += 1) {
    const measurement = aMeasurement(n, {
      startedAt: T0 + (n * HOUR) / 2,
      vantage: n % 2 === 0 ? 'babilon' : 'tcell',
      endpoint: n < 6 ? 'facebook/www' : 'youtube/www',
    })
    store.save(saved(measurement, n % 3 === 0 ? { verdict: RESET } : {}))
  }
  store.flush()
  return store
}

const nth = (id: string) => Number.parseInt(id.slice(-12), 16)

test.each([
  { name: 'everything, newest first', filter: {}, ns: [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0] },
  {
    name: 'everything, oldest first',
    filter: { order: 'oldest' },
    ns: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  },
  { name: 'since is inside', filter: { since: T0 + 5 * HOUR }, ns: [11, 10] },
  { name: 'until is outside', filter: { until: T0 + HOUR }, ns: [1, 0] },
  { name: 'part of an hour', filter: { since: T0 + 1, until: T0 + HOUR / 2 + 1 }, ns: [1] },
  { name: 'an endpoint', filter: { endpoint: 'youtube/www' }, ns: [11, 10, 9, 8, 7, 6] },
  { name: 'a vantage', filter: { vantage: 'tcell' }, ns: [11, 9, 7, 5, 3, 1] },
  { name: 'an outcome', filter: { outcome: 'anomaly' }, ns: [9, 6, 3, 0] },
  { name: 'all three', filter: { endpoint: 'facebook/www', vantage: 'tcell', outcome: 'anomaly' }, ns: [3] },
  { name: 'an outcome that never was', filter: { outcome: 'confirmed' }, ns: [] },
  { name: 'an endpoint never seen', filter: { endpoint: 'x/y' }, ns: [] },
  { name: 'a vantage never seen', filter: { vantage: 'x' }, ns: [] },
  { name: 'an empty span', filter: { since: T0 + HOUR, until: T0 + HOUR }, ns: [] },
  { name: 'a span before all', filter: { until: T0 }, ns: [] },
  { name: 'a span after all', filter: { since: T0 + DAY }, ns: [] },
  { name: 'none asked for', filter: { limit: 0 }, ns: [] },
] as const satisfies { name: string; filter: Partial<MeasurementFilter>; ns: number[] }[])(
  'measurements: $name -> $ns',
  async ({ filter, ns }) => {
    const store = await twelve()
    const { rows } = await store.measurements({ ...ALL, ...filter })
    expect(rows.map(({ id }) => nth(id))).toEqual(ns)
  },
)

test.each([
  { order: 'oldest', limit: 5 },
  { order: 'newest', limit: 5 },
  { order: 'newest', limit: 1 },
  { order: 'oldest', limit: 12 },
] as const)(
  'page by page, $order first, $limit at a time -> the same rows as at once, none twice',
  async ({ order, limit }) => {
    const store = await twelve()
    const ids: string[] = []
    let after: string | null = ''
    while (after !== null) {
      const page = await store.measurements({ ...ALL, order, limit, ...(after === '' ? {} : { after }) })
      ids.push(...page.rows.map(({ id }) => id))
      after = page.next
    }
    const { rows } = await store.measurements({ ...ALL, order })
    expect(ids).toEqual(rows.map(({ id }) => id))
  },
)

test.each([
  { order: 'oldest', first: 0, last: 49 },
  { order: 'newest', first: 49, last: 0 },
] as const)(
  'fifty that began in the same millisecond, $order first, in pages of seven -> each once, as saved',
  async ({ order, first, last }) => {
    const store = await aStore()
    for (let n = 0; n < 50; n += 1) store.save(saved(aMeasurement(n, { startedAt: T0 })))
    store.flush()
    const ns: number[] = []
    let page = await store.measurements({ ...ALL, order, limit: 7 })
    for (;;) {
      ns.push(...page.rows.map(({ id }) => nth(id)))
      if (page.next === null) break
      page = await store.measurements({ ...ALL, order, limit: 7, after: page.next })
    }
    expect(new Set(ns).size).toBe(50)
    expect([ns.length, ns[0], ns.at(-1)]).toEqual([50, first, last])
  },
)

test('pages while new ones are saved, oldest first -> nothing is missed or doubled', async () => {
  const store = await twelve()
  const first = await store.measurements({ ...ALL, order: 'oldest', limit: 6 })
  store.save(saved(aMeasurement(12, { startedAt: T0 + 20 * HOUR })))
  store.flush()
  const second = await store.measurements({ ...ALL, order: 'oldest', after: first.next! })
  expect(second.rows.map(({ id }) => nth(id))).toEqual([6, 7, 8, 9, 10, 11, 12])
})

test('an hour that came late, after many of a later day -> found where it belongs in time', async () => {
  const store = await aStore({ maxQueued: 50_000 })
  store.save(saved(aMeasurement(1, { startedAt: T0 + 1 })))
  for (let n = 100; n < 10_300; n += 1) store.save(saved(aMeasurement(n, { startedAt: T0 + DAY + n })))
  store.flush()
  store.save(saved(aMeasurement(2, { startedAt: T0 + 2 })))
  store.save(saved(aMeasurement(3, { startedAt: T0 })))
  store.flush()
  const { rows } = await store.measurements({ ...ALL, until: T0 + HOUR, order: 'oldest' })
  expect(rows.map(({ id }) => nth(id))).toEqual([3, 1, 2])
  const intervals = connect(store.path)
    .prepare('select n from stretch where hour_at = ? order by first_seq')
    .pluck()
  expect(intervals.all(T0), 'the day in between is not searched with it').toEqual([1, 2])
})

test('a cursor that is none -> usage', async () => {
  const store = await twelve()
  await expect(store.measurements({ ...ALL, after: 'x; drop table' })).rejects.toMatchObject({
    code: 'usage',
  })
})

test('counts -> by hour, endpoint, vantage, outcome and rule; what was not judged by why', async () => {
  const store = await twelve()
  store.save(saved(aMeasurement(20, { endpoint: 'canary/a' }), { verdict: null, answered: 'no' }))
  store.save(
    saved(aMeasurement(21, { endpoint: 'canary/a', unfit: 'vantage_unreachable' }), { verdict: null }),
  )
  store.save(saved(aMeasurement(22, { vantage: 'control', purpose: 'control' }), { verdict: null }))
  store.flush()
  expect(await store.counts({ since: T0, until: T0 + HOUR })).toEqual([
    { hourAt: T0, endpoint: 'canary/a', vantage: 'babilon', outcome: 'unjudged', rule: 'canary_no', n: 1 },
    {
      hourAt: T0,
      endpoint: 'canary/a',
      vantage: 'babilon',
      outcome: 'unjudged',
      rule: 'vantage_unreachable',
      n: 1,
    },
    { hourAt: T0, endpoint: 'facebook/www', vantage: 'babilon', outcome: 'anomaly', rule: RESET.rule, n: 1 },
    { hourAt: T0, endpoint: 'facebook/www', vantage: 'control', outcome: 'unjudged', rule: 'none', n: 1 },
    { hourAt: T0, endpoint: 'facebook/www', vantage: 'tcell', outcome: 'ok', rule: 'all_fine', n: 1 },
  ])
  const youtube = await store.counts({ since: 0, until: T0 * 2, endpoint: 'youtube/www', vantage: 'tcell' })
  expect(youtube.map(({ hourAt, outcome, n }) => [(hourAt - T0) / HOUR, outcome, n])).toEqual([
    [3, 'ok', 1],
    [4, 'anomaly', 1],
    [5, 'ok', 1],
  ])
})

test('counts over several commits of one hour -> added up', async () => {
  const store = await aStore()
  for (let n = 0; n < 30; n += 1) {
    store.save(saved(aMeasurement(n)))
    if (n % 4 === 0) store.flush()
  }
  store.flush()
  expect(await store.counts({ since: 0, until: T0 * 2 })).toMatchObject([{ n: 30 }])
  expect(await store.measurement(anId(29, T0 + 29))).not.toBeNull()
})
