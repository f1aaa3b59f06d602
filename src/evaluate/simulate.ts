/**
 * simulate: the watchkeeper over a simulated network and clock. It decides, as it does in the daemon; here its probes are answered
 * by network.ts, and the rounds come as the schedule would bring them.
 */
import { newDetector } from '../detect/detector.ts'
import type { Detector } from '../detect/state.ts'
import type { DetectSettings, Watch } from '../detect/settings.ts'
import { CONFIRM_AFTER_MS, SUSPECT_AFTER_MS } from '../model/look-again.ts'
import type { OutageChange } from '../model/outage.ts'
import type { EndpointRole } from '../model/service.ts'
import { createWatchkeeper, type Watchkeeper } from '../watch/keeper.ts'
import type { Command, ProbeCommand, WatchedEndpoint, Watching } from '../watch/types.ts'
import { newEvents } from './events.ts'
import type { Facts } from './facts.ts'
import { factsOf } from './mechanisms.ts'
import { type LookAt, openNetwork, siteFailsAt } from './network.ts'
import { between, type Random, seeded } from './random.ts'
import { readSimulated, type Simulated } from './simulated.ts'
import { weatherOf, type Spell } from './world.ts'

export interface Scenario {
  readonly watch: Watch
  readonly settings: DetectSettings
  /** share of packets lost everywhere, all the time */
  readonly loss: number
  /** spells of each vantage, in the order of `watch.vantages` */
  readonly spells: readonly (readonly Spell[])[]
  readonly spanMs: number
  /** how many times as many packets are lost at an hour of the day */
  readonly load?: (hour: number) => number
  /** sees what the plain rounds see, as another monitor would, or every measurement */
  readonly watcher?: Watcher
}

/** One endpoint from one vantage; the same object throughout a run. */
export interface Target {
  readonly vantage: string
  readonly service: string
  readonly endpoint: string
  readonly role: EndpointRole
}

/** One measurement of the simulation, as others may use it. Unix ms. */
export interface Seen {
  readonly target: Target
  readonly startedAt: number
  readonly endedAt: number
  readonly facts: Facts
  readonly purpose: 'round' | 'confirm'
}

/** Hears of measurements as they end; of those in plain rounds it may ask what another one would have seen a while later. */
export interface Watcher {
  readonly look: (seen: Seen, again: (afterMs: number) => boolean) => void
  readonly canary?: (seen: {
    readonly vantage: string
    readonly canary: string
    readonly startedAt: number
    readonly endedAt: number
    readonly answered: boolean
  }) => void
}

/** A change, and when on the simulated clock it was known. */
export interface Told {
  readonly at: number
  readonly change: OutageChange
}

export interface Run {
  readonly told: readonly Told[]
  readonly looks: number
  readonly detector: Detector
}

/** 2015-05-01, a Friday */
export const START = Date.UTC(2015, 4, 1)
/** the network that is not censored */
const CONTROL = 'control'
const FULL_EVERY = 10
const CONTROL_MS = 500
const AGAIN_SEED = 99
const SHOWN_SEED = 98
const NEVER = (): boolean => false
/** chance that the control fails at an endpoint that is fine */
const CONTROL_FAILS = 0.002

/** Runs a scenario: the rounds, and all that they bring about. The same seed gives the same run. */
export function simulate(scenario: Scenario, random: Random): Run {
  const { watch, spanMs } = scenario
  const detector = newDetector()
  const told: Told[] = []
  const keeper = createWatchkeeper({
    watching: watchingOf(scenario),
    reading: readSimulated(),
    detector,
    notesStates: false,
  })
  const world = openWorld(scenario, random)
  const play = createPlayer(keeper, world.answer, told)
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
  return { told, looks: world.looks(), detector }
}

/** A probe that was answered. */
interface Answer {
  readonly measurement: Simulated
  readonly durationMs: number
}

/** Carries the keeper's commands out, in the order in which they end. */
function createPlayer(
  keeper: Watchkeeper<Simulated>,
  answer: (command: ProbeCommand, at: number) => Answer,
  told: Told[],
) {
  const events = newEvents()

  function take(commands: readonly Command<Simulated>[], at: number): void {
    for (const command of commands) {
      if (command.kind === 'probe') probe(command, at)
      else if (command.kind === 'changed') told.push({ at, change: command.change })
    }
  }

  function probe(of: ProbeCommand, at: number): void {
    const { measurement, durationMs } = answer(of, at)
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

/** What the network, and the control, answer. */
function openWorld({ watch, loss, spells, load, watcher }: Scenario, random: Random) {
  const lookAt = openNetwork(loss, random, load)
  // What others try again must not change what we see.
  const lookAgain = openNetwork(loss, seeded(AGAIN_SEED), load)
  const places = new Map(
    watch.vantages.map(({ id }, i) => {
      const weather = weatherOf(spells[i] ?? [])
      return [id, { near: (at: number) => weather.near(at - START), targets: new Map<string, Target>() }]
    }),
  )
  // What others are shown must not change what we see either.
  const shown = seeded(SHOWN_SEED)
  let looks = 0

  /** Whether a control asked now fails too: it sees a site's own fault, as everybody does, and has troubles of its own. */
  function failsElsewhere(service: string, at: number, draw: Random): boolean {
    let chance = CONTROL_FAILS
    for (const { near } of places.values())
      chance = Math.max(chance, siteFailsAt(near(at), service, at - START))
    return draw() < chance
  }

  function targetOf(vantage: string, { id: endpoint, service, role }: WatchedEndpoint): Target {
    const { targets } = places.get(vantage)!
    let target = targets.get(endpoint)
    if (target === undefined) targets.set(endpoint, (target = { vantage, service, endpoint, role }))
    return target
  }

  function fails(see: LookAt, { vantage, service, endpoint }: Target, at: number): boolean {
    return see(service, at - START, false, places.get(vantage)!.near(at), endpoint).seen !== null
  }

  function canary({ vantage, target: { id } }: ProbeCommand, at: number): Answer {
    const place = places.get(vantage)
    if (place === undefined) return answered(at, CONTROL_MS, null, false)
    looks += 1
    const { seen, durationMs } = lookAt(null, at - START, true, place.near(at))
    const answer = answered(at, durationMs, factsOf(seen), true)
    watcher?.canary?.({
      vantage,
      canary: id,
      startedAt: at,
      endedAt: at + durationMs,
      answered: seen === null,
    })
    return answer
  }

  function service({ vantage, plan, purpose }: ProbeCommand, endpoint: WatchedEndpoint, at: number): Answer {
    const http = plan === 'full'
    const near = places.get(vantage)!.near(at)
    const outcome = lookAt(endpoint.service, at - START, http, near, endpoint.id)
    looks += 1
    const failed = factsOf(outcome.seen)
    const answer = answered(at, outcome.durationMs, failed, http, failed === null ? '' : `m${looks}`)
    if (watcher !== undefined) {
      const target = targetOf(vantage, endpoint)
      const control = failed === null ? null : failsElsewhere(endpoint.service, at, shown) ? 'fails' : 'fine'
      const { startedAt, endedAt } = answer.measurement
      const seen: Seen = {
        target,
        startedAt,
        endedAt,
        facts: { failed, http, control },
        purpose: purpose === 'round' ? 'round' : 'confirm',
      }
      watcher.look(seen, failed === null ? NEVER : (afterMs) => fails(lookAgain, target, at + afterMs))
    }
    return answer
  }

  return {
    looks: () => looks,
    answer(command: ProbeCommand, at: number): Answer {
      const { target, purpose } = command
      if (!('service' in target)) return canary(command, at)
      if (purpose !== 'control') return service(command, target, at)
      const failed = failsElsewhere(target.service, at, random) ? factsOf('tcp.timeout') : null
      return answered(at, CONTROL_MS, failed, true)
    },
  }
}

function answered(
  startedAt: number,
  durationMs: number,
  failed: Facts['failed'],
  sawHttp: boolean,
  id = '',
): Answer {
  return {
    measurement: { id, startedAt, endedAt: Math.ceil(startedAt + durationMs), failed, sawHttp },
    durationMs,
  }
}

/** The turns of one round, in order: all canaries of a vantage at once, and each endpoint at a place of its own. */
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
  return turns.sort((a, b) => a.after - b.after)
}

/** What the watchkeeper of a simulation or a trace watches. */
export function watchingOf({ watch, settings }: Pick<Scenario, 'watch' | 'settings'>): Watching {
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
    diagnose: null,
    incidents: null,
  }
}
