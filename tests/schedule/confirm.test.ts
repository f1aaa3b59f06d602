import { expect, test } from 'vitest'
import { aSchedule, anItem, jump, pass, stopTheClock, T0 } from './clock.ts'

const AFTER = [1000, 2000, 5000, 10_000, 20_000]

/** A schedule without rounds, and a way to ask it for confirmations. */
function confirming(lasts: number | null, rest: Parameters<typeof aSchedule>[2] = {}) {
  const all = aSchedule([], lasts, rest)
  const confirm = (key: string, lane = 'here', afterMs = AFTER) =>
    all.schedule.confirm({ key, lane, afterMs, run: (signal) => all.run(key, signal) })
  return { ...all, confirm }
}

test('a confirmation -> starts at every offset, without waiting for the ones before', async () => {
  stopTheClock()
  const { confirm, startsOf, runs } = confirming(null)
  expect(confirm('one')).toBe(true)
  await pass(20_000)
  expect(startsOf()).toEqual(AFTER)
  expect(runs.every((r) => !r.signal.aborted)).toBe(true)
})

test('a second confirmation of the same key -> refused until the last of the first is done', async () => {
  stopTheClock()
  const { confirm, runs, startsOf } = confirming(null)
  confirm('one')
  expect(confirm('one')).toBe(false)
  expect(confirm('two')).toBe(true)
  await pass(20_000)
  expect(confirm('one')).toBe(false)
  for (const run of runs) run.finish()
  await pass(0)
  expect(confirm('one')).toBe(true)
  await pass(1000)
  expect(startsOf('one')).toEqual([...AFTER, 21_000])
})

test('no room -> confirmations go before items of rounds that waited longer', async () => {
  stopTheClock()
  const items = () => ['a', 'b', 'c'].map((key) => anItem(key))
  const { schedule, run, runs, started } = aSchedule([{ spreadMs: 0, items }], null, { maxInFlight: 1 })
  schedule.confirm({ key: 'urgent', lane: 'there', afterMs: [1000], run: (signal) => run('urgent', signal) })
  await pass(1500)
  expect(runs.map((r) => r.key)).toEqual(['a'])
  runs[0]!.finish()
  await pass(0)
  expect(runs.map((r) => r.key)).toEqual(['a', 'urgent'])
  runs[1]!.finish()
  await pass(0)
  expect(runs.map((r) => r.key)).toEqual(['a', 'urgent', 'b'])
  // how late they started is told, waiting for room included
  expect(started).toEqual([
    { kind: 'round', id: 'heartbeat', lane: 'here', lateMs: 0 },
    { kind: 'confirm', id: 'urgent', lane: 'there', lateMs: 500 },
    { kind: 'round', id: 'heartbeat', lane: 'here', lateMs: 1500 },
  ])
})

test('confirmations -> under the caps like everything else', async () => {
  stopTheClock()
  const { confirm, runs } = confirming(null, { laneLimit: () => 2 })
  confirm('one')
  await pass(20_000)
  expect(runs).toHaveLength(2)
})

test('a machine that slept through the offsets -> confirmations of before are not made up for', async () => {
  stopTheClock()
  const { confirm, startsOf, skipped } = confirming(0)
  confirm('one')
  await pass(2000)
  jump(3_600_000)
  await pass(30_000)
  expect(startsOf()).toEqual([1000, 2000])
  expect(skipped).toEqual([{ reason: 'late', id: 'one', count: 3 }])
  expect(confirm('one')).toBe(true)
})

test('a run that rejects -> told, and the series ends all the same', async () => {
  stopTheClock()
  const { schedule, errors } = aSchedule([], 0)
  const bug = new Error('a bug')
  const failing = { key: 'one', lane: 'here', afterMs: [0], run: () => Promise.reject(bug) }
  schedule.confirm(failing)
  await pass(1)
  expect(errors).toEqual([{ error: bug, key: 'one' }])
  expect(schedule.confirm(failing)).toBe(true)
})

test('no offsets -> nothing to confirm, and nothing stays behind', async () => {
  stopTheClock(T0)
  const { confirm, startsOf } = confirming(0)
  expect(confirm('one', 'here', [])).toBe(false)
  expect(confirm('one', 'here', [1])).toBe(true)
  await pass(2)
  expect(startsOf()).toEqual([1])
})
