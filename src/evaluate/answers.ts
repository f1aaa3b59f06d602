/** answers: what the simulated network, and the control beside it, answer to a probe. */
import type { Watch } from '../detect/settings.ts'
import type { EndpointRole } from '../model/service.ts'
import type { ProbeCommand, WatchedEndpoint } from '../watch/types.ts'
import type { Facts } from './facts.ts'
import { createCanarySays } from './canary-answers.ts'
import { isShared } from './line-faults.ts'
import { factsOf } from './mechanisms.ts'
import { createNetwork, siteFailsAt } from './network.ts'
import { type Random, seeded } from './random.ts'
import type { Simulated } from './simulated.ts'
import { DIAGNOSIS_MS, diagnosisOf } from './trials.ts'
import { type Episode, START, lineStateOf } from './world.ts'

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
  readonly observe: (seen: Seen, again: (afterMs: number) => boolean) => void
  readonly canary?: (seen: {
    readonly vantage: string
    readonly canary: string
    readonly startedAt: number
    readonly endedAt: number
    readonly answered: boolean
  }) => void
}

/** A probe that was answered. */
export interface Answer {
  readonly measurement: Simulated
  readonly durationMs: number
}

export interface Answers {
  readonly answer: (command: ProbeCommand, at: number) => Answer
  /** how many were given from the networks that are watched */
  readonly looks: () => number
}

/** What befalls the networks; a `Scenario` has it all. */
export interface Weathers {
  readonly watch: Watch
  readonly loss: number
  readonly episodes: readonly (readonly Episode[])[]
  readonly load?: (hour: number) => number
  /** from then on the control is reached over the line of the first vantage, and has its faults; ms since the start; absent = never */
  readonly controlSharesFromMs?: number
  readonly watcher?: Watcher
}

const CONTROL_MS = 500
const AGAIN_SEED = 99
const SHOWN_SEED = 98
const NEVER = (): boolean => false
/** chance that the control fails at an endpoint that is fine */
const CONTROL_FAILS = 0.002

/** What the network, and the control, answer. The same random numbers give the same answers, whoever watches. */
export function createAnswers(weathers: Weathers, random: Random): Answers {
  const { loss, load, watcher } = weathers
  const probe = createNetwork(loss, random, load)
  const places = placesOf(weathers)
  const { canaries, vantages } = weathers.watch
  const canaryOf = new Map(canaries.map((canary) => [canary.id, canary]))
  const says = createCanarySays()
  const show = watcher === undefined ? null : createShow(watcher, places, weathers)
  let measurements = 0

  function canary({ vantage, target: { id } }: ProbeCommand, at: number): Answer {
    const line = places.get(vantage)?.(at) ?? lineOfControl(at)
    if (line === null) return answered(at, CONTROL_MS, null, false)
    measurements += 1
    const { secure, group } = canaryOf.get(id)!
    const met = { service: null, canary: id, secure: secure === true, abroad: group === 'international' }
    const { seen, durationMs } = probe(null, at - START, true, line, { met })
    const when = { startedAt: at, endedAt: at + durationMs }
    watcher?.canary?.({ vantage, canary: id, ...when, answered: seen === null })
    const plain = answered(at, durationMs, factsOf(seen), true)
    // Worlds without faults of lines tell canaries apart by nothing.
    if (secure === undefined) return plain
    const isUp = !line.some(
      ({ kind, from, to }) => kind === 'offline' && from <= at - START && at - START < to,
    )
    return { ...plain, measurement: { ...plain.measurement, answered: says(seen, secure, isUp) } }
  }

  /** What is the matter with the line of the control, as far as a tunnel over it has it too. `null` = it has one of its own. */
  function lineOfControl(at: number): readonly Episode[] | null {
    const { controlSharesFromMs } = weathers
    if (controlSharesFromMs === undefined || at - START < controlSharesFromMs) return null
    return places.get(vantages[0]!.id)!(at).filter(isShareable)
  }

  function control({ target }: ProbeCommand, at: number): Answer {
    const { service, id } = target as WatchedEndpoint
    const line = lineOfControl(at)
    const own = line === null ? null : probe(service, at - START, true, line, { endpoint: id })
    if (own !== null && own.seen !== null) return answered(at, own.durationMs, factsOf(own.seen), true)
    const fails = failsElsewhere(places, service, at, random)
    return answered(at, CONTROL_MS, fails ? factsOf('tcp.timeout') : null, true)
  }

  function service({ vantage, plan, purpose }: ProbeCommand, endpoint: WatchedEndpoint, at: number): Answer {
    const http = plan === 'full'
    const outcome = probe(endpoint.service, at - START, http, places.get(vantage)!(at), {
      endpoint: endpoint.id,
    })
    measurements += 1
    const failed = factsOf(outcome.seen)
    const answer = answered(at, outcome.durationMs, failed, http, failed === null ? '' : `m${measurements}`)
    show?.(vantage, endpoint, purpose, answer.measurement)
    return answer
  }

  function diagnosis({ vantage, target }: ProbeCommand, at: number): Answer {
    const isAbroad = !('group' in target) || target.group === 'international'
    const about = 'service' in target ? { service: target.service } : { service: null, canary: target.id }
    const sight = { ...about, endpoint: target.id, abroad: isAbroad }
    const diagnosed = diagnosisOf(sight, places.get(vantage)!(at), at - START, random)
    const answer = answered(at, DIAGNOSIS_MS, null, false, `d${(measurements += 1)}`)
    return { ...answer, measurement: { ...answer.measurement, diagnosis: diagnosed } }
  }

  return {
    looks: () => measurements,
    answer(command: ProbeCommand, at: number): Answer {
      const { target, purpose, plan } = command
      if (plan === 'diagnose') return diagnosis(command, at)
      if (!('service' in target)) return canary(command, at)
      return purpose === 'control' ? control(command, at) : service(command, target, at)
    },
  }
}

function isShareable(episode: Episode): boolean {
  if (episode.kind === 'line-fault') return isShared(episode)
  return episode.kind === 'offline' || episode.kind === 'burst'
}

/** Spells near a moment, by vantage. */
type Places = ReadonlyMap<string, (at: number) => readonly Episode[]>

function placesOf({ watch, episodes }: Weathers): Places {
  return new Map(
    watch.vantages.map(({ id }, i) => {
      const lineState = lineStateOf(episodes[i] ?? [])
      return [id, (at: number) => lineState.near(at - START)]
    }),
  )
}

/** Whether a control asked now fails too: it sees a site's own fault, as everybody does, and has troubles of its own. */
function failsElsewhere(places: Places, service: string, at: number, draw: Random): boolean {
  let chance = CONTROL_FAILS
  for (const near of places.values()) chance = Math.max(chance, siteFailsAt(near(at), service, at - START))
  return draw() < chance
}

/** Shows a watcher what was answered, by random numbers of its own: what it is shown, or tries again, must not change what we see. */
function createShow(watcher: Watcher, places: Places, { loss, load }: Weathers) {
  const probeAgain = createNetwork(loss, seeded(AGAIN_SEED), load)
  const shown = seeded(SHOWN_SEED)
  const targets = new Map<string, Map<string, Target>>([...places.keys()].map((id) => [id, new Map()]))

  function targetOf(vantage: string, { id: endpoint, service, role }: WatchedEndpoint): Target {
    const known = targets.get(vantage)!
    let target = known.get(endpoint)
    if (target === undefined) known.set(endpoint, (target = { vantage, service, endpoint, role }))
    return target
  }

  return (
    vantage: string,
    endpoint: WatchedEndpoint,
    why: ProbeCommand['purpose'],
    { startedAt, endedAt, failed, sawHttp: http }: Simulated,
  ): void => {
    const { service, id } = endpoint
    const control =
      failed === null ? null : failsElsewhere(places, service, startedAt, shown) ? 'fails' : 'fine'
    const again = (afterMs: number): boolean => {
      const at = startedAt + afterMs
      return probeAgain(service, at - START, false, places.get(vantage)!(at), { endpoint: id }).seen !== null
    }
    const purpose = why === 'round' ? 'round' : 'confirm'
    const facts = { failed, http, control } as const
    const seen: Seen = { target: targetOf(vantage, endpoint), startedAt, endedAt, facts, purpose }
    watcher.observe(seen, failed === null ? NEVER : again)
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
