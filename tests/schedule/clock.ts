/** A schedule on a clock that the test moves, and everything it did. Runs end when the test says so, or at once. */
import { onTestFinished, vi } from 'vitest'
import { startSchedule } from '../../src/schedule/schedule.ts'
import type {
  Round,
  RoundDone,
  RoundItem,
  ScheduleOptions,
  Skipped,
  Started,
} from '../../src/schedule/types.ts'

/** A Sunday, at the start of an hour and so of any period used here. */
export const T0 = Date.UTC(2026, 0, 4, 12)

export function stopTheClock(at = T0): void {
  vi.useFakeTimers({ now: at, toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
}

/** Time goes by, timers with it. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}

/** The machine slept, or its clock was set: the time is another, and no timer noticed. */
export function jump(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

export function anItem(key: string, rest: Partial<RoundItem> = {}): RoundItem {
  return { key, lane: 'here', group: key, ...rest }
}

export interface Run {
  readonly key: string
  /** ms after T0 */
  readonly at: number
  readonly signal: AbortSignal
  finish(): void
}

/** @param lasts how long a run takes, in ms; `null` = until `finish` is called or it is aborted */
export function aSchedule(
  rounds: Partial<Round>[],
  lasts: number | null,
  rest: Partial<ScheduleOptions> = {},
) {
  const runs: Run[] = []
  const skipped: Skipped[] = []
  const started: Started[] = []
  const done: RoundDone[] = []
  const errors: { error: unknown; key: string }[] = []
  const run = (key: string, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      runs.push({ key, at: Date.now() - T0, signal, finish: resolve })
      signal.addEventListener('abort', () => resolve(), { once: true })
      if (lasts !== null) setTimeout(resolve, lasts)
    })
  const aRound = (round: Partial<Round>): Round => ({
    id: 'heartbeat',
    cron: '*/30 * * * * *',
    timezone: 'UTC',
    spreadMs: 3e5,
    items: () => [],
    run: (item, signal) => run(item.key, signal),
    ...round,
  })
  const options = (replaced: Partial<Round>[], others: Partial<ScheduleOptions> = {}): ScheduleOptions => ({
    rounds: replaced.map(aRound),
    maxInFlight: 100,
    laneLimit: () => 100,
    onStarted: (one) => void started.push(one),
    onSkipped: (one) => void skipped.push(one),
    onRoundDone: (roundDone) => void done.push(roundDone),
    onError: (error, key) =>
      void errors.push({
        error,
        key,
      }),
    ...others,
  })
  const schedule = startSchedule(options(rounds, rest))
  onTestFinished(() => {
    void schedule.stop(0)
  })
  /** starts of a key, or of all, as ms after T0 */
  const startsOf = (key?: string) => runs.filter((r) => key === undefined || r.key === key).map((r) => r.at)
  return { schedule, runs, run, skipped, started, done, errors, options, startsOf }
}
