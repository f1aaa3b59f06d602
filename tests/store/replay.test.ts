import { expect, test } from 'vitest'
import { aStore, collect, connect } from './given.ts'
import { HOUR, RESET, T0, aMeasurement, http, saved } from './nouns.ts'

test('a replay -> every row in the order it was saved, whatever the order of starts and ids', async () => {
  const store = await aStore()
  const starts = [5, 3, 4, 1, 2].map((n) => T0 + n * HOUR)
  for (const [n, startedAt] of starts.entries()) {
    store.save(saved(aMeasurement(9 - n, { startedAt })))
    if (n === 2) store.flush()
  }
  store.flush()
  expect((await collect(store.replay(0, T0 * 2))).map(({ startedAt }) => startedAt)).toEqual(starts)
})

test('a replay of a span -> what began in it, start inclusive and end exclusive', async () => {
  const store = await aStore()
  for (let n = 0; n < 10; n += 1) store.save(saved(aMeasurement(n, { startedAt: T0 + (n * HOUR) / 4 })))
  store.flush()
  const rows = await collect(store.replay(T0 + 0.75 * HOUR, T0 + 1.75 * HOUR))
  expect(rows.map(({ startedAt }) => (startedAt - T0) / HOUR)).toEqual([0.75, 1, 1.25, 1.5])
  expect(await collect(store.replay(T0 + 99 * HOUR, T0 + 100 * HOUR))).toEqual([])
})

test('an ok row without its record -> still all that a fold needs', async () => {
  const store = await aStore({ keepOkSampleEvery: 1000 })
  store.save(saved(aMeasurement(0)))
  store.save(saved(aMeasurement(1, { plan: 'full', observations: [http()] })))
  store.save(
    saved(aMeasurement(2, { endpoint: 'canary/a', purpose: 'canary' }), { verdict: null, answered: 'yes' }),
  )
  store.flush()
  const [first, ok, canary] = await collect(store.replay(0, T0 * 2))
  expect(first?.measurement).toEqual(aMeasurement(0))
  expect(ok).toMatchObject({
    endpoint: 'facebook/www',
    vantage: 'babilon',
    startedAt: T0 + 1,
    endedAt: T0 + 252,
    sawHttp: true,
    verdict: { reached: 'yes', rule: 'all_fine', weight: -0.5 },
    measurement: null,
  })
  expect(canary).toMatchObject({ endpoint: 'canary/a', answered: 'yes', verdict: null, sawHttp: false })
})

test('two replays of 3,000 rows, the store closed in between -> the same to the byte', async () => {
  const first = await aStore()
  for (let n = 0; n < 3000; n += 1) {
    first.save(saved(aMeasurement(n, { vantage: `v${n % 7}` }), n % 11 === 0 ? { verdict: RESET } : {}))
    if (n % 100 === 0) first.flush()
  }
  first.flush()
  const once = JSON.stringify(await collect(first.replay(0, T0 * 2)))
  first.close()
  const second = await aStore({ path: first.path })
  expect(JSON.stringify(await collect(second.replay(0, T0 * 2)))).toBe(once)
})

test('saved while a replay runs -> not part of it', async () => {
  const store = await aStore()
  for (let n = 0; n < 10; n += 1) store.save(saved(aMeasurement(n)))
  store.flush()
  let seen = 0
  for await (const _ of store.replay(0, T0 * 2)) {
    store.save(saved(aMeasurement(100 + seen)))
    store.flush()
    seen += 1
  }
  expect(seen).toBe(10)
})

test('dictionary numbers -> the same after the store was opened again, and never given twice', async () => {
  const first = await aStore()
  const tables = ['endpoint', 'vantage', 'series', 'rule', 'verdict']
  const numbers = () =>
    tables.map((table) => connect(first.path).prepare(`select * from ${table} order by id`).all())
  for (let n = 0; n < 6; n += 1)
    first.save(saved(aMeasurement(n, { vantage: `v${n % 3}`, endpoint: `s/e${n % 2}` })))
  first.save(saved(aMeasurement(6, { vantage: 'v0', endpoint: 's/e0' }), { verdict: RESET }))
  first.close()
  const before = numbers()
  const second = await aStore({ path: first.path })
  for (let n = 7; n < 20; n += 1)
    second.save(saved(aMeasurement(n, { vantage: `v${n % 3}`, endpoint: `s/e${n % 2}` })))
  second.flush()
  expect(numbers()).toEqual(before)
  second.save(saved(aMeasurement(20, { vantage: 'v9' })))
  second.flush()
  expect(numbers()[1]).toEqual([...before[1]!, { id: 4, name: 'v9' }])
})
