import { expect, test } from 'vitest'
import { busyness, createPace } from '../../src/demo/pace.ts'
import type { MeasurementSummary } from '../../src/model/history.ts'
import type { Verdict } from '../../src/model/verdict.ts'

/** A fine heartbeat that took so long. */
function fine(tookMs: number, over: Partial<MeasurementSummary> = {}): MeasurementSummary {
  return {
    id: 'a',
    endpoint: 'facebook/www',
    vantage: 'babilon',
    url: 'https://www.facebook.com/',
    plan: 'heartbeat',
    purpose: 'round',
    startedAt: 1_000,
    endedAt: 1_000 + tookMs,
    unfit: null,
    verdict: { outcome: 'ok' } as Verdict,
    ...over,
  }
}

const many = (measurement: MeasurementSummary, n: number) => Array.from({ length: n }, () => measurement)
const QUICK = many(fine(250), 20)
const LATE = fine(250, { unfit: 'late_thread', verdict: { outcome: 'insufficient' } as Verdict })
const BLOCKED = fine(4_000, { verdict: { outcome: 'anomaly' } as Verdict })

test.each([
  { name: 'nothing was measured', looks: [], busy: false },
  { name: 'all quick', looks: QUICK, busy: false },
  { name: 'one in twenty slow', looks: [...QUICK, fine(2_000)], busy: false },
  { name: 'one in five slow', looks: [...QUICK, ...many(fine(2_000), 5)], busy: true },
  { name: 'as slow, but there is twice the time', looks: many(fine(1_100), 9), stretch: 2, busy: false },
  { name: 'what is blocked is slow', looks: [...QUICK, ...many(BLOCKED, 9)], busy: false },
  { name: 'more is fetched, and that is slow', looks: many(fine(2_000, { plan: 'full' }), 9), busy: false },
  { name: 'some on a late thread', looks: [...QUICK, LATE, LATE], busy: false },
  { name: 'many on a late thread', looks: [...QUICK, ...many(LATE, 5)], busy: true },
])('$name -> too busy: $busy', ({ looks: measurements, stretch: interval = 1, busy }) => {
  expect(busyness(measurements, interval) !== null).toBe(busy)
})

test('busy, then busy still, then not -> slower twice, with both times void; what was before the warming up is void but not looked at', async () => {
  const clock = { now: 100 }
  const asked: unknown[] = []
  const answers = [many(fine(2_000), 9), many(fine(2_000), 9), many(fine(2_000), 9)]
  const applied: number[] = []
  const said: string[] = []
  const pace = createPace({
    looks: async (span) => {
      asked.push(span)
      return answers.shift() ?? []
    },
    apply: async (interval) => void applied.push(interval),
    say: (line) => void said.push(line),
    now: () => clock.now,
  })
  clock.now = 200
  pace.warm()
  clock.now = 300
  expect(await pace.slowDown()).toBe(true)
  clock.now = 400
  expect(await pace.slowDown()).toBe(true)
  clock.now = 500
  expect(await pace.slowDown()).toBe(false)
  expect(asked).toEqual([
    { since: 200, until: 300 },
    { since: 300, until: 400 },
    { since: 400, until: 500 },
  ])
  expect(pace.voided).toEqual([
    { since: 100, until: 300 },
    { since: 300, until: 400 },
  ])
  expect([applied, pace.stretch]).toEqual([[2, 5], 5])
  expect(said[0]).toBe(
    'This machine is busy: one fine probe in ten takes 2.0 s or longer. From now on everything takes 2 times as long.',
  )
})

test('busy at the slowest pace there is -> it says so, and goes on', async () => {
  const said: string[] = []
  const pace = createPace({
    looks: async () => many(LATE, 9),
    apply: async () => undefined,
    say: (line) => void said.push(line),
    now: Date.now,
  })
  const slowed: boolean[] = []
  for (let n = 0; n < 4; n++) slowed.push(await pace.slowDown())
  expect(slowed).toEqual([true, true, true, false])
  expect(said.at(-1)).toBe('This machine is too busy even so: 9 of 9 probes were timed too late to count.')
})
