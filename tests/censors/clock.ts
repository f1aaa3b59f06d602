/**
 * clock: the watchkeeper over a simulated clock, so that ten minutes of silence do not take ten minutes. It decides what is probed;
 * each probe is answered by a measurement that was really made, as if it had been made then.
 */
import { newDetector } from '../../src/detect/detector.ts'
import type { Detector } from '../../src/detect/state.ts'
import { newEvents } from '../../src/evaluate/events.ts'
import type { Measurement, Plan } from '../../src/model/measurement.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import { createWatchkeeper, type Watchkeeper } from '../../src/watch/keeper.ts'
import { readMeasurements } from '../../src/watch/reading.ts'
import type {
  Command,
  ProbeCommand,
  Reading,
  WatchedCanary,
  WatchedEndpoint,
  Watching,
} from '../../src/watch/types.ts'

/** What a probe meets at a moment, and how long it takes. */
export interface Met {
  readonly measurement: Measurement
  readonly tookMs: number
}

export interface Turn {
  readonly target: WatchedEndpoint | WatchedCanary
  readonly plan: Plan
  /** not in every round: Unix ms of its first turn after `fromAt`, and ms between turns */
  readonly every?: { readonly afterMs: number; readonly ms: number }
}

export interface Story {
  readonly watching: Watching
  readonly vantage: string
  /** what every round probes */
  readonly turns: readonly Turn[]
  readonly roundMs: number
  /** Unix ms */
  readonly fromAt: number
  readonly untilAt: number
  readonly meet: (command: ProbeCommand, at: number) => Met
  /** where it is read otherwise than the daemon does */
  readonly reading?: (real: (measurement: Measurement) => Measurement) => Partial<Reading<Measurement>>
}

export interface Told {
  readonly changes: readonly OutageChange[]
  readonly keeper: Watchkeeper<Measurement>
  readonly detector: Detector
}

/** Lets the rounds come, and everything that the keeper asks for. */
export function tell({ watching, vantage, turns, roundMs, fromAt, untilAt, meet, reading }: Story): Told {
  const detector = newDetector()
  const made = new Map<Measurement, Measurement>()
  const real = (measurement: Measurement): Measurement => made.get(measurement) ?? measurement
  const keeper = createWatchkeeper<Measurement>({
    watching,
    // Judged as it was made: the certificate and the clock of the server are of then.
    reading: { ...judgedAsMade(real, made), ...reading?.(real) },
    detector,
    notesStates: false,
  })
  const events = newEvents()
  const changes: OutageChange[] = []
  let count = 0

  function take(commands: readonly Command<Measurement>[], at: number): void {
    for (const command of commands) {
      if (command.kind === 'changed') changes.push(command.change)
      if (command.kind === 'probe') probe(command, at)
    }
  }

  function probe(of: ProbeCommand, at: number): void {
    const { measurement: met, tookMs } = meet(of, at)
    const measurement = { ...met, id: `look ${count++}`, startedAt: at, durationMs: tookMs }
    made.set(measurement, met)
    if (of.overdueAfterMs !== null && of.overdueAfterMs < tookMs)
      events.add(at + of.overdueAfterMs, (now) => take(keeper.handle({ kind: 'overdue', at: now, of }), now))
    events.add(Math.ceil(at + tookMs), (now) =>
      take(keeper.handle({ kind: 'measured', at: now, of, measurement }), now),
    )
  }

  for (let at = fromAt; at <= untilAt; at += roundMs) {
    passUntil(keeper, events, at, take)
    for (const { target, plan, every } of turns) {
      const afterMs = at - fromAt - (every?.afterMs ?? 0)
      const isTurn = every === undefined || (afterMs >= 0 && afterMs % every.ms < roundMs)
      if (isTurn) take(keeper.handle({ kind: 'due', at, vantage, target, plan }), at)
    }
  }
  passUntil(keeper, events, untilAt, take)
  return { changes, keeper, detector }
}

function passUntil(
  keeper: Watchkeeper<Measurement>,
  events: ReturnType<typeof newEvents>,
  until: number,
  take: (commands: readonly Command<Measurement>[], at: number) => void,
): void {
  for (;;) {
    const wakeAt = keeper.nextWakeAt() ?? Infinity
    if (Math.min(wakeAt, events.nextAt()) >= until) return
    if (events.nextAt() <= wakeAt) events.runNext()
    else take(keeper.handle({ kind: 'tick', at: wakeAt }), wakeAt)
  }
}

function judgedAsMade(
  real: (measurement: Measurement) => Measurement,
  made: Map<Measurement, Measurement>,
): Reading<Measurement> {
  const reading = readMeasurements(() => null)
  return {
    ...reading,
    judge: (measurement, controls, health) => reading.judge(real(measurement), controls.map(real), health),
    needsControl: (measurement, verdict) => reading.needsControl(real(measurement), verdict),
    withMemory(measurement, memory) {
      const remembering = reading.withMemory(measurement, memory)
      made.set(remembering, reading.withMemory(real(measurement), memory))
      return remembering
    },
    // The canaries are well, whatever was measured.
    answered: () => 'yes',
  }
}
