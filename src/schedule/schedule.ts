/**
 * startSchedule: rounds by the calendar, spread over their period, under caps; confirmations that go first.
 *
 * calendar -> a round begins -> items at their share of the period -> launcher. One timer wakes for whatever is due soonest, at
 * least once a second, and goes by the wall clock: a machine that slept, or whose clock was set, is noticed within a second.
 * At most one round is caught up on, and it is spread over what is left of its period rather than run in a burst.
 */
import { MINUTE_MS } from '../model/time.ts'
import { createCalendar } from './calendar.ts'
import type { Calendar, Turn } from './calendar.ts'
import { LATE_MS, Launcher } from './launcher.ts'
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
export function startSchedule(options: ScheduleOptions): Schedule {
  return new RunningSchedule(options)
}

class RunningSchedule implements Schedule {
  #options: ScheduleOptions
  #rounds: Running[] = []
  #timer: NodeJS.Timeout | null = null
  #lastWakeAt = Date.now()
  #stopped = false
  readonly #launcher: Launcher
  /** confirmations that are not done, by key */
  readonly #series = new Map<string, number>()

  constructor(options: ScheduleOptions) {
    this.#options = options
    this.#launcher = new Launcher(options)
    this.#begin()
  }

  load(): ReturnType<Launcher['load']> {
    return this.#launcher.load()
  }

  #begin(): void {
    this.#rounds = this.#options.rounds.map((round) => {
      const calendar = createCalendar(round.cron, round.timezone)
      return { round, calendar, turn: calendar.next() }
    })
    for (const running of this.#rounds) this.#join(running, Date.now())
    this.#arm()
  }

  #end(): void {
    for (const { calendar } of this.#rounds) calendar.close()
    this.#rounds = []
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    const soonest = Math.min(this.#launcher.nextDueAt(), ...this.#rounds.map((r) => r.turn.firesAt))
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, Math.min(WAKE_MS, soonest - Date.now())))
  }

  #wake(): void {
    const now = Date.now()
    if (now < this.#lastWakeAt - LATE_MS) this.#clockWentBack(this.#lastWakeAt - now)
    this.#lastWakeAt = now
    for (const running of this.#rounds) if (now >= running.turn.firesAt) this.#fire(running, now)
    this.#launcher.startDue(now)
    if (!this.#stopped) this.#arm()
  }

  #clockWentBack(byMs: number): void {
    this.#launcher.shift(-byMs)
    for (const running of this.#rounds) running.turn = running.calendar.next()
  }

  #fire(running: Running, now: number): void {
    const { round, turn } = running
    const periodMs = turn.nextAt - turn.firesAt
    const lateMs = now - turn.firesAt
    running.turn = running.calendar.next()
    if (lateMs < periodMs)
      return this.#beginRound(round, lateMs > LATE_MS ? now : turn.firesAt, turn.nextAt, -Infinity)
    this.#options.onSkipped({ reason: 'missed', id: round.id, count: Math.floor(lateMs / periodMs) })
    this.#join(running, now)
  }

  /** What is left of the round before the next turn, as if it had begun on time. */
  #join({ round, turn }: Running, now: number): void {
    this.#beginRound(round, turn.firesAt - (turn.nextAt - turn.firesAt), turn.firesAt, now)
  }

  /** @param sinceAt items whose place is before this are left out */
  #beginRound(round: Round, fromAt: number, endsAt: number, sinceAt: number): void {
    const items = round.items()
    const shares = spread(items)
    const placed = items.flatMap((item, i) => {
      const placeAfter = (at: number) => at + shares[i]! * Math.min(round.spreadMs, endsAt - at)
      return placeAfter(fromAt) < sinceAt ? [] : [{ item, placeAfter }]
    })
    const settled = this.#countDown(round, placed.length)
    for (const { item, placeAfter } of placed) {
      this.#launcher.push({
        kind: 'round',
        id: round.id,
        key: item.key,
        lane: item.lane,
        dueAt: placeAfter(fromAt),
        endsAt,
        putOff: placeAfter,
        run: (signal) => round.run(item, signal),
        finished: settled,
      })
    }
  }

  /** Counts the items of one round, and reports it when all are done or skipped. */
  #countDown(round: Round, items: number): (lateMs: number | null) => void {
    const beganAt = Date.now()
    let done = 0
    let skipped = 0
    let maxLateMs = 0
    return (lateMs) => {
      if (lateMs === null) skipped++
      else done++
      maxLateMs = Math.max(maxLateMs, lateMs ?? 0)
      if (done + skipped < items || this.#stopped) return
      this.#options.onRoundDone({
        id: round.id,
        beganAt,
        durationMs: Date.now() - beganAt,
        done,
        skipped,
        maxLateMs,
      })
    }
  }

  confirm(confirmation: Confirmation): boolean {
    const { key, lane, afterMs } = confirmation
    if (this.#stopped || this.#series.has(key) || afterMs.length === 0) return false
    const now = Date.now()
    this.#series.set(key, afterMs.length)
    for (const ms of afterMs) {
      this.#launcher.push({
        kind: 'confirm',
        id: key,
        key,
        lane,
        dueAt: now + ms,
        endsAt: now + Math.max(...afterMs) + CONFIRM_STALE_MS,
        putOff: () => null,
        run: (signal) => confirmation.run(signal),
        finished: (lateMs) => {
          this.#settleOne(key)
          if (lateMs === null) confirmation.dropped?.()
        },
      })
    }
    this.#arm()
    return true
  }

  #settleOne(key: string): void {
    const left = this.#series.get(key)! - 1
    if (left === 0) this.#series.delete(key)
    else this.#series.set(key, left)
  }

  replace(next: ScheduleOptions): void {
    if (this.#stopped) return
    this.#launcher.drop((task) => task.kind === 'round', 'replaced')
    this.#end()
    this.#options = next
    this.#launcher.replace(next)
    this.#begin()
  }

  async stop(deadlineMs: number): Promise<{ aborted: number }> {
    this.#stopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#end()
    this.#launcher.drop(() => true, null)
    return { aborted: await this.#launcher.stop(deadlineMs) }
  }
}
