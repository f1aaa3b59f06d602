/**
 * simulate: the watchkeeper over a simulated network and clock. It decides, as it does in the daemon; here its probes are answered
 * by network.ts, and the rounds come as the schedule would bring them.
 */
import { newDetector } from '../detect/detector.ts'
import type { Detector } from '../detect/state.ts'
import type { DetectSettings, Watch } from '../detect/settings.ts'
import { CONFIRM_AFTER_MS, SUSPECT_AFTER_MS } from '../model/confirmation.ts'
import { createWatchkeeper, type Watchkeeper } from '../watch/keeper.ts'
import type { Command, DiagnoseTimes, ProbeCommand, Watching } from '../watch/types.ts'
import { type Answers, createAnswers, type Watcher } from './answers.ts'
import { newEvents } from './events.ts'
import type { ReportedChange } from './didbon-rules.ts'
import { between, type Random } from './random.ts'
import { readSimulated, type Simulated } from './simulated.ts'
import type { ClockStep } from './line-faults.ts'
import { type Episode, START } from './world.ts'

export interface Scenario {
  readonly watch: Watch
  readonly settings: DetectSettings
  /** share of packets lost everywhere, all the time */
  readonly loss: number
  /** spells of each vantage, in the order of `watch.vantages` */
  readonly episodes: readonly (readonly Episode[])[]
  readonly spanMs: number
  /** how many times as many packets are lost at an hour of the day */
  readonly load?: (hour: number) => number
  /** from then on the control is reached over the line of the first vantage; ms since the start; absent = never */
  readonly controlSharesFromMs?: number
  readonly clockSteps?: readonly ClockStep[]
  /** absent = no outage is diagnosed */
  readonly diagnose?: DiagnoseTimes
  /** sees what the plain rounds see, as another monitor would, or every measurement */
  readonly watcher?: Watcher
}

export interface Run {
  readonly told: readonly ReportedChange[]
  readonly looks: number
  readonly detector: Detector
}

/** the network that is not censored */
const CONTROL = 'control'
const FULL_EVERY = 10

/** Runs a scenario: the rounds, and all that they bring about. The same seed gives the same run. */
export function simulate(scenario: Scenario, random: Random): Run {
  const { watch, spanMs } = scenario
  const detector = newDetector()
  const told: ReportedChange[] = []
  const kept = createWatchkeeper({
    watching: watchingOf(scenario),
    reading: readSimulated(),
    detector,
    notesStates: false,
  })
  const keeper = scenario.clockSteps === undefined ? kept : withClock(kept, scenario.clockSteps)
  const answers = createAnswers(scenario, random)
  const play = createPlayer(keeper, answers, told)
  const turns = turnsOf(watch, random)
  for (let round = 0; round * watch.roundMs < spanMs; round++) {
    for (const { after, due, fullAt } of turns) {
      due.at = START + round * watch.roundMs + Math.floor(after)
      if (fullAt !== null) due.plan = round % FULL_EVERY === fullAt ? 'full' : 'heartbeat'
      play.passUntil(due.at)
      play.take(keeper.handle(due), due.at)
    }
  }
  play.passUntil(START + spanMs)
  return { told, looks: answers.looks(), detector }
}

type Player = Pick<Watchkeeper<Simulated>, 'handle' | 'nextWakeAt'>

/** A keeper whose clock is set now and then, forward or back, while the world goes on. */
function withClock(keeper: Player, steps: readonly ClockStep[]): Player {
  let offset = 0
  let next = 0
  return {
    handle(event) {
      for (; next < steps.length && START + steps[next]!.at <= event.at; next++) offset += steps[next]!.byMs
      const at = event.at + offset
      if (event.kind !== 'measured') return keeper.handle({ ...event, at })
      const { measurement } = event
      const { startedAt, endedAt } = measurement
      const moved = { ...measurement, startedAt: startedAt + offset, endedAt: endedAt + offset }
      return keeper.handle({ ...event, at, measurement: moved })
    },
    nextWakeAt() {
      const wakeAt = keeper.nextWakeAt()
      return wakeAt === null ? null : wakeAt - offset
    },
  }
}

/** Carries the keeper's commands out, in the order in which they end. */
function createPlayer(keeper: Player, answers: Answers, told: ReportedChange[]) {
  const events = newEvents()

  function take(commands: readonly Command<Simulated>[], at: number): void {
    for (const command of commands) {
      if (command.kind === 'probe') probe(command, at)
      else if (command.kind === 'changed') told.push({ at, change: command.change })
    }
  }

  function probe(of: ProbeCommand, at: number): void {
    const { measurement, durationMs } = answers.answer(of, at)
    const { endedAt } = measurement
    const { overdueAfterMs } = of
    if (overdueAfterMs !== null && durationMs > overdueAfterMs)
      events.add(at + overdueAfterMs, (now) => take(keeper.handle({ kind: 'overdue', at: now, of }), now))
    const hand = (now: number) => take(keeper.handle({ kind: 'measured', at: now, of, measurement }), now)
    // Where nothing else is to happen before it ends, it may as well have ended.
    if (Math.min(events.nextAt(), keeper.nextWakeAt() ?? Infinity) > endedAt && of.purpose === 'round')
      hand(endedAt)
    else events.add(endedAt, hand)
  }

  return {
    take,
    /** Lets everything happen that is due before a moment. */
    passUntil(until: number): void {
      for (;;) {
        const wakeAt = keeper.nextWakeAt() ?? Infinity
        const nextAt = events.nextAt()
        if (Math.min(wakeAt, nextAt) >= until) return
        if (nextAt <= wakeAt) events.runNext()
        else take(keeper.handle({ kind: 'tick', at: wakeAt }), wakeAt)
      }
    },
  }
}

/** The turns of one round, in order: all canaries of a vantage or the control at once, and each endpoint at a place of its own. */
function turnsOf({ vantages, services, canaries, roundMs }: Watch, random: Random) {
  const dueOf = (vantage: string, target: ProbeCommand['target']) => ({
    kind: 'due' as const,
    at: 0,
    vantage,
    target,
    plan: 'heartbeat' as 'heartbeat' | 'full',
  })
  const turns = vantages.flatMap(({ id: vantage }) => {
    const after = between(random, 0, roundMs)
    return [
      ...canaries.map((canary) => ({ after, fullAt: null, due: dueOf(vantage, canary) })),
      ...services.flatMap(({ id: service, endpoints }) =>
        endpoints.map(({ id, role }) => {
          const fullAt = Math.floor(random() * FULL_EVERY)
          return { after: between(random, 0, roundMs), fullAt, due: dueOf(vantage, { id, service, role }) }
        }),
      ),
    ]
  })
  const ofControl = canaries.map((canary) => ({ after: 0, fullAt: null, due: dueOf(CONTROL, canary) }))
  return [...ofControl, ...turns].sort((a, b) => a.after - b.after)
}

/** What the watchkeeper of a simulation or a trace watches. */
export function watchingOf({
  watch,
  settings,
  diagnose,
}: Pick<Scenario, 'watch' | 'settings' | 'diagnose'>): Watching {
  return {
    watchAt: () => watch,
    endpoints: new Map(
      watch.services.flatMap(({ id: service, endpoints }) =>
        endpoints.map(({ id, role }) => [id, { id, service, role }] as const),
      ),
    ),
    canaries: new Map(watch.canaries.map((canary) => [canary.id, canary])),
    controls: [CONTROL],
    settings,
    confirmAfterMs: CONFIRM_AFTER_MS,
    suspectAfterMs: SUSPECT_AFTER_MS,
    timeAgainAfterMs: 0,
    diagnose: diagnose ?? null,
    incidents: null,
  }
}
