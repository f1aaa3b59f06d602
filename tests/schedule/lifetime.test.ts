import { createTask, getTasks } from 'node-cron'
import { expect, test } from 'vitest'
import { createCalendar } from '../../src/schedule/calendar.ts'
import { aSchedule, anItem, pass, stopTheClock, T0 } from './clock.ts'

const once = (key: string) => ({ spreadMs: 0, items: () => [anItem(key)] })

test('stopped -> nothing starts any more, and what is in flight may end', async () => {
  stopTheClock()
  const { schedule, runs, run, startsOf } = aSchedule([once('one')], null)
  schedule.confirm({ key: 'later', lane: 'here', afterMs: [1000], run: (signal) => run('later', signal) })
  await pass(1)
  const stopping = schedule.stop(10_000)
  await pass(5000)
  expect(runs[0]!.signal.aborted).toBe(false)
  runs[0]!.finish()
  expect(await stopping).toEqual({ aborted: 0 })
  await pass(120_000)
  expect(startsOf()).toEqual([0])
  expect(
    schedule.confirm({ key: 'one', lane: 'here', afterMs: [0], run: (signal) => run('one', signal) }),
  ).toBe(false)
})

test('stopped, and a run does not end by the deadline -> aborted through its signal, and counted', async () => {
  stopTheClock()
  const { schedule, runs } = aSchedule([once('one')], null)
  await pass(1)
  const stopping = schedule.stop(10_000)
  await pass(9999)
  expect(runs[0]!.signal.aborted).toBe(false)
  await pass(1)
  expect(runs[0]!.signal.aborted).toBe(true)
  expect(await stopping).toEqual({ aborted: 1 })
})

test('stopped, and a run ignores its signal -> stop ends all the same', async () => {
  stopTheClock()
  const deaf = { ...once('one'), run: () => new Promise<void>(() => {}) }
  const { schedule } = aSchedule([deaf], null)
  await pass(1)
  const stopping = schedule.stop(100)
  await pass(1100)
  expect(await stopping).toEqual({ aborted: 1 })
})

test('replaced -> the new rounds at their times, what is in flight goes on and is not doubled', async () => {
  stopTheClock()
  const { schedule, runs, startsOf, options, skipped } = aSchedule(
    [{ items: () => [anItem('old-1'), anItem('old-2')] }],
    null,
  )
  await pass(29_999)
  expect(runs.map((r) => r.key).toSorted()).toEqual(['old-1', 'old-2'])
  schedule.replace(
    options([
      { ...once('old-1'), cron: '* * * * * *' },
      { ...once('new'), cron: '0 * * * * *' },
    ]),
  )
  await pass(30_001)
  expect(startsOf('old-1')).toHaveLength(1)
  expect(startsOf('new')).toEqual([60_000])
  expect(runs.some((r) => r.signal.aborted)).toBe(false)
  expect(skipped.every((s) => s.reason === 'overlap')).toBe(true)
})

test('replaced in the middle of a round by the same -> each item once in its period, at its usual time', async () => {
  stopTheClock()
  const round = { items: () => Array.from({ length: 10 }, (_, i) => anItem(`item-${i}`)) }
  const { schedule, startsOf, options, skipped } = aSchedule([round], 10)
  await pass(30_000 - 1)
  const usual = startsOf()
  await pass(15_001)
  schedule.replace(options([round]))
  await pass(15_000 - 1)
  expect(startsOf().slice(10)).toEqual(usual.map((at) => at + 30_000))
  const left = usual.filter((at) => at > 15_000).length
  expect(skipped).toEqual([{ reason: 'replaced', id: 'heartbeat', count: left }])
})

test('replaced with wider caps -> what waited starts', async () => {
  stopTheClock()
  const { schedule, run, runs, options } = aSchedule([], null, { maxInFlight: 1 })
  for (const key of ['a', 'b'])
    schedule.confirm({ key, lane: 'here', afterMs: [0], run: (signal) => run(key, signal) })
  await pass(1)
  expect(runs.map((r) => r.key)).toEqual(['a'])
  schedule.replace(options([], { maxInFlight: 2 }))
  expect(runs.map((r) => r.key)).toEqual(['a', 'b'])
})

test('started, replaced and stopped -> no task is left behind in node-cron', async () => {
  stopTheClock()
  const before = getTasks().size
  const { schedule, options } = aSchedule([once('one'), once('two')], 0)
  schedule.replace(options([once('three')]))
  expect(getTasks().size).toBe(before + 1)
  await schedule.stop(0)
  expect(getTasks().size).toBe(before)
})

test('a calendar -> the two next turns, strictly after now, in its time zone', () => {
  stopTheClock(T0)
  const calendar = createCalendar('0 18 * * *', 'Asia/Dushanbe')
  expect(calendar.next()).toEqual({ firesAt: Date.UTC(2026, 0, 4, 13), nextAt: Date.UTC(2026, 0, 5, 13) })
  calendar.close()
  const seconds = createCalendar('*/30 * * * * *', 'UTC')
  expect(seconds.next()).toEqual({ firesAt: T0 + 30_000, nextAt: T0 + 60_000 })
  seconds.close()
})

test('real time, every second -> runs on the second', async () => {
  const startedAt = Date.now()
  const at = await new Promise<number>((resolve) => {
    aSchedule(
      [{ ...once('one'), cron: '* * * * * *', run: () => Promise.resolve(resolve(Date.now())) }],
      null,
    )
  })
  expect(at - startedAt).toBeLessThanOrEqual(2000)
  const task = createTask('* * * * * *', () => {})
  expect(task.match(new Date(at))).toBe(true)
  await task.destroy()
  expect(at % 1000).toBeLessThan(500)
})
