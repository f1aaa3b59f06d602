import { once, EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { StoreOptions } from '../../src/store/store.ts'
import { aStore, collect } from './given.ts'
import { DAY, RESET, T0, aMeasurement, anOutage, http, opened, saved } from './nouns.ts'

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
  expect(await collect(store.replay(0, T0 * 2))).toHaveLength(refused)
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
  const replayed = await collect(store.replay(0, T0 * 2))
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
