import { beforeEach, expect, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { createDiagnoses, type Diagnoses, type OpenOutage } from '../../src/run/diagnoses.ts'
import type { Outage, OutageChange } from '../../src/model/outage.ts'
import type { Health } from '../../src/model/vantage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const T0 = Date.UTC(2015, 4, 19, 9)

const YOUTUBE: OpenOutage = { service: 'youtube', vantage: 'babilon' }
const FACEBOOK: OpenOutage = { service: 'facebook', vantage: 'babilon' }
const ELSEWHERE: OpenOutage = { service: 'youtube', vantage: 'tcell' }

/** What was started, and a way to end each; the lane of the schedule has room at once unless it is told otherwise. */
let started: { readonly outage: OpenOutage; readonly lane: string; readonly end: () => void }[]
let open: OpenOutage[]
let health: Health
let enabled: boolean
let room: boolean
let diagnoses: Diagnoses

beforeEach(() => {
  started = []
  open = []
  health = 'online'
  enabled = true
  room = true
  let lane = ''
  diagnoses = createDiagnoses({
    settings: () =>
      ({ enabled, everyMs: HOUR, leastGapMs: 5 * MINUTE, totalTimeoutMs: 75_000 }) as Config['diagnose'],
    open: () => open,
    health: () => health,
    schedule: () => ({
      confirm(confirmation) {
        if (!room) return false
        lane = confirmation.lane
        void confirmation.run(new AbortController().signal)
        return true
      },
    }),
    run: (outage) =>
      new Promise<void>((resolve) => {
        started.push({ outage, lane, end: resolve })
      }),
  })
})

function change(kind: OutageChange['kind'], { service, vantage }: OpenOutage): OutageChange {
  return { kind, at: T0, outage: { service, vantage } as Outage }
}

/** Ends the last one, and lets what waits for it go on. */
async function end(): Promise<void> {
  started.at(-1)!.end()
  await new Promise((resolve) => setImmediate(resolve))
}

test('an outage opens -> diagnosed a moment later, in the lane of its vantage', () => {
  open = [YOUTUBE]
  diagnoses.heard(change('opened', YOUTUBE), T0)
  diagnoses.tick(T0)
  expect(started).toEqual([])
  diagnoses.tick(T0 + 2_000)
  expect(started).toMatchObject([{ outage: YOUTUBE, lane: 'babilon' }])
})

test('it lasts -> again every hour, whatever the ticks', async () => {
  open = [YOUTUBE]
  for (let at = T0; at < T0 + 3 * HOUR; at += MINUTE) {
    const before = started.length
    diagnoses.tick(at)
    if (started.length > before) await end()
  }
  expect(started).toHaveLength(3)
})

test('it changes again and again -> never more often than the least gap', async () => {
  open = [YOUTUBE]
  for (let at = T0; at < T0 + HOUR; at += 10_000) {
    diagnoses.heard(change('cause', YOUTUBE), at)
    const before = started.length
    diagnoses.tick(at)
    if (started.length > before) await end()
  }
  expect(started.length).toBeGreaterThan(1)
  expect(started.length).toBeLessThanOrEqual(12)
})

test('what a diagnosis itself changes -> asks for no other before the hour is over', async () => {
  open = [YOUTUBE]
  diagnoses.tick(T0)
  diagnoses.heard(change('cause', YOUTUBE), T0 + MINUTE)
  await end()
  diagnoses.tick(T0 + 30 * MINUTE)
  expect(started).toHaveLength(1)
  diagnoses.tick(T0 + HOUR)
  expect(started).toHaveLength(2)
})

test('several outages -> one at a time from a vantage, side by side from several', async () => {
  open = [YOUTUBE, FACEBOOK, ELSEWHERE]
  diagnoses.tick(T0)
  expect(started.map(({ outage }) => outage)).toEqual([YOUTUBE, ELSEWHERE])
  diagnoses.tick(T0 + 1_000)
  expect(started).toHaveLength(2)
  started[0]!.end()
  await new Promise((resolve) => setImmediate(resolve))
  diagnoses.tick(T0 + 2_000)
  expect(started.at(-1)?.outage).toEqual(FACEBOOK)
})

test('the vantage is not online -> put off until it is', () => {
  open = [YOUTUBE]
  for (const not of ['offline', 'shutdown', 'unknown'] as const) {
    health = not
    diagnoses.tick(T0)
  }
  expect(started).toEqual([])
  health = 'online'
  diagnoses.tick(T0 + 1_000)
  expect(started).toHaveLength(1)
})

test('switched off, or no room in the schedule -> none; switched on again -> at once', () => {
  open = [YOUTUBE]
  enabled = false
  diagnoses.tick(T0)
  enabled = true
  room = false
  diagnoses.tick(T0 + 1_000)
  expect(started).toEqual([])
  room = true
  diagnoses.tick(T0 + 2_000)
  expect(started).toHaveLength(1)
})

test('one that never comes back -> does not hold up its vantage for ever', () => {
  open = [YOUTUBE, FACEBOOK]
  diagnoses.tick(T0)
  diagnoses.tick(T0 + MINUTE)
  expect(started).toHaveLength(1)
  diagnoses.tick(T0 + 10 * MINUTE)
  expect(started).toHaveLength(2)
})

test('an outage of the vantage itself, and one that ends -> nothing is wanted', () => {
  diagnoses.heard({ kind: 'opened', at: T0, outage: { service: null, vantage: 'babilon' } as Outage }, T0)
  diagnoses.heard(change('closed', YOUTUBE), T0)
  diagnoses.tick(T0 + MINUTE)
  expect(started).toEqual([])
})
