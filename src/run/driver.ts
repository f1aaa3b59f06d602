/**
 * driver: the hands of the watchkeeper. It carries its commands out, and hands it what comes back.
 *
 *     schedule's turn ─┐             ┌─ probe ──► prober, through the schedule's lanes or past them
 *     measurement ─────┼► watchkeeper┼─ save ───► store, metrics, log
 *     time ────────────┘             └─ changed ► metrics, log, whoever wants to hear
 */
import { randomInt } from 'node:crypto'
import type { Config } from '../config/config.ts'
import type { RankedIncident } from '../model/correlation.ts'
import type { Measurement, Plan } from '../model/measurement.ts'
import type { OutageChange } from '../model/outage.ts'
import type { Prober } from '../probe/prober.ts'
import type { Schedule } from '../schedule/types.ts'
import type { Watchkeeper } from '../watch/keeper.ts'
import type { Command, Event, ProbeCommand, Step, WatchedCanary, WatchedEndpoint } from '../watch/types.ts'
import { createLimiter } from './limiter.ts'
import type { Log } from './log.ts'
import { taskOf } from './task.ts'

export interface DriverParts {
  /** asked each time, since a reload replaces it */
  readonly config: () => Config
  readonly keeper: Watchkeeper<Measurement>
  readonly prober: Pick<Prober, 'probe'>
  readonly schedule: () => Pick<Schedule, 'confirm'>
  /** keeps one step, whole */
  readonly save: (step: Step<Measurement>) => void
  /** hears of each change once it is saved */
  readonly changed: (change: OutageChange, opened: readonly RankedIncident[]) => void
  readonly now: () => number
  readonly log: Log
}

export interface Driver {
  /** One turn of the schedule. Done when what it brought about is measured and handed over. */
  readonly due: (
    vantage: string,
    target: WatchedEndpoint | WatchedCanary,
    plan: Plan,
    signal: AbortSignal,
  ) => Promise<void>
  /** Hands an event over, and carries out what comes of it. */
  readonly handle: (event: Event<Measurement>) => void
  /** Ends what is asked past the schedule and waits until all of it is handed over. */
  readonly close: () => Promise<void>
}

const MAX_SEED = 2 ** 32

export function createDriver(parts: DriverParts): Driver {
  const { config, keeper, prober, schedule, now, log } = parts
  const life = new AbortController()
  /** controls and canaries asked afresh go past the schedule, so a vantage's own cap must hold here */
  const limited = createLimiter((id) => config().vantages.find((v) => v.id === id)?.maxInFlight ?? 1)
  const inFlight = new Set<Promise<void>>()
  let timer: NodeJS.Timeout | null = null
  let planned = 0

  function handle(event: Event<Measurement>): void {
    for (const command of keeper.handle(event)) carryOut(command)
    arm()
  }

  /** Wakes the keeper when it wants to be. */
  function arm(): void {
    if (timer !== null) clearTimeout(timer)
    const wakeAt = keeper.nextWakeAt()
    if (wakeAt === null || life.signal.aborted) return
    timer = setTimeout(() => handle({ kind: 'tick', at: now() }), Math.max(0, wakeAt - now()))
  }

  function carryOut(command: Command<Measurement>): void {
    switch (command.kind) {
      case 'probe':
        return command.purpose === 'confirm' ? queue(command) : start(command)
      case 'save':
        return parts.save(command.step)
      case 'changed':
        return tell(command.change, command.opened)
    }
  }

  /** What hears of a change may fail (the disk is full, the record is locked); what was decided stands. */
  function tell(change: OutageChange, opened: readonly RankedIncident[]): void {
    try {
      parts.changed(change, opened)
    } catch (err) {
      log.error({ err, outage: change.outage.id }, 'outage change could not be reported')
    }
  }

  /** In the lane of its vantage, before the rounds. */
  function queue(command: ProbeCommand): void {
    planned += 1
    const lost = (): void => handle({ kind: 'lost', at: now(), of: command })
    const isQueued = schedule().confirm({
      key: `${command.plan} ${command.vantage} ${command.target.id} ${planned}`,
      lane: command.vantage,
      afterMs: [0],
      run: (signal) => run(command, signal),
      dropped: lost,
    })
    if (!isQueued) lost()
  }

  /** At once, past the schedule. */
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
    const isOverdue = (): void => handle({ kind: 'overdue', at: now(), of: command })
    const overdue = overdueAfterMs === null ? undefined : setTimeout(isOverdue, overdueAfterMs)
    const measurement = await prober.probe(task, signal).finally(() => clearTimeout(overdue))
    handle({ kind: 'measured', at: now(), of: command, measurement })
  }

  return {
    handle,
    async due(vantage, target, plan, signal) {
      const turn = keeper.handle({ kind: 'due', at: now(), vantage, target, plan })
      const [own, ...others] = turn
      if (own?.kind !== 'probe') return turn.forEach(carryOut)
      others.forEach(carryOut)
      await run(own, signal)
    },
    async close() {
      life.abort()
      if (timer !== null) clearTimeout(timer)
      while (inFlight.size > 0) await Promise.all(inFlight)
    },
  }
}
