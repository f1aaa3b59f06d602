import { expect, test } from 'vitest'
import { aStore, connect, scanned } from './given.ts'
import { HOUR, RESET, T0, aMeasurement, http, saved } from './nouns.ts'

test('a replay -> every row in the order it was saved, whatever the order of starts and ids', async () => {
  const store = await aStore()
  const starts = [5, 3, 4, 1, 2].map((n) => T0 + n * HOUR)
  for (const [n, startedAt] of starts.entries()) {
    store.save(saved(aMeasurement(9 - n, { startedAt })))
    if (n === 2) store.flush()
  }
  store.flush()
  expect(scanned(store.path).map(({ startedAt }) => startedAt)).toEqual(starts)
})

test('an ok row without its record -> still all that a fold needs', async () => {
  const store = await aStore({ keepOkSampleEvery: 1000 })
  store.save(saved(aMeasurement(0)))
  store.save(saved(aMeasurement(1, { plan: 'full', observations: [http()] })))
  store.save(
    saved(aMeasurement(2, { endpoint: 'canary/a', purpose: 'canary' }), { verdict: null, answered: 'yes' }),
  )
  store.flush()
  const [first, ok, canary] = scanned(store.path)
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
  const once = JSON.stringify(scanned(first.path))
  first.close()
  const second = await aStore({ path: first.path })
  expect(JSON.stringify(scanned(second.path))).toBe(once)
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
