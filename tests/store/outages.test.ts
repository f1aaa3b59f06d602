import { expect, test } from 'vitest'
import type { Outage } from '../../src/model/outage.ts'
import type { OutageFilter } from '../../src/store/outages/read.ts'
import { aStore, connect } from './given.ts'
import { HOUR, RESET, T0, aMeasurement, anId, anOutage, opened, saved } from './nouns.ts'

const blocked = anOutage({
  cause: 'blocked',
  mechanism: 'tls.sni-reset',
  causes: [
    { at: T0 + 5_000, cause: 'unreachable', mechanism: null, reason: 'Four looks in a row failed.' },
    { at: T0 + 9_000, cause: 'blocked', mechanism: 'tls.sni-reset', reason: 'Резет после ClientHello.' },
  ],
  evidence: [anId(3), anId(1), anId(2)],
})
const closed = {
  ...blocked,
  endAfterAt: T0 + HOUR,
  endBeforeAt: T0 + HOUR + 30_000,
  closedAt: T0 + HOUR + 35_000,
  reopened: 2,
}

test('an outage -> comes back with every field, its causes and evidence in order', async () => {
  const store = await aStore()
  store.save(saved(null, { changes: [opened(closed)] }))
  expect(await store.outage(closed.id)).toEqual(closed)
  expect(await store.outages({})).toEqual([closed])
})

test('an outage that changes -> stays one, as it last stood', async () => {
  const store = await aStore()
  store.save(saved(null, { changes: [opened(anOutage())] }))
  store.save(saved(null, { changes: [{ kind: 'cause', at: T0 + 9_000, outage: blocked }] }))
  store.save(saved(null, { changes: [{ kind: 'closed', at: T0 + HOUR, outage: closed }] }))
  expect(await store.outages({})).toEqual([closed])
  store.save(saved(null, { changes: [{ kind: 'reopened', at: T0 + HOUR, outage: blocked }] }))
  expect(await store.outages({})).toEqual([blocked])
})

test('the same changes again, as after a replay -> the tables stay as they were', async () => {
  const store = await aStore()
  const changes = [opened(blocked), { kind: 'closed', at: T0 + HOUR, outage: closed } as const]
  const tables = () =>
    ['outage', 'cause_change', 'evidence'].map((table) =>
      connect(store.path).prepare(`select * from ${table}`).all(),
    )
  store.save(saved(null, { changes }))
  const before = tables()
  store.save(saved(null, { changes }))
  expect(tables()).toEqual(before)
  expect(before.map((rows) => rows.length)).toEqual([1, 2, 3])
})

test('an outage changed -> it is on disk before save returns, with the measurement and the state that brought it about', async () => {
  const store = await aStore()
  const other = connect(store.path, { readonly: true })
  store.save(
    saved(aMeasurement(1), {
      verdict: RESET,
      changes: [opened(blocked)],
      detector: { vantage: 'babilon', state: '{}' },
    }),
  )
  const counts = ['measurement', 'outage', 'detector'].map((table) =>
    other.prepare(`select count(*) from ${table}`).pluck().get(),
  )
  expect(counts).toEqual([1, 1, 1])
})

/** Four outages: hours 0-2 facebook, 1-3 youtube on another network, 2- facebook open, 5- the vantage itself, open. */
function four(): Outage[] {
  const spans = [
    { id: 'a', service: 'facebook', vantage: 'babilon', cause: 'blocked', from: 0, to: 2 },
    { id: 'b', service: 'youtube', vantage: 'tcell', cause: 'throttled', from: 1, to: 3 },
    { id: 'c', service: 'facebook', vantage: 'tcell', cause: 'blocked', from: 2, to: null },
    { id: 'd', service: null, vantage: 'babilon', cause: 'shutdown', from: 5, to: null },
  ] as const
  return spans.map(({ from, to, ...over }) => {
    const end = to === null ? null : T0 + to * HOUR
    const onset = T0 + from * HOUR
    return anOutage({
      ...over,
      onsetBeforeAt: onset,
      openedAt: onset,
      endAfterAt: end,
      endBeforeAt: end,
      closedAt: end,
    })
  })
}

test.each([
  { name: 'everything, newest onset first', filter: {}, ids: ['d', 'c', 'b', 'a'] },
  { name: 'a service', filter: { service: 'facebook' }, ids: ['c', 'a'] },
  { name: 'the vantage itself', filter: { service: null }, ids: ['d'] },
  { name: 'a vantage', filter: { vantage: 'babilon' }, ids: ['d', 'a'] },
  { name: 'a cause', filter: { cause: 'blocked' }, ids: ['c', 'a'] },
  { name: 'open', filter: { open: true }, ids: ['d', 'c'] },
  { name: 'over', filter: { open: false }, ids: ['b', 'a'] },
  { name: 'since an end: that one is not in it', filter: { since: T0 + 2 * HOUR }, ids: ['d', 'c', 'b'] },
  { name: 'since just before an end', filter: { since: T0 + 2 * HOUR - 1 }, ids: ['d', 'c', 'b', 'a'] },
  { name: 'until an onset: that one is not in it', filter: { until: T0 + 2 * HOUR }, ids: ['b', 'a'] },
  { name: 'until just after an onset', filter: { until: T0 + 2 * HOUR + 1 }, ids: ['c', 'b', 'a'] },
  {
    name: 'a window in the midst',
    filter: { since: T0 + 2.5 * HOUR, until: T0 + 2.6 * HOUR },
    ids: ['c', 'b'],
  },
  { name: 'a window long after all that ended', filter: { since: T0 + 99 * HOUR }, ids: ['d', 'c'] },
  { name: 'several at once', filter: { service: 'facebook', vantage: 'tcell', open: true }, ids: ['c'] },
  { name: 'nothing matches', filter: { service: 'odnoklassniki' }, ids: [] },
  { name: 'two at most', filter: { limit: 2 }, ids: ['d', 'c'] },
] as const satisfies { name: string; filter: OutageFilter; ids: string[] }[])(
  'outages: $name -> $ids',
  async ({ filter, ids }) => {
    const store = await aStore()
    store.save(saved(null, { changes: four().map(opened) }))
    expect((await store.outages(filter)).map(({ id }) => id)).toEqual(ids)
  },
)

test('1,200 outages -> all of them, each with its own causes and evidence', async () => {
  const store = await aStore()
  const many = Array.from({ length: 1200 }, (_, n) =>
    anOutage({
      id: `o${n}`,
      onsetBeforeAt: T0 + n,
      evidence: [anId(n)],
      causes: [{ at: n, cause: 'down', mechanism: null, reason: `${n}` }],
    }),
  )
  store.save(saved(null, { changes: many.map(opened) }))
  expect(await store.outages({})).toEqual(many.toReversed())
})
