import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { dueQueue } from '../../src/schedule/due-queue.ts'
import { createLanes } from '../../src/schedule/lanes.ts'
import { spread } from '../../src/schedule/spread.ts'
import { aSchedule, anItem, pass, stopTheClock } from './clock.ts'

const items = (lane: string, n: number) =>
  Array.from({ length: n }, (_, i) => anItem(`${lane}-${i}`, { lane }))

test('more due than fits in all -> the rest starts as room comes free', async () => {
  stopTheClock()
  const { runs, schedule } = aSchedule([{ spreadMs: 0, items: () => items('here', 5) }], null, {
    maxInFlight: 2,
  })
  await pass(1)
  expect(runs).toHaveLength(2)
  expect(schedule.load()).toEqual({ inFlight: 2, waiting: 3 })
  runs[0]!.finish()
  await pass(0)
  expect(runs).toHaveLength(3)
  expect(schedule.load()).toEqual({ inFlight: 2, waiting: 2 })
})

test('a lane that is full -> the others are not held up', async () => {
  stopTheClock()
  const { runs } = aSchedule(
    [{ spreadMs: 0, items: () => [...items('slow', 5), ...items('fast', 2)] }],
    null,
    {
      laneLimit: (lane) => (lane === 'slow' ? 1 : 10),
    },
  )
  await pass(1)
  expect(runs.map((r) => r.key)).toEqual(['slow-0', 'fast-0', 'fast-1'])
})

test('two lanes and one place -> they take turns', async () => {
  stopTheClock()
  const both = () => [...items('a', 3), ...items('b', 3)]
  const { runs } = aSchedule([{ spreadMs: 0, items: both }], null, { maxInFlight: 1 })
  await pass(1)
  for (let i = 0; i < 5; i++) {
    runs[i]!.finish()
    await pass(0)
  }
  expect(runs.map((r) => r.key)).toEqual(['a-0', 'a-1', 'b-0', 'a-2', 'b-1', 'b-2'])
})

test('any jobs in any order -> the caps hold at every moment, and every job runs once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          lane: fc.constantFrom('a', 'b', 'c'),
          urgent: fc.boolean(),
          turns: fc.integer({ min: 0, max: 3 }),
        }),
      ),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      async (jobs, maxInFlight, perLane) => {
        const lanes = createLanes({ maxInFlight, laneLimit: () => perLane })
        const now = new Map<string, number>()
        const ran: number[] = []
        const all = jobs.map(async ({ lane, urgent, turns }, i) => {
          await new Promise<void>((done) => {
            lanes.enter({
              lane,
              urgent,
              start: async () => {
                now.set(lane, (now.get(lane) ?? 0) + 1)
                expect(now.get(lane)).toBeLessThanOrEqual(perLane)
                expect([...now.values()].reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(maxInFlight)
                for (let turn = 0; turn < turns; turn++) await Promise.resolve()
                now.set(lane, now.get(lane)! - 1)
                ran.push(i)
                done()
              },
            })
          })
        })
        await Promise.all(all)
        expect(ran.toSorted((a, b) => a - b)).toEqual(jobs.map((_, i) => i))
      },
    ),
  )
})

test('equals put into the queue -> come out as they went in', () => {
  const queue = dueQueue<{ dueAt: number; name: number }>()
  for (let name = 0; name < 20; name++) queue.push({ dueAt: 5, name })
  queue.remove(({ name }) => name % 5 === 0)
  const names = Array.from({ length: 16 }, () => queue.pop()!.name)
  expect(names).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19])
})

test('anything put into the queue -> comes out soonest first, with what was taken out left out', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 7 }), (times, every) => {
      const queue = dueQueue<{ dueAt: number }>()
      for (const dueAt of times) queue.push({ dueAt })
      const gone = queue.remove(({ dueAt }) => dueAt % every === 0).map((d) => d.dueAt)
      const out: number[] = []
      for (let next = queue.pop(); next !== null; next = queue.pop()) out.push(next.dueAt)
      const byTime = (a: number, b: number) => a - b
      expect(out).toEqual(times.filter((t) => t % every !== 0).toSorted(byTime))
      expect(gone.toSorted(byTime)).toEqual(times.filter((t) => t % every === 0).toSorted(byTime))
    }),
  )
})

test('any groups -> shares from 0 up to 1, the same whatever other groups there are, even within a group', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), fc.array(fc.string()), (group, n, others) => {
      const mine = Array.from({ length: n }, () => ({ group }))
      const alone = spread(mine)
      const among = spread([...mine, ...others.filter((o) => o !== group).map((o) => ({ group: o }))])
      expect(among.slice(0, n)).toEqual(alone)
      for (const share of among) expect(share >= 0 && share < 1).toBe(true)
      const sorted = alone.toSorted((a, b) => a - b)
      const gaps = sorted.map((share, i) => (i + 1 < n ? sorted[i + 1]! : sorted[0]! + 1) - share)
      for (const gap of gaps) expect(gap).toBeCloseTo(1 / n, 9)
    }),
  )
})
