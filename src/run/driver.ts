/**
 * driver: the hands of the watchkeeper. It carries its commands out, and hands it what comes back.
 *
 *     schedule's turn ─┐             ┌─ probe ──► prober, through the schedule's lanes or past them
 *     measurement ─────┼► watchkeeper┼─ save ───► store, metrics, log
 *     time ────────────┘             └─ changed ► metrics, log, whoever wants to hear
 */
import type { RankedIncident } from '../model/correlation.ts'
import type { Measurement, Plan } from '../model/measurement.ts'
import type { OutageChange } from '../model/outage.ts'
import type { Command, Event, Step, WatchedCanary, WatchedEndpoint } from '../watch/types.ts'
import { attempt } from './attempt.ts'
import { createProbing, type ProbingParts } from './probing.ts'

export interface DriverParts extends ProbingParts {
  /** keeps one step, whole */
  readonly save: (step: Step<Measurement>) => void
  /** hears of each change once it is saved */
  readonly changed: (change: OutageChange, opened: readonly RankedIncident[]) => void
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
  /** Lets what is asked past the schedule end, ends it after so long, and waits until all of it is handed over. */
  readonly close: (drainMs: number) => Promise<void>
}

export function createDriver(parts: DriverParts): Driver {
  const { keeper, now, log } = parts
  const probing = createProbing(parts, handle)
  let timer: NodeJS.Timeout | null = null
  let closed = false

  function handle(event: Event<Measurement>): void {
    try {
      for (const command of keeper.handle(event)) attempt(log, () => carryOut(command))
    } finally {
      arm()
    }
  }

  /** Wakes the keeper when it wants to be. */
  function arm(): void {
    if (timer !== null) clearTimeout(timer)
    const wakeAt = keeper.nextWakeAt()
    if (wakeAt === null || closed) return
    const wake = (): void => attempt(log, () => handle({ kind: 'tick', at: now() }))
    timer = setTimeout(wake, Math.max(0, wakeAt - now()))
  }

  function carryOut(command: Command<Measurement>): void {
    switch (command.kind) {
      case 'probe':
        return command.purpose === 'confirm' ? probing.queue(command) : probing.start(command)
      case 'save':
        return parts.save(command.step)
      case 'changed':
        return notify(command.change, command.opened)
    }
  }

  /** What hears of a change may fail (the disk is full, the record is locked); what was decided stands. */
  function notify(change: OutageChange, opened: readonly RankedIncident[]): void {
    try {
      parts.changed(change, opened)
    } catch (err) {
      log.error({ err, outage: change.outage.id }, 'outage change could not be reported')
    }
  }

  return {
    handle,
    async due(vantage, target, plan, signal) {
      const turn = keeper.handle({ kind: 'due', at: now(), vantage, target, plan })
      arm()
      const [own, ...others] = turn
      if (own?.kind !== 'probe') return turn.forEach(carryOut)
      others.forEach(carryOut)
      await probing.run(own, signal)
    },
    async close(drainMs) {
      closed = true
      if (timer !== null) clearTimeout(timer)
      await probing.close(drainMs)
    },
  }
}
