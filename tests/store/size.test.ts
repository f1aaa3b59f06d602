import { expect, test } from 'vitest'
import { aStore, connect } from './given.ts'
import { T0, aMeasurement, dns, http, saved, tcp } from './nouns.ts'

test('50,000 ok measurements -> under 100 bytes each on disk, indexes and counts included', async () => {
  const rows = 50_000
  const store = await aStore({ keepOkSampleEvery: 1_000_000 })
  for (let n = 0; n < rows; n += 1) {
    const startedAt = T0 + n * 500 + ((n * 7919) % 5000) // about two a second, saved not quite in order of start
    const isFull = n % 10 === 0
    const measurement = aMeasurement(n, {
      startedAt,
      endpoint: `service/${n % 12}`,
      vantage: `vantage-${n % 5}`,
      plan: isFull ? 'full' : 'heartbeat',
      durationMs: 150 + (n % 900),
      observations: [
        dns({ durationMs: n % 200 }),
        tcp({ durationMs: n % 300 }),
        ...(isFull ? [http({ durationMs: n % 700 })] : []),
      ],
    })
    store.save(saved(measurement))
    if (n % 600 === 0) store.flush()
  }
  store.close()
  const db = connect(store.path)
  const bytes =
    Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }))
  expect(db.prepare('select count(*) from measurement').pluck().get()).toBe(rows)
  expect(bytes / rows).toBeLessThan(100)
})
