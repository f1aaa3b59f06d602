/**
 * startSchedule: rounds by the calendar, spread over their period, under caps; confirmations that go first.
 *
 * calendar -> a round begins -> items at their share of the period -> launcher. One timer wakes for whatever is due soonest, at
 * least once a second, and goes by the wall clock: a machine that slept, or whose clock was set, is noticed within a second.
 * At most one round is caught up on, and it is spread over what is left of its period rather than run in a burst.
 */
import { MINUTE_MS } from '../model/time.ts'
import { openCalendar } from './calendar.ts'
import type { Calendar, Turn } from './calendar.ts'
import { LATE_MS, openLauncher } from './launcher.ts'
import { spread } from './spread.ts'
import type { Confirmation, Round, Schedule, ScheduleOptions } from './types.ts'

const WAKE_MS = 1000
/** A confirmation that could not start for so long after the last was meant to says nothing of the moment it was asked for. */
const CONFIRM_STALE_MS = MINUTE_MS

interface Running {
  readonly round: Round
  readonly calendar: Calendar
  turn: Turn
}

/** Joins the round under way: items whose time in it is still to come start then, the others in the next. */
export function startSchedule(initial: ScheduleOptions): Schedule {
  let options = initial
  let rounds: Running[] = []
  let timer: NodeJS.Timeout | null = null
  let lastWakeAt = Date.now()
  let stopped = false
  const launcher = openLauncher(options)
  /** confirmations that are not done, by key */
  const series = new Map<string, number>()

  begin()
  return { confirm, replace, stop, load: () => launcher.load() }

  function begin(): void {
    rounds = options.rounds.map((round) => {
      const calendar = openCalendar(round.cron, round.timezone)
      return { round, calendar, turn: calendar.next() }
    })
    for (const running of rounds) join(running, Date.now())
    arm()
  }

  function end(): void {
    for (const { calendar } of rounds) calendar.close()
    rounds = []
  }

  function arm(): void {
    if (timer !== null) clearTimeout(timer)
    const soonest = Math.min(launcher.nextDueAt(), ...rounds.map((r) => r.turn.firesAt))
    timer = setTimeout(wake, Math.max(0, Math.min(WAKE_MS, soonest - Date.now())))
  }

  function wake(): void {
    const now = Date.now()
    if (now < lastWakeAt - LATE_MS) clockWentBack(lastWakeAt - now)
    lastWakeAt = now
    for (const running of rounds) if (now >= running.turn.firesAt) fire(running, now)
    launcher.startDue(now)
    if (!stopped) arm()
  }

  function clockWentBack(byMs: number): void {
    launcher.shift(-byMs)
    for (const running of rounds) running.turn = running.calendar.next()
  }

  function fire(running: Running, now: number): void {
    const { round, turn } = running
    const periodMs = turn.nextAt - turn.firesAt
    const lateMs = now - turn.firesAt
    running.turn = running.calendar.next()
    if (lateMs < periodMs)
      return beginRound(round, lateMs > LATE_MS ? now : turn.firesAt, turn.nextAt, -Infinity)
    options.onSkipped({ reason: 'missed', id: round.id, count: Math.floor(lateMs / periodMs) })
    join(running, now)
  }

  /** What is left of the round before the next turn, as if it had begun on time. */
  function join({ round, turn }: Running, now: number): void {
    beginRound(round, turn.firesAt - (turn.nextAt - turn.firesAt), turn.firesAt, now)
  }

  /** @param sinceAt items whose place is before this are left out */
  function beginRound(round: Round, fromAt: number, endsAt: number, sinceAt: number): void {
    const items = round.items()
    const shares = spread(items)
    const placed = items.flatMap((item, i) => {
      const placeAfter = (at: number) => at + shares[i]! * Math.min(round.spreadMs, endsAt - at)
      return placeAfter(fromAt) < sinceAt ? [] : [{ item, placeAfter }]
    })
    const settled = countDown(round, placed.length)
    for (const { item, placeAfter } of placed) {
      launcher.push({
        kind: 'round',
        id: round.id,
        key: item.key,
        lane: item.lane,
        dueAt: placeAfter(fromAt),
        endsAt,
        putOff: placeAfter,
        run: (signal) => round.run(item, signal),
        settled,
      })
    }
  }

  /** Counts the items of one round, and reports it when all are done or skipped. */
  function countDown(round: Round, items: number): (lateMs: number | null) => void {
    const beganAt = Date.now()
    let done = 0
    let skipped = 0
    let maxLateMs = 0
    return (lateMs) => {
      if (lateMs === null) skipped++
      else done++
      maxLateMs = Math.max(maxLateMs, lateMs ?? 0)
      if (done + skipped < items || stopped) return
      options.onRoundDone({
        id: round.id,
        beganAt,
        durationMs: Date.now() - beganAt,
        done,
        skipped,
        maxLateMs,
      })
    }
  }

  function confirm(confirmation: Confirmation): boolean {
    const { key, lane, afterMs } = confirmation
    if (stopped || series.has(key) || afterMs.length === 0) return false
    const now = Date.now()
    series.set(key, afterMs.length)
    for (const ms of afterMs) {
      launcher.push({
        kind: 'confirm',
        id: key,
        key,
        lane,
        dueAt: now + ms,
        endsAt: now + Math.max(...afterMs) + CONFIRM_STALE_MS,
        putOff: () => null,
        run: (signal) => confirmation.run(signal),
        settled: (lateMs) => {
          settleOne(key)
          if (lateMs === null) confirmation.dropped?.()
        },
      })
    }
    arm()
    return true
  }

  function settleOne(key: string): void {
    const left = series.get(key)! - 1
    if (left === 0) series.delete(key)
    else series.set(key, left)
  }

  function replace(next: ScheduleOptions): void {
    if (stopped) return
    launcher.drop((task) => task.kind === 'round', 'replaced')
    end()
    options = next
    launcher.replace(next)
    begin()
  }

  async function stop(deadlineMs: number): Promise<{ aborted: number }> {
    stopped = true
    if (timer !== null) clearTimeout(timer)
    end()
    launcher.drop(() => true, null)
    return { aborted: await launcher.stop(deadlineMs) }
  }
}
