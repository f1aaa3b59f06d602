/**
 * From "due at" to done: waits for the time, then for room, then runs; no key of a round twice at once.
 *
 * due queue -> lanes -> in flight. Whoever holds the timer calls `startDue` with the time.
 */
import { dueQueue } from './due-queue.ts'
import { openLanes } from './lanes.ts'
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
  settled(lateMs: number | null): void
}

export interface Launcher {
  push(task: Task): void
  /** Unix ms; Infinity = nothing waits for its time */
  nextDueAt(): number
  startDue(now: number): void
  /** takes out what has not started; with a reason it is reported as skipped */
  drop(matches: (task: Task) => boolean, reason: Skipped['reason'] | null): void
  /** the clock was set: moves everything in time */
  shift(byMs: number): void
  /** new caps and callbacks */
  replace(options: ScheduleOptions): void
  /** waits for what is in flight; after the deadline aborts it. @returns how many were aborted */
  stop(deadlineMs: number): Promise<number>
  load(): { inFlight: number; waiting: number }
}

export function openLauncher(initial: ScheduleOptions): Launcher {
  let options = initial
  const pending = dueQueue<Task>()
  const lanes = openLanes<Task & { urgent: boolean; start(): Promise<void> }>(options)
  /** keys of round items that wait for room or are in flight */
  const busy = new Set<string>()
  const inFlight = new Set<AbortController>()
  const untold: { reason: Skipped['reason']; id: string; count: number }[] = []
  let whenIdle: (() => void) | null = null

  function startOrPutOff(task: Task, now: number): void {
    if (now - task.dueAt > LATE_MS) {
      if (now >= task.endsAt) return skip(task, 'late')
      const later = task.putOff(now)
      if (later !== null) {
        task.dueAt = later
        return pending.push(task)
      }
    }
    if (task.kind === 'round') {
      if (busy.has(task.key)) return skip(task, 'overlap')
      busy.add(task.key)
    }
    lanes.enter({ ...task, urgent: task.kind === 'confirm', start: () => run(task) })
  }

  function skip(task: Task, reason: Skipped['reason']): void {
    const same = untold.find((one) => one.reason === reason && one.id === task.id)
    if (same === undefined) untold.push({ reason, id: task.id, count: 1 })
    else same.count++
    task.settled(null)
  }

  /** Says what was skipped in one go, once for each round and reason. */
  function tellSkipped(): void {
    for (const skipped of untold.splice(0)) options.onSkipped(skipped)
  }

  async function run(task: Task): Promise<void> {
    const lateMs = Math.max(0, Date.now() - task.dueAt)
    const controller = new AbortController()
    inFlight.add(controller)
    options.onStarted({ kind: task.kind, id: task.id, lane: task.lane, lateMs })
    try {
      await task.run(controller.signal)
    } catch (error) {
      options.onError(error, task.key)
    }
    inFlight.delete(controller)
    if (task.kind === 'round') busy.delete(task.key)
    task.settled(lateMs)
    if (inFlight.size === 0) whenIdle?.()
  }

  function idleWithin(deadlineMs: number): Promise<void> {
    if (inFlight.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const giveUp = setTimeout(resolve, deadlineMs)
      whenIdle = () => {
        clearTimeout(giveUp)
        resolve()
      }
    })
  }

  return {
    push: (task) => pending.push(task),
    shift: (byMs) => pending.shift(byMs),
    nextDueAt: () => pending.peek()?.dueAt ?? Infinity,
    startDue(now) {
      for (let task = pending.peek(); task !== null && task.dueAt <= now; task = pending.peek()) {
        pending.pop()
        startOrPutOff(task, now)
      }
      tellSkipped()
    },
    drop(matches, reason) {
      const waiting = lanes.remove(matches)
      for (const task of waiting) if (task.kind === 'round') busy.delete(task.key)
      for (const task of [...pending.remove(matches), ...waiting]) {
        if (reason === null) task.settled(null)
        else skip(task, reason)
      }
      tellSkipped()
    },
    replace(next) {
      options = next
      lanes.limit(next)
    },
    async stop(deadlineMs) {
      await idleWithin(deadlineMs)
      const aborted = inFlight.size
      for (const controller of inFlight) controller.abort()
      await idleWithin(ABORT_GRACE_MS)
      return aborted
    },
    load: () => ({ inFlight: lanes.inFlight(), waiting: lanes.waiting() }),
  }
}
