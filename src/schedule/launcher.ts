/**
 * From "due at" to done: waits for the time, then for room, then runs; no key of a round twice at once.
 *
 * due queue -> lanes -> in flight.
 */
import { dueQueue } from './due-queue.ts'
import { type Lanes, createLanes } from './lanes.ts'
import type { ScheduleOptions, Skipped } from './types.ts'

/** Later than this is no longer "a little late": the thread hung, the machine slept or the clock was set. */
export const LATE_MS = 1000
/** After an abort, how long to wait for runs to notice. */
const ABORT_GRACE_MS = 1000

/** One start to be made. Times in Unix ms. */
export interface Task {
  readonly kind: 'round' | 'confirm'
  /** round id; for a confirmation its key */
  readonly id: string
  readonly key: string
  readonly lane: string
  dueAt: number
  /** not started from this moment on, when it is late */
  readonly endsAt: number
  /** when it is late, where to put it instead; `null` = start it all the same */
  putOff(now: number): number | null
  run(signal: AbortSignal): Promise<void>
  /** called once: how late it started, after it is done; `null` = never started */
  finished(lateMs: number | null): void
}

/** Whoever holds the timer calls `startDue` with the time. */
export class Launcher {
  #options: ScheduleOptions
  readonly #pending = dueQueue<Task>()
  readonly #lanes: Lanes<Task & { urgent: boolean; start(): Promise<void> }>
  /** keys of round items that wait for room or are in flight */
  readonly #busy = new Set<string>()
  readonly #inFlight = new Set<AbortController>()
  readonly #untold: { reason: Skipped['reason']; id: string; count: number }[] = []
  #whenIdle: (() => void) | null = null

  constructor(options: ScheduleOptions) {
    this.#options = options
    this.#lanes = createLanes(options)
  }

  push(task: Task): void {
    this.#pending.push(task)
  }

  /** Unix ms; Infinity = nothing waits for its time */
  nextDueAt(): number {
    return this.#pending.peek()?.dueAt ?? Infinity
  }

  startDue(now: number): void {
    for (let task = this.#pending.peek(); task !== null && task.dueAt <= now; task = this.#pending.peek()) {
      this.#pending.pop()
      this.#startOrPutOff(task, now)
    }
    this.#tellSkipped()
  }

  /** Takes out what has not started; with a reason it is reported as skipped. */
  drop(matches: (task: Task) => boolean, reason: Skipped['reason'] | null): void {
    const waiting = this.#lanes.remove(matches)
    for (const task of waiting) if (task.kind === 'round') this.#busy.delete(task.key)
    for (const task of [...this.#pending.remove(matches), ...waiting]) {
      if (reason === null) task.finished(null)
      else this.#skip(task, reason)
    }
    this.#tellSkipped()
  }

  /** The clock was set: moves everything in time. */
  shift(byMs: number): void {
    this.#pending.shift(byMs)
  }

  /** Takes new caps and callbacks. */
  replace(options: ScheduleOptions): void {
    this.#options = options
    this.#lanes.limit(options)
  }

  /** Waits for what is in flight; after the deadline aborts it. @returns how many were aborted */
  async stop(deadlineMs: number): Promise<number> {
    await this.#idleWithin(deadlineMs)
    const aborted = this.#inFlight.size
    for (const controller of this.#inFlight) controller.abort()
    await this.#idleWithin(ABORT_GRACE_MS)
    return aborted
  }

  load(): { inFlight: number; waiting: number } {
    return { inFlight: this.#lanes.inFlight(), waiting: this.#lanes.waiting() }
  }

  #startOrPutOff(task: Task, now: number): void {
    if (now - task.dueAt > LATE_MS) {
      if (now >= task.endsAt) return this.#skip(task, 'late')
      const later = task.putOff(now)
      if (later !== null) {
        task.dueAt = later
        return this.#pending.push(task)
      }
    }
    if (task.kind === 'round') {
      if (this.#busy.has(task.key)) return this.#skip(task, 'overlap')
      this.#busy.add(task.key)
    }
    this.#lanes.enter({ ...task, urgent: task.kind === 'confirm', start: () => this.#run(task) })
  }

  #skip(task: Task, reason: Skipped['reason']): void {
    const same = this.#untold.find((one) => one.reason === reason && one.id === task.id)
    if (same === undefined) this.#untold.push({ reason, id: task.id, count: 1 })
    else same.count++
    task.finished(null)
  }

  /** Says what was skipped in one go, once for each round and reason. */
  #tellSkipped(): void {
    for (const skipped of this.#untold.splice(0)) this.#options.onSkipped(skipped)
  }

  async #run(task: Task): Promise<void> {
    const lateMs = Math.max(0, Date.now() - task.dueAt)
    const controller = new AbortController()
    this.#inFlight.add(controller)
    this.#options.onStarted({ kind: task.kind, id: task.id, lane: task.lane, lateMs })
    try {
      await task.run(controller.signal)
    } catch (error) {
      this.#options.onError(error, task.key)
    }
    this.#inFlight.delete(controller)
    if (task.kind === 'round') this.#busy.delete(task.key)
    task.finished(lateMs)
    if (this.#inFlight.size === 0) this.#whenIdle?.()
  }

  #idleWithin(deadlineMs: number): Promise<void> {
    if (this.#inFlight.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const giveUp = setTimeout(resolve, deadlineMs)
      this.#whenIdle = () => {
        clearTimeout(giveUp)
        resolve()
      }
    })
  }
}
