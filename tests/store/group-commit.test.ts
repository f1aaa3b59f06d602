import { once, EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { AppError } from '../../src/model/error.ts'
import { GroupCommit } from '../../src/store/group-commit.ts'
import { aStore, connect } from './given.ts'
import { RESET, T0, aMeasurement, anId, anOutage, saved } from './nouns.ts'
import { anIncident } from './record-nouns.ts'

test('saved but not committed -> another connection sees nothing; after flush it sees all', async () => {
  const store = await aStore()
  const other = connect(store.path, { readonly: true })
  const count = other.prepare('select count(*) from measurement').pluck()
  for (let n = 0; n < 60; n += 1) store.save(saved(aMeasurement(n)))
  expect(store.stats().queued).toBe(60)
  expect(count.get()).toBe(0)
  store.flush()
  expect(count.get()).toBe(60)
  expect(store.stats()).toMatchObject({ queued: 0, measurements: 60, dropped: 0 })
  expect(store.stats().lastCommitMs).toBeGreaterThan(0)
})

test('nobody flushes -> committed by itself commitEveryMs after the first was queued', async () => {
  const heard = new EventEmitter()
  const store = await aStore({ commitEveryMs: 20, onCommitted: (ids) => heard.emit('committed', ids) })
  const committed = once(heard, 'committed', { signal: AbortSignal.timeout(5000) })
  store.save(saved(aMeasurement(1)))
  store.save(saved(aMeasurement(2)))
  expect(await committed).toEqual([[anId(1, T0 + 1), anId(2, T0 + 2)]])
})

test('an incident changed -> committed at once; a change of state waits for the group', async () => {
  const store = await aStore()
  const everything = { since: 0, until: T0 * 2 }
  const turn = {
    service: 'facebook',
    vantage: 'babilon',
    at: T0,
    state: 'ok',
    mechanism: null,
    ref: null,
  } as const
  store.save(saved(aMeasurement(1), { states: [turn] }))
  expect(await store.states(everything)).toEqual([])
  store.save(saved(null, { incidents: { incidents: [anIncident()], changes: [] } }))
  expect((await store.incidents({})).map(({ incident }) => incident)).toEqual([anIncident()])
  expect((await store.states(everything)).flatMap(({ changes }) => changes)).toEqual([turn])
})

test('a commit -> announced after it is on disk, once, in order', async () => {
  const announced: { ids: readonly string[]; seen: unknown }[] = []
  const store = await aStore({
    onCommitted: (ids) =>
      announced.push({ ids, seen: other.prepare('select count(*) from measurement').pluck().get() }),
  })
  const other = connect(store.path, { readonly: true })
  for (let n = 0; n < 5; n += 1) store.save(saved(aMeasurement(n)))
  store.flush()
  store.flush()
  store.save(saved(null, { detector: { vantage: 'babilon', state: '{}' } }))
  store.flush()
  expect(announced).toEqual([{ ids: [0, 1, 2, 3, 4].map((n) => anId(n, T0 + n)), seen: 5 }])
})

test('a group -> one transaction: one frame with a commit mark in the log', async () => {
  const store = await aStore()
  const walBefore = store.stats().walBytes
  for (let n = 0; n < 100; n += 1) {
    store.save(
      saved(aMeasurement(n), { verdict: RESET, detector: { vantage: 'babilon', state: `{"n":${n}}` } }),
    )
  }
  store.flush()
  const oneByOne = await aStore()
  for (let n = 0; n < 100; n += 1) {
    oneByOne.save(
      saved(aMeasurement(n), { verdict: RESET, detector: { vantage: 'babilon', state: `{"n":${n}}` } }),
    )
    oneByOne.flush()
  }
  expect(store.stats().walBytes - walBefore).toBeLessThan(oneByOne.stats().walBytes / 5)
})

test('whoever hears of a commit throws -> told through onError, and nothing is written twice', async () => {
  const errors: unknown[] = []
  const store = await aStore({
    onCommitted: () => {
      throw new Error('listener')
    },
    onError: (error) => errors.push(error),
  })
  store.save(saved(aMeasurement(1)))
  store.flush()
  store.flush()
  expect(errors).toEqual([new Error('listener')])
  expect(store.stats()).toMatchObject({ measurements: 1, queued: 0 })
})

test('closed -> what was queued is on disk; saving afterwards is a bug and told', async () => {
  const store = await aStore()
  store.save(saved(aMeasurement(1)))
  store.close()
  store.close()
  const again = await aStore({ path: store.path })
  expect(again.stats().measurements).toBe(1)
  expect(() => store.save(saved(aMeasurement(2)))).toThrow('after the store was closed')
})

/** A database that takes nothing until told to. */
function aDisk() {
  const taken: string[][] = []
  const outages: string[][] = []
  const errors: unknown[] = []
  const took: number[] = []
  let full = true
  const group = new GroupCommit({
    write: (batch) => {
      if (full) throw new Error('full')
      taken.push(batch.rows.map((row) => ('tickAt' in row ? 'tick' : row.id)))
      outages.push([...batch.outages.values()].map(({ id, cause }) => `${id} ${cause}`))
    },
    commitEveryMs: 60_000,
    maxQueued: 3,
    onCommitted: () => undefined,
    onTimed: (ms) => took.push(ms),
    onError: (error) => errors.push(error),
  })
  return { group, taken, outages, errors, took, free: () => (full = false) }
}

test('the disk takes nothing and the queue is full -> the oldest measurements go, counted and told once; outages stay', () => {
  const { group, taken, outages, errors, free } = aDisk()
  const row = (id: string) => ({ id }) as never
  group.queue({ row: null, outages: [anOutage({ id: 'x' })] })
  for (const id of ['1', '2', '3', '4', '5']) group.queue({ row: row(id) })
  group.queue({ row: null, outages: [anOutage({ id: 'x', cause: 'blocked' })] })
  expect(group.stats()).toMatchObject({ queued: 4, dropped: 2 })
  expect(errors.filter((error) => error instanceof AppError)).toHaveLength(1)
  expect(errors.find((error) => error instanceof AppError)).toMatchObject({
    message: expect.stringContaining('3 measurements are waiting'),
  })
  expect(() => group.flush()).toThrow('full')
  free()
  group.flush()
  group.stop()
  expect(taken).toEqual([['3', '4', '5']])
  expect(outages).toEqual([['x blocked']])
  expect(group.stats()).toMatchObject({ queued: 0, dropped: 2 })
})

test('a commit does not go through -> failing until one does; only what went through is timed, detector states too', () => {
  const { group, took, free } = aDisk()
  expect(group.stats()).toMatchObject({ failing: false })
  group.queue({ row: null, detector: { vantage: 'babilon', state: '{}' } })
  expect(() => group.flush()).toThrow('full')
  expect(group.stats()).toMatchObject({ failing: true })
  expect(took).toEqual([])
  free()
  group.flush()
  group.flush()
  group.stop()
  expect(group.stats()).toMatchObject({ failing: false })
  expect(took).toEqual([group.stats().lastCommitMs])
})
