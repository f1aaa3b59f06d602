import { expect, test } from 'vitest'
import type { Rates } from '../../src/model/rates.ts'
import { aStore, connect, scanned } from './given.ts'
import { HOUR, T0, aMeasurement, saved } from './nouns.ts'

const DAY = 24 * HOUR
const RATES: Rates = {
  target: { bytesPerSecond: 16_000, handshakeMs: 90 },
  neutral: { bytesPerSecond: 800_000, handshakeMs: 40 },
  control: null,
  controlNeutral: null,
  byName: 0.02,
}

test('timed bytes -> read again as they were folded, also where no record was kept; of other looks there are none', async () => {
  const store = await aStore({ keepOkSampleEvery: 1000 })
  store.save(saved(aMeasurement(0)))
  store.save(saved(aMeasurement(1, { plan: 'throughput' }), { rates: RATES }))
  store.save(saved(aMeasurement(2)))
  store.flush()
  const rows = scanned(store.path)
  expect(rows.map(({ rates }) => rates)).toEqual([null, RATES, null])
  expect(rows[1]!.measurement).toBeNull()
})

test('raw measurements past their time -> their rates go with them', async () => {
  const store = await aStore({ keepRawMs: DAY })
  store.save(saved(aMeasurement(1, { plan: 'throughput' }), { rates: RATES }))
  store.flush()
  for (let i = 0; i < 5; i += 1) store.prune(T0 + 10 * DAY)
  const left = connect(store.path).prepare('select count(*) from rates').pluck().get()
  expect(left).toBe(0)
})
