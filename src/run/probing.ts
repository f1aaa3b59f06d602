/** probing: one command of the watchkeeper to the prober and back, through the schedule's lanes or past them. */
import { randomInt } from 'node:crypto'
import type { Config } from '../config/config.ts'
import type { Measurement } from '../model/measurement.ts'
import type { Prober } from '../probe/prober.ts'
import type { Schedule } from '../schedule/types.ts'
import type { Watchkeeper } from '../watch/keeper.ts'
import type { Event, ProbeCommand } from '../watch/types.ts'
import { attempt } from './attempt.ts'
import { createLimiter } from './limiter.ts'
import type { Log } from './log.ts'
import { taskOf } from './task.ts'

export interface ProbingParts {
  /** asked each time, since a reload replaces it */
  readonly config: () => Config
  readonly keeper: Watchkeeper<Measurement>
  readonly prober: Pick<Prober, 'probe'>
  readonly schedule: () => Pick<Schedule, 'confirm'>
  readonly now: () => number
  readonly log: Log
}

export interface Probing {
  /** In the lane of its vantage, before the rounds. */
  readonly queue: (command: ProbeCommand) => void
  /** At once, past the schedule. */
  readonly start: (command: ProbeCommand) => void
  /** Done when the measurement is handed over. */
  readonly run: (command: ProbeCommand, signal: AbortSignal) => Promise<void>
  /** Lets what is asked past the schedule end, ends it after so long, and waits until all of it is handed over. */
  readonly close: (drainMs: number) => Promise<void>
}

const MAX_SEED = 2 ** 32

export function createProbing(
  { config, keeper, prober, schedule, now, log }: ProbingParts,
  handle: (event: Event<Measurement>) => void,
): Probing {
  const life = new AbortController()
  /** controls and canaries asked afresh go past the schedule, so a vantage's own cap must hold here */
  const limited = createLimiter((id) => config().vantages.find((v) => v.id === id)?.maxInFlight ?? 1)
  const inFlight = new Set<Promise<void>>()
  /** what waits for room in its lane: one more of the same would only pile up behind it */
  const waiting = new Set<string>()
  let planned = 0

  function queue(command: ProbeCommand): void {
    const key = `${command.plan} ${command.vantage} ${command.target.id}`
    const lost = (): void => {
      attempt(log, () => handle({ kind: 'lost', at: now(), of: command }))
    }
    if (waiting.has(key)) return lost()
    waiting.add(key)
    planned += 1
    const isQueued = schedule().confirm({
      key: `${key} ${planned}`,
      lane: command.vantage,
      afterMs: [0],
      run(signal) {
        waiting.delete(key)
        return run(command, signal)
      },
      dropped() {
        waiting.delete(key)
        lost()
      },
    })
    if (isQueued) return
    waiting.delete(key)
    lost()
  }

  function start(command: ProbeCommand): void {
    const done = limited(command.vantage, () => run(command, life.signal))
      .catch((err: unknown) => log.error({ err, target: command.target.id }, 'probe could not be processed'))
      .finally(() => inFlight.delete(done))
    inFlight.add(done)
  }

  async function run(command: ProbeCommand, signal: AbortSignal): Promise<void> {
    const task = taskOf(config(), command, {
      controlAddresses: keeper.controlAddresses,
      seed: () => randomInt(MAX_SEED),
      now: now(),
    })
    if (task === null) return handle({ kind: 'lost', at: now(), of: command })
    const { overdueAfterMs } = command
    const isOverdue = (): void => attempt(log, () => handle({ kind: 'overdue', at: now(), of: command }))
    const overdue = overdueAfterMs === null ? undefined : setTimeout(isOverdue, overdueAfterMs)
    const measurement = await prober.probe(task, signal).finally(() => clearTimeout(overdue))
    try {
      handle({ kind: 'measured', at: now(), of: command, measurement })
    } catch (err) {
      // Or what waits for it, and what it kept others from, would wait for ever.
      handle({ kind: 'lost', at: now(), of: command })
      throw err
    }
  }

  return {
    queue,
    start,
    run,
    async close(drainMs) {
      const late = setTimeout(() => life.abort(), Math.max(0, drainMs))
      while (inFlight.size > 0) await Promise.all(inFlight)
      clearTimeout(late)
    },
  }
}
