import { expect, test } from 'vitest'
import { aStore, connect, scanned } from './given.ts'
import { DAY, HOUR, RESET, T0, aMeasurement, anId, anOutage, opened, saved } from './nouns.ts'

type Store = Awaited<ReturnType<typeof aStore>>

function pruneAll(store: Store, now: number): number[] {
  const deleted: number[] = []
  for (let more = true; more;) {
    const step = store.prune(now)
    deleted.push(step.deleted)
    more = step.more
  }
  return deleted
}

test('past their time -> whole hours go, the newer stay, and counts of all remain', async () => {
  const store = await aStore({ keepRawMs: 2 * DAY })
  for (let n = 0; n < 10; n += 1)
    store.save(saved(aMeasurement(n, { startedAt: T0 + n * HOUR + 60_000 }), { verdict: RESET }))
  store.flush()
  const counts = await store.counts({ since: 0, until: T0 * 2 })
  pruneAll(store, T0 + 2 * DAY + 3 * HOUR + 59 * 60_000)
  const left = scanned(store.path)
  expect(left.map(({ startedAt }) => Math.floor((startedAt - T0) / HOUR))).toEqual([3, 4, 5, 6, 7, 8, 9])
  expect(store.stats().measurements).toBe(7)
  expect(connect(store.path).prepare('select count(*) from record').pluck().get()).toBe(7)
  expect(await store.counts({ since: 0, until: T0 * 2 })).toEqual(counts)
})

test('imported -> stays, however old it is', async () => {
  const store = await aStore({ keepRawMs: DAY })
  store.save(saved(aMeasurement(1, { purpose: 'import' }), { verdict: RESET }))
  store.save(saved(aMeasurement(2), { verdict: RESET }))
  store.flush()
  expect(pruneAll(store, T0 + 400 * DAY)).toEqual([1])
  expect(scanned(store.path).map(({ purpose }) => purpose)).toEqual(['import'])
})

test('nothing past its time -> nothing goes', async () => {
  const store = await aStore({ keepRawMs: 90 * DAY })
  store.save(saved(aMeasurement(1)))
  store.flush()
  expect(store.prune(T0 + 90 * DAY)).toEqual({ deleted: 0, more: false })
  expect(store.stats().measurements).toBe(1)
})

test('cited as evidence -> stays for ever with its record, is found, and does not stop the rest from going', async () => {
  const store = await aStore()
  const cited = [3, 700, 1499].map((n) => anId(n, T0 + n))
  for (let n = 0; n < 1500; n += 1) store.save(saved(aMeasurement(n), { verdict: RESET }))
  store.save(saved(null, { changes: [opened(anOutage({ evidence: cited }))] }))
  expect(pruneAll(store, T0 + 365 * DAY)).toEqual([500, 500, 497])
  expect(scanned(store.path).map(({ id }) => id)).toEqual(cited)
  expect((await store.measurement(cited[1]!))?.measurement).toEqual(aMeasurement(700))
  const page = await store.measurements({ since: 0, until: T0 * 2, outcome: 'anomaly', limit: 10 })
  expect(page.rows.map(({ id }) => id)).toEqual(cited.toReversed())
  expect(await store.outages({})).toHaveLength(1)
  expect(pruneAll(store, T0 + 365 * DAY), 'looked at once, not again and again').toEqual([0])
})

test('evidence saved after the outage that cites it -> stays too', async () => {
  const store = await aStore()
  store.save(saved(null, { changes: [opened(anOutage({ evidence: [anId(1, T0 + 1)] }))] }))
  store.save(saved(aMeasurement(1)))
  store.flush()
  pruneAll(store, T0 + 365 * DAY)
  expect(await store.measurement(anId(1, T0 + 1))).not.toBeNull()
})

test('one that comes when its hour was already cleared -> goes with the next call', async () => {
  const store = await aStore()
  store.save(saved(aMeasurement(1)))
  store.flush()
  pruneAll(store, T0 + 365 * DAY)
  store.save(saved(aMeasurement(2)))
  store.flush()
  expect(pruneAll(store, T0 + 365 * DAY)).toEqual([1])
})

test('all raw measurements gone and the store opened again -> new ones are saved after the old, not among them', async () => {
  const first = await aStore()
  for (let n = 0; n < 20; n += 1) first.save(saved(aMeasurement(n)))
  first.flush()
  pruneAll(first, T0 + 365 * DAY)
  first.close()
  const second = await aStore({ path: first.path })
  second.save(saved(aMeasurement(50, { startedAt: T0 + 400 * DAY })))
  second.flush()
  expect(connect(first.path).prepare('select min(seq) from measurement').pluck().get()).toBe(21)
})

test('20,000 go -> no call takes long, and the file shrinks', async () => {
  const store = await aStore({ maxQueued: 50_000 })
  for (let n = 0; n < 20_000; n += 1) {
    store.save(saved(aMeasurement(n, { startedAt: T0 + n * 100 })))
    if (n % 1000 === 0) store.flush()
  }
  store.flush()
  const before = store.stats().bytes
  const took: number[] = []
  for (let more = true; more;) {
    const startedMs = performance.now()
    const step = store.prune(T0 + 365 * DAY)
    took.push(performance.now() - startedMs)
    expect(step.deleted).toBeLessThanOrEqual(500)
    more = step.more
  }
  expect(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThan(20)
  expect(store.stats().measurements).toBe(0)
  expect(store.stats().bytes).toBeLessThan(before / 2)
})
