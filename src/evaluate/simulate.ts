/**
 * simulate: the daemon without sockets. Rounds, confirmations, early suspicions, fresh canaries and controls, as the schedule
 * and the pipeline have them; looks come from network.ts, and every one is folded by detect/ itself.
 */
import { newDetector, openOutage, type Detector } from '../detect/detector.ts'
import { foldCanary, foldLook, foldTick } from '../detect/fold.ts'
import { healthOf } from '../detect/health.ts'
import { needsHttp } from '../detect/status.ts'
import type { DetectSettings, Watch } from '../detect/settings.ts'
import type { Folded, Look } from '../model/look.ts'
import { CONFIRM_AFTER_MS, SUSPECT_AFTER_MS } from '../model/look-again.ts'
import type { OutageChange } from '../model/outage.ts'
import type { EndpointRole } from '../model/service.ts'
import { newEvents } from './events.ts'
import { createJudge, type Facts } from './facts.ts'
import { factsOf } from './mechanisms.ts'
import { openNetwork, type Outcome } from './network.ts'
import { between, type Random, seeded } from './random.ts'
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
  /** sees what the plain rounds see, as another monitor would, or every look */
  readonly watcher?: Watcher
}

/** One endpoint from one vantage; the same object throughout a run. */
export interface Target {
  readonly vantage: string
  readonly service: string
  readonly endpoint: string
  readonly role: EndpointRole
}

/** One look of the simulation, as others may use it. Unix ms. */
export interface Seen {
  readonly target: Target
  readonly startedAt: number
  readonly endedAt: number
  readonly facts: Facts
  readonly purpose: 'round' | 'confirm'
}

/** Hears of looks as they end; of those in plain rounds it may ask what another one would have seen a while later. */
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
const FULL_EVERY = 10
const CONTROL_MS = 500
const AGAIN_SEED = 99
const FINE: Facts = { failed: null, http: false, control: null }
const NEVER = (): boolean => false
const FINE_HTTP: Facts = { ...FINE, http: true }
/** chance that the control fails at an endpoint that is fine */
const CONTROL_FAILS = 0.002

interface Place {
  readonly vantage: string
  readonly near: (at: number) => readonly Spell[]
  /** a canary sweep under way or done: when it began, and is complete */
  sweep: { at: number; doneAt: number }
}

/** Runs a scenario: the rounds, and all that the looks bring about. The same seed gives the same run. */
export function simulate(scenario: Scenario, random: Random): Run {
  const { watch, settings, loss, spells, spanMs, load, watcher } = scenario
  const detector = newDetector()
  const events = newEvents()
  const told: Told[] = []
  const lookAt = openNetwork(loss, random, load)
  // What others try again must not change what we see.
  const lookAgain = openNetwork(loss, seeded(AGAIN_SEED), load)
  const judge = createJudge()
  const fineTls = judge(FINE, 'online')
  const fineHttp = judge(FINE_HTTP, 'online')
  const confirming = new Map<string, number>()
  const places: Place[] = watch.vantages.map(({ id }, i) => {
    const weather = weatherOf(spells[i] ?? [])
    return { vantage: id, near: (at) => weather.near(at - START), sweep: { at: -1, doneAt: -1 } }
  })
  const aimsOf = new Map(
    places.map((place) => [
      place,
      watch.services.flatMap(({ id, endpoints }) =>
        endpoints.map((endpoint): Target => ({
          vantage: place.vantage,
          service: id,
          endpoint: endpoint.id,
          role: endpoint.role,
        })),
      ),
    ]),
  )
  let looks = 0
  let ticksUntil = 0

  function take({ changes, suspicious }: Folded, now: number): void {
    for (const change of changes) told.push({ at: now, change })
    if (changes.length > 0 && ticksUntil < now) tick(now)
    if (changes.length > 0) ticksUntil = now + 90_000
    for (const { service, vantage } of suspicious)
      confirm(
        service,
        places.find((p) => p.vantage === vantage)!,
        now,
      )
  }

  function tick(now: number): void {
    events.add(now + 1000, (at) => {
      take(foldTick(detector, at, watch, settings), at)
      if (at < ticksUntil) tick(at)
    })
  }

  function sweep(place: Place, at: number): number {
    place.sweep = { at, doneAt: at }
    for (const { id: canary, group } of watch.canaries) {
      const { seen, durationMs } = lookAt(null, at - START, true, place.near(at))
      const look = { vantage: place.vantage, canary, group, startedAt: at, endedAt: at + durationMs } as const
      const answered = seen === null ? 'yes' : 'no'
      looks += 1
      watcher?.canary?.({ ...look, answered: seen === null })
      place.sweep.doneAt = Math.max(place.sweep.doneAt, look.endedAt)
      if (seen === null && events.size() === 0) foldCanary(detector, { ...look, answered }, watch, settings)
      else
        events.add(look.endedAt, (now) =>
          take(foldCanary(detector, { ...look, answered }, watch, settings), now),
        )
    }
    return place.sweep.doneAt
  }

  function confirm(service: string, place: Place, now: number): void {
    const key = `${place.vantage} ${service}`
    if ((confirming.get(key) ?? 0) > now) return
    confirming.set(key, now + CONFIRM_AFTER_MS.at(-1)!)
    for (const after of CONFIRM_AFTER_MS) {
      events.add(now + after, (at) => {
        for (const aim of aimsOf.get(place)!)
          if (aim.service === service) look(aim, place, false, at, 'confirm')
      })
    }
  }

  function look(aim: Target, place: Place, full: boolean, at: number, purpose: Seen['purpose']): void {
    const sawHttp = full || needsHttp(detector, aim.endpoint, place.vantage)
    const outcome = lookAt(aim.service, at - START, sawHttp, place.near(at), aim.endpoint)
    const { seen, durationMs } = outcome
    looks += 1
    const endedAt = Math.ceil(at + durationMs)
    if (durationMs > SUSPECT_AFTER_MS) {
      events.add(at + SUSPECT_AFTER_MS, (now) => {
        if (openOutage(detector.vantages[place.vantage]?.services[aim.service]) === null)
          confirm(aim.service, place, now)
      })
    }
    const when = { startedAt: at, endedAt }
    if (seen === null) {
      watcher?.look({ target: aim, ...when, facts: sawHttp ? FINE_HTTP : FINE, purpose }, NEVER)
      const fine: Look = {
        id: '',
        ...aim,
        ...when,
        sawHttp,
        plan: 'heartbeat',
        verdict: sawHttp ? fineHttp : fineTls,
      }
      if (events.size() === 0) take(foldLook(detector, fine, watch, settings), endedAt)
      else events.add(endedAt, (now) => take(foldLook(detector, fine, watch, settings), now))
      return
    }
    const facts: Facts = { failed: factsOf(seen), http: sawHttp, control: controlOf(outcome) }
    watcher?.look({ target: aim, ...when, facts, purpose }, (afterMs) => fails(aim, place, at + afterMs))
    const failed = { id: `m${looks}`, ...aim, ...when, sawHttp, plan: 'heartbeat' } as const
    events.add(endedAt, () => {
      const swept = place.sweep.at >= at ? place.sweep.doneAt : sweep(place, endedAt)
      events.add(Math.max(swept, endedAt + CONTROL_MS) + 1, (now) => judged(failed, facts, now))
    })
  }

  /** A control asked afresh sees what everybody sees, and has troubles of its own. */
  function controlOf({ elsewhere = 0 }: Outcome): 'fine' | 'fails' {
    return random() < Math.max(CONTROL_FAILS, elsewhere) ? 'fails' : 'fine'
  }

  function fails({ service, endpoint }: Target, place: Place, at: number): boolean {
    return lookAgain(service, at - START, false, place.near(at), endpoint).seen !== null
  }

  function judged(look: Omit<Look, 'verdict'>, facts: Facts, now: number): void {
    const verdict = judge(facts, healthOf(detector, look.vantage, watch))
    take(foldLook(detector, { ...look, verdict }, watch, settings), now)
  }

  const rounds = places.flatMap((place) => [
    { after: between(random, 0, watch.roundMs), run: (at: number) => void sweep(place, at) },
    ...aimsOf.get(place)!.map((aim) => {
      const fullAt = Math.floor(random() * FULL_EVERY)
      return {
        after: between(random, 0, watch.roundMs),
        run: (at: number, round: number) => look(aim, place, round % FULL_EVERY === fullAt, at, 'round'),
      }
    }),
  ])
  rounds.sort((a, b) => a.after - b.after)
  for (let round = 0; round * watch.roundMs < spanMs; round++) {
    for (const { after, run } of rounds) {
      const at = START + round * watch.roundMs + Math.floor(after)
      events.runBefore(at)
      run(at, round)
    }
  }
  events.runBefore(START + spanMs)
  return { told, looks, detector }
}
