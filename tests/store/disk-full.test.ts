import { once, EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { StoreOptions } from '../../src/store/store.ts'
import { aStore, scanned } from './given.ts'
import { DAY, RESET, T0, aMeasurement, anOutage, http, opened, saved } from './nouns.ts'
import { anIncident } from './record-nouns.ts'

/** About 5 kB that hardly compress, so that a small limit is soon reached; each of an endpoint never seen before. */
function bulky(n: number) {
  const noise = Array.from({ length: 200 }, (_, i) => Math.sin(n * 1000 + i).toString(36)).join()
  return saved(
    aMeasurement(n, {
      startedAt: T0 + n,
      endpoint: `service/${n}`,
      observations: [http({ bodyHead: noise })],
    }),
    {
      verdict: RESET,
    },
  )
}

async function aFullStore(options: Partial<StoreOptions>) {
  const store = await aStore({ maxBytes: 100 * 4096, ...options })
  let n = 0
  const fill = () => {
    for (; ; n += 1) {
      store.save(bulky(n))
      store.flush()
    }
  }
  expect(fill).toThrow('database or disk is full')
  return { store, refused: n }
}

test('the disk is full -> flush says so in words, all stays queued, nothing half written', async () => {
  const errors: unknown[] = []
  const { store, refused } = await aFullStore({ onError: (error) => errors.push(error) })
  expect(() => store.flush()).toThrow(
    expect.objectContaining({ code: 'internal', message: expect.stringContaining('Free space') }),
  )
  expect(store.stats()).toMatchObject({ measurements: refused, queued: 1, dropped: 0, failing: true })
  expect(scanned(store.path)).toHaveLength(refused)
  store.prune(T0 + 200 * DAY)
  store.close()
  expect(errors).toEqual([])
})

test('the disk is full and an outage opens -> save does not throw, onError hears it, the outage waits', async () => {
  const errors: unknown[] = []
  const { store, refused } = await aFullStore({ onError: (error) => errors.push(error) })
  store.save({ ...bulky(refused + 1), changes: [opened(anOutage())] })
  expect(errors).toHaveLength(1)
  expect(store.stats()).toMatchObject({ queued: 3 })
  store.prune(T0 + 200 * DAY)
  expect(store.stats().failing).toBe(true) // room was made, but nothing was tried yet
  store.flush()
  expect(store.stats().failing).toBe(false)
  expect(await store.outages({})).toEqual([anOutage()])
  const replayed = scanned(store.path)
  expect(replayed.map(({ endpoint }) => endpoint)).toEqual([`service/${refused}`, `service/${refused + 1}`])
})

test('room is made -> the next tick writes what was waiting, without anybody asking', async () => {
  const heard = new EventEmitter()
  const signal = AbortSignal.timeout(10_000)
  const { store, refused } = await aFullStore({
    commitEveryMs: 20,
    onError: (error) => heard.emit('refused', error),
    onCommitted: (ids) => heard.emit('committed', ids),
  })
  expect((await once(heard, 'refused', { signal }))[0]).toMatchObject({ code: 'internal' })
  expect((await once(heard, 'refused', { signal }))[0]).toMatchObject({ code: 'internal' })
  const committed = once(heard, 'committed', { signal })
  store.prune(T0 + 200 * DAY)
  expect(await committed).toEqual([[aMeasurement(refused).id]])
})

test('the disk is full as an outage opens an incident -> none of it is there; with room, all of it, each as it last stood', async () => {
  const { store, refused } = await aFullStore({ onError: () => undefined })
  const outage = anOutage()
  const everything = { since: 0, until: T0 * 2 }
  const blocked = { service: 'facebook', vantage: 'babilon', state: 'blocked', mechanism: null } as const
  const first = anIncident({ id: 'a', members: [outage.id] })
  store.save({
    ...bulky(refused + 1),
    changes: [opened(outage)],
    incidents: { incidents: [first], changes: [{ kind: 'opened', incident: 'a', others: [] }] },
    states: [{ ...blocked, at: T0, ref: outage.id }],
  })
  const grown = { ...first, members: [outage.id, 'o2'] }
  store.save({
    ...bulky(refused + 2),
    incidents: { incidents: [grown], changes: [{ kind: 'changed', incident: 'a', others: [] }] },
    states: [{ ...blocked, at: T0, ref: 'o2' }],
  })
  expect(await store.outages({})).toEqual([])
  expect(await store.incidents({})).toEqual([])
  expect(await store.states(everything)).toEqual([])
  store.prune(T0 + 200 * DAY)
  store.flush()
  expect(await store.outages({})).toEqual([outage])
  expect((await store.incidents({})).map(({ incident }) => incident)).toEqual([grown])
  const [strip] = await store.states(everything)
  expect(strip!.changes).toEqual([{ ...blocked, at: T0, ref: 'o2' }])
})

test('the disk is full while one incident takes another in -> with room, the other leads to it', async () => {
  const { store } = await aFullStore({ onError: () => undefined })
  const [a, b] = ['a', 'b'].map((id) => anIncident({ id, members: [`outage-${id}`] }))
  store.save(saved(null, { incidents: { incidents: [a!, b!], changes: [] } }))
  const merged = { ...a!, members: ['outage-a', 'outage-b'] }
  store.save(
    saved(null, {
      incidents: { incidents: [merged], changes: [{ kind: 'merged', incident: 'a', others: ['b'] }] },
    }),
  )
  expect(await store.incidents({})).toEqual([])
  store.prune(T0 + 200 * DAY)
  store.flush()
  expect(await store.incident('b')).toEqual(merged)
  expect(await store.incidentOf('outage-b')).toBe('a')
})
