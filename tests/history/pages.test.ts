import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { History, Page } from '../../src/model/history.ts'
import type { Outage } from '../../src/model/outage.ts'
import { FINE, RESET, aMeasurement, saved, DAY, HOUR, T0 } from '../store/nouns.ts'
import { UNDATED, aReport, aReportRecord, anEvent, anIncident, day } from '../store/record-nouns.ts'
import { allPages, given, outageAt, saveOutages } from './given.ts'

const ids = (page: Page<{ readonly id: string }>) => page.rows.map(({ id }) => id)
const MINUTE = 60_000
const WEEK = 7 * 24 * 60

describe('outages', () => {
  /** Minutes of onset after T0, as the ids tell. */
  const onsets = async (history: History, query: Partial<Parameters<History['outages']>[0]>) =>
    ids(await history.outages({ limit: 100, ...query })).map((id) => Number(id.split('.')[2]))

  test('of a span -> what overlaps it: began in it, reached into it for minutes or for months, is still open', async () => {
    const { store, history } = await given()
    const at = 20 * WEEK
    saveOutages(store, [
      outageAt(0, null), // open since long ago
      outageAt(1, at + 5), // months, and over inside
      outageAt(2, at - 500), // months, and over before
      outageAt(at - 60, 90), // an hour before, reaching in
      outageAt(at - 50, 20), // over before
      outageAt(at - 40, 40), // over as the span begins
      outageAt(at, 1), // begins with it
      outageAt(at + 29, null),
      outageAt(at + 30, null), // begins as it ends
    ])
    const span = { since: T0 + at * MINUTE, until: T0 + (at + 30) * MINUTE }
    expect(await onsets(history, span)).toEqual([at + 29, at, at - 60, 1, 0])
    expect(await onsets(history, { ...span, order: 'oldest' })).toEqual([0, 1, at - 60, at, at + 29])
  })

  test.each([
    { filter: { service: 'youtube' }, left: [1] },
    { filter: { vantage: 'tcell' }, left: [2] },
    { filter: { cause: 'shutdown' }, left: [2] },
    { filter: { mechanism: 'tcp.reset' }, left: [1] },
    { filter: { open: true }, left: [3] },
    { filter: { open: false, service: 'facebook' }, left: [0] },
    { filter: { service: 'nobody' }, left: [] },
  ] as const)('$filter -> $left', async ({ filter, left }) => {
    const { store, history } = await given()
    saveOutages(store, [
      outageAt(0, 5),
      outageAt(1, 5, { service: 'youtube', mechanism: 'tcp.reset' }),
      outageAt(2, 5, { service: null, vantage: 'tcell', cause: 'shutdown' }),
      outageAt(3, null),
    ])
    expect(await onsets(history, filter)).toEqual(left)
  })

  test('any outages, any span, any page size, either order -> pages put together are what one page would hold', async () => {
    const { store, history } = await given()
    const minutes = fc.integer({ min: 0, max: 6 * WEEK })
    const episode = fc.tuple(minutes, fc.option(fc.integer({ min: 1, max: 3 * WEEK })))
    let last: Outage[] = []
    await fc.assert(
      fc.asyncProperty(
        fc.array(episode, { maxLength: 25 }),
        fc.tuple(minutes, minutes),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('newest', 'oldest'),
        async (episodes, bounds, limit, order) => {
          // what an earlier run left is put out of reach of every span
          saveOutages(
            store,
            last.map((outage) => ({ ...outage, onsetBeforeAt: T0 - 90 * DAY, endBeforeAt: T0 - 80 * DAY })),
          )
          last = episodes.map(([at, lasted], n) => outageAt(at, lasted, { id: `o${n}` }))
          saveOutages(store, last)
          const [since, until] = bounds.toSorted((a, b) => a - b).map((at) => T0 + at * MINUTE) as [
            number,
            number,
          ]
          const sign = order === 'oldest' ? 1 : -1
          const expected = last
            .filter((o) => o.onsetBeforeAt < until && (o.endBeforeAt === null || o.endBeforeAt > since))
            .sort((a, b) => sign * (a.onsetBeforeAt - b.onsetBeforeAt || (a.id < b.id ? -1 : 1)))
            .map(({ id }) => id)
          const pages = await allPages((after) =>
            history.outages({ since, until, limit, order, ...(after !== undefined && { after }) }),
          )
          expect(pages.flat().map(({ id }) => id)).toEqual(expected)
          expect(pages.every((page, i) => page.length === limit || i === pages.length - 1)).toBe(true)
        },
      ),
      { numRuns: 60, seed: 7 },
    )
  })

  test('outages added while somebody pages -> none skipped, none twice', async () => {
    const { store, history } = await given()
    saveOutages(
      store,
      [0, 10, 20, 30].map((at) => outageAt(at, 1)),
    )
    const first = await history.outages({ limit: 2 })
    saveOutages(
      store,
      [40, 15].map((at) => outageAt(at, 1)),
    )
    const second = await history.outages({ limit: 9, after: first.next! })
    expect(
      ids(first)
        .concat(ids(second))
        .map((id) => Number(id.split('.')[2])),
    ).toEqual([30, 20, 15, 10, 0])
    expect(second.next).toBeNull()
  })

  test('exactly as many as asked for -> the page says it is the last', async () => {
    const { store, history } = await given()
    saveOutages(
      store,
      [0, 10].map((at) => outageAt(at, 1)),
    )
    expect((await history.outages({ limit: 2 })).next).toBeNull()
  })
})

test.each([
  '',
  'x',
  'bm90IGpzb24',
  Buffer.from('[1]').toString('base64url'),
  Buffer.from('["a","b"]').toString('base64url'),
])('a cursor that is none (%j) -> usage, from every list', async (after) => {
  const { history } = await given()
  const lists = [
    history.outages({ limit: 1, after }),
    history.incidents({ limit: 1, after }),
    history.events({ limit: 1, after }),
    history.reports({ limit: 1, after }),
  ]
  const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'usage' }) }
  expect(await Promise.allSettled(lists)).toEqual(lists.map(() => refused))
})

describe('events', () => {
  test('of a kind, a role, a service, a span -> those; retracted ones only when asked for; undated ones in no span', async () => {
    const { record, history } = await given()
    record.putEvent(anEvent({ id: 'a' }), 'cli:ann')
    record.putEvent(
      anEvent({ id: 'b', kind: 'protest', role: 'context', services: [], at: day(9) }),
      'cli:ann',
    )
    record.putEvent(anEvent({ id: 'c', at: UNDATED }), 'cli:ann')
    record.putEvent(anEvent({ id: 'd', at: day(2) }), 'cli:ann')
    record.retractEvent('d', 'cli:ann')
    const list = async (query: object) =>
      (await history.events({ limit: 9, ...query })).rows.map(({ event }) => event.id)
    expect(await list({})).toEqual(['b', 'a', 'c'])
    expect(await list({ order: 'oldest' })).toEqual(['c', 'a', 'b'])
    expect(await list({ retracted: true })).toEqual(['b', 'd', 'a', 'c'])
    expect(await list({ kind: 'protest' })).toEqual(['b'])
    expect(await list({ role: 'trigger' })).toEqual(['a', 'c'])
    expect(await list({ service: 'facebook' })).toEqual(['a', 'c'])
    expect(await list({ until: T0 + DAY })).toEqual(['a'])
    expect(await list({ since: T0 + DAY })).toEqual(['b'])
    expect(await list({ since: T0 + 23 * HOUR, until: T0 + DAY })).toEqual(['a'])
  })

  test('pages, also through several on one day and several undated -> each once', async () => {
    const { record, history } = await given()
    const all = [day(1), day(1), day(1), UNDATED, UNDATED, day(3)]
    for (const [n, at] of all.entries()) record.putEvent(anEvent({ id: `e${n}`, at }), 'cli:ann')
    const pages = await allPages((after) =>
      history.events({ limit: 2, ...(after !== undefined && { after }) }),
    )
    expect(pages.map((page) => page.map(({ event }) => event.id))).toEqual([
      ['e5', 'e2'],
      ['e1', 'e0'],
      ['e4', 'e3'],
    ])
  })

  test('one -> with all that was done to it; changed meanwhile -> seen at once', async () => {
    const { record, history } = await given()
    expect(await history.event('video')).toBeNull()
    record.putEvent(anEvent(), 'cli:ann')
    expect(await history.event('video')).toMatchObject({ addedBy: 'cli:ann', retractedAt: null })
    record.putEvent(anEvent({ title: 'Corrected' }), 'token:desk')
    record.retractEvent('video', 'cli:bob')
    expect(await history.event('video')).toEqual({
      event: anEvent({ title: 'Corrected' }),
      addedBy: 'cli:ann',
      retractedAt: T0,
      audit: [
        { id: 1, at: T0, by: 'cli:ann', action: 'added', event: 'video', before: null, after: anEvent() },
        expect.objectContaining({ id: 2, by: 'token:desk', action: 'changed', before: anEvent() }),
        expect.objectContaining({ id: 3, by: 'cli:bob', action: 'retracted', after: null }),
      ],
    })
  })
})

describe('reports', () => {
  test('of a service, an episode, a span -> those; an end that nobody tells is not taken for no end', async () => {
    const { record, history } = await given()
    record.importReports(
      aReportRecord([
        aReport({ id: 'a' }),
        aReport({ id: 'b', episode: 'winter', services: [], onset: day(90), end: UNDATED }),
        aReport({ id: 'c', onset: UNDATED, end: UNDATED }),
        aReport({ id: 'd', onset: UNDATED, end: day(50) }),
      ]),
    )
    const list = async (query: object) => ids(await history.reports({ limit: 9, ...query }))
    expect(await list({})).toEqual(['b', 'd', 'a', 'c'])
    expect(await list({ service: 'facebook', order: 'oldest' })).toEqual(['c', 'a', 'd'])
    expect(await list({ episode: 'winter' })).toEqual(['b'])
    expect(await list({ since: T0 + 3 * DAY, until: T0 + 4 * DAY })).toEqual(['a'])
    expect(await list({ since: T0 + 90 * DAY })).toEqual(['b'])
    expect(await list({ since: T0 + 92 * DAY })).toEqual([])
    expect(await history.report('d')).toMatchObject({ end: day(50) })
    expect(await history.report('nobody')).toBeNull()
  })

  test('none were ever imported -> an empty page', async () => {
    const { history } = await given()
    expect(await history.reports({ limit: 9 })).toEqual({ rows: [], next: null })
  })
})

describe('incidents', () => {
  test('of a kind, a service, a country, a span -> those that stand', async () => {
    const { record, history } = await given()
    const window = (n: number) => ({ earliestAt: T0 + n * DAY, latestAt: T0 + n * DAY + HOUR })
    const over = { onset: window(3), end: window(4) }
    record.saveIncidents({
      incidents: [
        anIncident({ id: 'a', onset: window(0) }),
        anIncident({ id: 'b', ...over, services: ['youtube'] }),
        anIncident({ id: 'c', ...over, country: 'KZ', services: [] }),
        anIncident({ id: 'gone', ...over }),
      ],
      changes: [{ kind: 'gone', incident: 'gone', others: [] }],
    })
    record.saveIncidents({ incidents: [], changes: [{ kind: 'gone', incident: 'gone', others: [] }] })
    const list = async (query: object) => ids(await history.incidents({ limit: 9, ...query }))
    expect(await list({})).toEqual(['c', 'b', 'a'])
    expect(await list({ order: 'oldest' })).toEqual(['a', 'b', 'c'])
    expect(await list({ service: 'youtube' })).toEqual(['b'])
    expect(await list({ country: 'KZ' })).toEqual(['c'])
    expect(await list({ kind: 'reported' })).toEqual([])
    expect(await list({ since: T0 + 5 * DAY }), 'what is measured and has no end is not over').toEqual(['a'])
    expect(await list({ until: T0 + 2 * DAY })).toEqual(['a'])
    const pages = await allPages((after) =>
      history.incidents({ limit: 1, ...(after !== undefined && { after }) }),
    )
    expect(pages.flat().map(({ id }) => id)).toEqual(['c', 'b', 'a'])
  })
})

test('measurements -> a page of summaries, then the rest', async () => {
  const { store, history } = await given()
  for (let n = 0; n < 5; n += 1) store.save(saved(aMeasurement(n), { verdict: n % 2 === 0 ? FINE : RESET }))
  store.flush()
  const span = { since: T0, until: T0 + HOUR }
  const pages = await allPages((after) =>
    history.measurements({ ...span, limit: 2, ...(after !== undefined && { after }) }),
  )
  expect(pages.flat().map(({ startedAt }) => startedAt - T0)).toEqual([4, 3, 2, 1, 0])
  expect(pages[0]![1]).toEqual({
    id: aMeasurement(3).id,
    endpoint: 'facebook/www',
    vantage: 'babilon',
    url: 'https://www.facebook.com/',
    plan: 'heartbeat',
    purpose: 'round',
    startedAt: T0 + 3,
    endedAt: expect.any(Number),
    unfit: null,
    verdict: RESET,
  })
  const failed = await history.measurements({ ...span, outcome: 'anomaly', order: 'oldest', limit: 9 })
  expect(failed.rows.map(({ startedAt }) => startedAt - T0)).toEqual([1, 3])
})
