import { describe, expect, onTestFinished, test } from 'vitest'
import { openScan, type Scan } from '../../src/store/measurements/scan.ts'
import { aPath, aStore, connect } from './given.ts'
import { aMeasurement, anId, anOutage, DAY, HOUR, opened, RESET, saved, T0 } from './nouns.ts'

function scan(path: string): Scan {
  const opened_ = openScan(path)
  onTestFinished(() => opened_.close())
  return opened_
}

const control = (n: number) => aMeasurement(n, { vantage: 'outside', purpose: 'control', plan: 'full' })

describe('rows in the order they were folded', () => {
  test('measurements and the ticks between them -> each where it was saved', async () => {
    const store = await aStore()
    store.save(saved(aMeasurement(1)))
    store.save(saved(null, { tickAt: T0 + 1000 }))
    store.save(saved(null, { tickAt: T0 + 2000 }))
    store.flush()
    store.save(saved(aMeasurement(2)))
    store.save(saved(null, { tickAt: T0 + 3000 }))
    store.flush()
    const rows = [...scan(store.path).rows(0, 0, 100)].map((row) =>
      row.kind === 'tick' ? row.at - T0 : row.seq,
    )
    expect(rows).toEqual([1, 1000, 2000, 2, 3000])
    expect([...scan(store.path).rows(1, 1, 100)].map(({ kind }) => kind)).toEqual([
      'tick',
      'measurement',
      'tick',
    ])
  })

  test('12,000 of them -> all, once', async () => {
    const store = await aStore()
    for (let n = 1; n <= 12_000; n += 1) {
      store.save(saved(aMeasurement(n, { vantage: `v${n % 3}` })))
      if (n % 1000 === 0) store.flush()
    }
    store.flush()
    const found = scan(store.path)
    expect([...found.rows(0, 0, 20_000)].length).toBe(12_000)
    expect([...found.rows(7000, 0, 9000)].length).toBe(2000)
    expect(found.extent()).toEqual({ first: 1, last: 12_000, wholeFrom: 1 })
  })

  test('of some vantages, saved late -> by when they ended', async () => {
    const store = await aStore()
    for (const n of [5, 3, 9, 1])
      store.save(saved(aMeasurement(n, { vantage: n === 9 ? 'other' : 'mine', startedAt: T0 + n * HOUR })))
    store.flush()
    const rows = scan(store.path).rowsOf(['mine'], T0, T0 + 5 * HOUR)
    expect(rows.map(({ startedAt }) => (startedAt - T0) / HOUR)).toEqual([1, 3])
  })
})

describe('what a look was judged with', () => {
  test('controls kept as small rows -> kept in full once a look was judged with them, in their order', async () => {
    const store = await aStore({ keepOkSampleEvery: 1_000_000 })
    store.save(saved(control(0), { verdict: null })) // the one that is sampled anyway
    const controls = [control(2), control(1)]
    for (const control of controls.toReversed()) store.save(saved(control, { verdict: null }))
    store.flush()
    store.save(saved(aMeasurement(3), { verdict: RESET, controls }))
    store.save(saved(aMeasurement(4), { verdict: RESET, controls: [] }))
    store.flush()
    const found = scan(store.path)
    expect(found.controls(4)).toEqual(controls)
    expect(found.controls(5)).toEqual([])
  })

  test('the control was never saved -> not known, rather than none', async () => {
    const store = await aStore()
    store.save(saved(aMeasurement(3), { verdict: RESET, controls: [control(1)] }))
    store.flush()
    expect(scan(store.path).controls(1)).toBeNull()
  })

  test('the look is cited as evidence -> its control outlasts the raw measurements', async () => {
    const store = await aStore({ keepRawMs: DAY })
    const one = control(1)
    store.save(saved(one, { verdict: null }))
    store.save(saved(control(2), { verdict: null }))
    const measurement = aMeasurement(3)
    store.save(
      saved(measurement, {
        verdict: RESET,
        controls: [one],
        changes: [opened(anOutage({ evidence: [measurement.id] }))],
      }),
    )
    store.flush()
    while (store.prune(T0 + 9 * DAY).more);
    const left = connect(store.path)
      .prepare('select hex(uuid) as uuid from measurement order by seq')
      .pluck()
      .all()
    expect(left).toEqual(
      [anId(1, one.startedAt), anId(3, measurement.startedAt)].map((id) =>
        id.replaceAll('-', '').toUpperCase(),
      ),
    )
  })
})

describe('where the detector stood', () => {
  test('commits on three days -> the state after the first commit of each, the newest not after a moment', async () => {
    let now = T0
    const store = await aStore({ now: () => now })
    for (let n = 0; n < 6; n += 1) {
      now = T0 + n * (DAY / 2)
      store.save(saved(aMeasurement(n), { detector: { vantage: 'babilon', state: `{"n":${n}}` } }))
      store.flush()
    }
    const found = scan(store.path)
    expect(found.snapshotAt(T0 - 1)).toBeNull()
    expect(found.snapshotAt(T0 + DAY)).toMatchObject({ at: T0 + DAY, seq: 3, states: { babilon: '{"n":2}' } })
    expect(found.snapshotAt(T0 + 9 * DAY)?.states).toEqual({ babilon: '{"n":4}' })
  })
})

test('the oldest measurements are pruned -> so are the states and ticks before the rest; and it is known from where on all are there', async () => {
  let now = T0
  const store = await aStore({ keepRawMs: DAY, now: () => now })
  for (let n = 0; n < 8; n += 1) {
    now = T0 + n * DAY
    store.save(
      saved(aMeasurement(n, { startedAt: now }), { detector: { vantage: 'babilon', state: `{"n":${n}}` } }),
    )
    store.save(saved(null, { tickAt: now + 1 }))
    store.flush()
    while (store.prune(now).more);
  }
  const found = scan(store.path)
  expect(found.unprunedFrom()).toBe(T0 + 5 * DAY + HOUR)
  expect(found.snapshotAt(T0 + 3 * DAY)).toBeNull()
  expect(found.snapshotAt(T0 + 9 * DAY)?.states).toEqual({ babilon: '{"n":7}' })
  expect([...found.rows(0, 0, 100)].filter(({ kind }) => kind === 'tick').length).toBeLessThan(5)
})

test('no store there -> not_found, and none is made', () => {
  const path = aPath()
  expect(() => openScan(path)).toThrow(expect.objectContaining({ code: 'not_found' }))
  expect(() => openScan(path)).toThrow('nothing to replay')
})
