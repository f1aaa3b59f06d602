import { expect, test } from 'vitest'
import { aSchedule, anItem, jump, pass, stopTheClock, T0 } from './clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** one service from one vantage: items that should follow each other evenly */
const service = (n: number, lane = 'here') =>
  Array.from({ length: n }, (_, i) => anItem(`${lane}-${i}`, { lane, group: `facebook@${lane}` }))

test('a round each 30 s -> every item starts once in every period, at the same offset each time', async () => {
  stopTheClock()
  const { startsOf, skipped } = aSchedule([{ items: () => service(3) }], 100)
  await pass(5 * MINUTE)
  for (const key of ['here-0', 'here-1', 'here-2']) {
    const starts = startsOf(key)
    expect(starts).toHaveLength(10)
    const offsets = new Set(starts.map((at) => at % 30_000))
    expect(offsets.size).toBe(1)
  }
  expect(skipped).toEqual([])
})

test('endpoints of one service -> spread evenly over the period, none starting together', async () => {
  stopTheClock()
  const { startsOf } = aSchedule([{ items: () => service(3) }], 100)
  await pass(2 * MINUTE)
  const starts = startsOf()
  const gaps = starts.slice(1).map((at, i) => at - starts[i]!)
  for (const gap of gaps) expect(Math.abs(gap - 10_000)).toBeLessThanOrEqual(2)
})

test('another start of the daemon -> the same offsets', async () => {
  stopTheClock()
  const first = aSchedule([{ items: () => service(4) }], 100)
  await pass(MINUTE)
  const offsets = first.startsOf().map((at) => at % 30_000)
  await first.schedule.stop(0)
  const second = aSchedule([{ items: () => service(4) }], 100)
  await pass(MINUTE)
  expect(second.startsOf().map((at) => at % 30_000)).toEqual(offsets)
})

test('started in the middle of a period -> items whose time is still to come start at it, the others in the next', async () => {
  stopTheClock()
  const onTime = aSchedule([{ items: () => service(10) }], 100)
  await pass(30_000)
  const slots = onTime.startsOf()
  await onTime.schedule.stop(0)
  await pass(21_000)
  const { startsOf } = aSchedule([{ items: () => service(10) }], 100)
  await pass(9000 - 1)
  expect(startsOf()).toEqual(slots.filter((at) => at >= 21_000).map((at) => at + 30_000))
  await pass(30_000)
  expect(startsOf()).toHaveLength(13)
})

test('no spread -> all start when the expression is due', async () => {
  stopTheClock(T0 + 1)
  const { startsOf } = aSchedule([{ spreadMs: 0, items: () => service(3) }], 100)
  await pass(30_000)
  expect(startsOf()).toEqual([30_000, 30_000, 30_000])
})

test('a daily round -> spread over no more than was asked for', async () => {
  stopTheClock(T0 - 10 * HOUR)
  const { startsOf } = aSchedule(
    [{ cron: '0 12 * * *', spreadMs: 5 * MINUTE, items: () => service(20) }],
    100,
  )
  await pass(10 * HOUR + 6 * MINUTE)
  const atNoon = startsOf()
  expect(atNoon).toHaveLength(20)
  expect(Math.min(...atNoon)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...atNoon)).toBeLessThan(5 * MINUTE)
})

test('a time zone -> the hour is read in it', async () => {
  stopTheClock(T0 - 6 * HOUR)
  const { startsOf } = aSchedule(
    [{ cron: '0 17 * * *', timezone: 'Asia/Dushanbe', spreadMs: 0, items: () => service(1) }],
    100,
  )
  await pass(7 * HOUR)
  expect(startsOf()).toEqual([0]) // 17:00 in Dushanbe is 12:00 UTC
})

test('items asked for anew each round -> what is in force then is done', async () => {
  stopTheClock()
  let n = 1
  const { startsOf } = aSchedule([{ spreadMs: 0, items: () => service(n) }], 100)
  await pass(1)
  n = 2
  await pass(30_000)
  expect(startsOf()).toEqual([0, 30_000, 30_000])
})

test('an item still in flight when its time comes again -> skipped and counted, others are not held up', async () => {
  stopTheClock()
  const { runs, startsOf, skipped } = aSchedule([{ spreadMs: 0, items: () => service(2) }], null)
  await pass(1)
  runs[0]!.finish()
  await pass(30_000)
  expect(startsOf('here-0')).toEqual([0, 30_000])
  expect(startsOf('here-1')).toEqual([0])
  expect(skipped).toEqual([{ reason: 'overlap', id: 'heartbeat', count: 1 }])
})

test('the same key in two rounds -> never twice at once', async () => {
  stopTheClock()
  const round = { spreadMs: 0, items: () => [anItem('one')] }
  const { runs, skipped } = aSchedule(
    [
      { ...round, id: 'heartbeat' },
      { ...round, id: 'full' },
    ],
    null,
  )
  await pass(1)
  expect(runs).toHaveLength(1)
  expect(skipped).toEqual([{ reason: 'overlap', id: 'full', count: 1 }])
})

test('a round whose items are all done or skipped -> reported once', async () => {
  stopTheClock()
  const { runs, done } = aSchedule([{ spreadMs: 0, items: () => service(2) }], null)
  await pass(1)
  runs[0]!.finish()
  await pass(1000)
  expect(done).toEqual([])
  runs[1]!.finish()
  await pass(0)
  expect(done).toEqual([
    { id: 'heartbeat', beganAt: T0, durationMs: 1001, done: 2, skipped: 0, maxLateMs: 0 },
  ])
})

test('a run that rejects -> told, and the item runs again in the next round', async () => {
  stopTheClock()
  const bug = new Error('a bug')
  const { errors, done } = aSchedule(
    [{ spreadMs: 0, items: () => service(1), run: () => Promise.reject(bug) }],
    0,
  )
  await pass(31_000)
  expect(errors).toEqual([
    { error: bug, key: 'here-0' },
    { error: bug, key: 'here-0' },
  ])
  expect(done).toHaveLength(2)
})

test('a thread that hung for 10 of 30 s -> what it held up is spread over the rest of the period, no burst', async () => {
  stopTheClock()
  const { startsOf, skipped, started } = aSchedule([{ items: () => service(30) }], 100)
  await pass(0)
  const before = startsOf().length
  jump(10_000)
  await pass(1000)
  const caughtUp = startsOf().slice(before)
  expect(caughtUp.length).toBeLessThanOrEqual(4)
  await pass(19_000 - 1)
  expect(startsOf()).toHaveLength(30)
  expect(Math.max(...startsOf())).toBeLessThan(30_000)
  expect(skipped).toEqual([])
  expect(Math.max(...started.map((s) => s.lateMs))).toBeLessThanOrEqual(1000)
})

test('a thread late by half a second at the end of a period -> the last items start late, none is lost', async () => {
  stopTheClock()
  const { startsOf, skipped, started } = aSchedule([{ items: () => service(300) }], 10)
  await pass(29_600)
  const before = startsOf().length
  jump(500)
  await pass(60)
  expect(before).toBeLessThan(299)
  expect(startsOf().length).toBeGreaterThanOrEqual(300)
  expect(Math.max(...started.map((s) => s.lateMs))).toBeGreaterThan(400)
  expect(skipped).toEqual([])
})

test('a machine that slept for eight hours -> no burst: joins the round under way, and counts the lost ones', async () => {
  stopTheClock()
  const { startsOf, skipped } = aSchedule([{ items: () => service(30) }], 100)
  await pass(15_000)
  const before = startsOf().length
  jump(8 * HOUR)
  await pass(2000)
  expect(startsOf().length - before).toBeLessThanOrEqual(3)
  expect(skipped.filter((s) => s.reason === 'missed')).toEqual([
    { reason: 'missed', id: 'heartbeat', count: 959 },
  ])
  expect(skipped.filter((s) => s.reason === 'late')).toEqual([
    { reason: 'late', id: 'heartbeat', count: 30 - before },
  ])
  await pass(43_000)
  expect(startsOf().length - before).toBeGreaterThanOrEqual(30)
  expect(startsOf().length - before).toBeLessThanOrEqual(45)
})

test('a clock set forward by ten years -> noticed within a second, at once', async () => {
  stopTheClock()
  const { startsOf } = aSchedule([{ items: () => service(10) }], 100)
  await pass(15_000)
  const before = startsOf().length
  jump(10 * 365 * 24 * HOUR)
  const askedAt = performance.now()
  await pass(60_000)
  expect(performance.now() - askedAt).toBeLessThan(2000)
  expect(startsOf().length - before).toBeGreaterThanOrEqual(10)
})

test('a clock set back by a day -> rounds go on, they do not wait for the old time to come round', async () => {
  stopTheClock()
  const { runs, skipped } = aSchedule([{ items: () => service(10) }], 100)
  await pass(15_000)
  jump(-24 * HOUR)
  const before = runs.length
  await pass(61_000)
  expect(runs.length - before).toBeGreaterThanOrEqual(20)
  expect(runs.length - before).toBeLessThanOrEqual(30)
  expect(skipped).toEqual([])
})
