/**
 * minutes: a line over simulated minutes, at the pace that ships. The watchkeeper decides what is probed; each probe is answered by a
 * measurement really made over real sockets in the same phase, as if it had been made then.
 */
import { newDetector } from '../../src/detect/detector.ts'
import { newEvents } from '../../src/evaluate/events.ts'
import type { Measurement, Plan } from '../../src/model/measurement.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/model/time.ts'
import type { Health } from '../../src/model/vantage.ts'
import { PROBE_DEFAULTS } from '../../src/model/probe-settings.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { taskOf } from '../../src/run/task.ts'
import { watchingOf } from '../../src/run/watching.ts'
import { createWatchkeeper, type Watchkeeper } from '../../src/watch/keeper.ts'
import { readMeasurements } from '../../src/watch/reading.ts'
import type { Command, ProbeCommand, Reading, WatchedCanary, WatchedEndpoint } from '../../src/watch/types.ts'
import { HERE, type Line } from './line.ts'

const ROUND_MS = 30 * SECOND_MS
const FULL_EVERY_ROUNDS = 10
/** What a diagnosis takes in the simulation, whatever it really took. */
const DIAGNOSIS_MS = 20 * SECOND_MS
/** When every story begins, Unix ms. */
export const BEGAN_AT = Date.UTC(2015, 4, 28, 9)
/** Real probes at a time. */
const AT_ONCE = 12

/** A time in which the line is as `begin` leaves it. */
export interface Phase {
  readonly minutes: number
  readonly begin: () => void | Promise<void>
  /** how many measurements of each kind are really made; what strikes by chance needs some */
  readonly samples?: number
}

export interface Lived {
  readonly changes: readonly OutageChange[]
  /** of the vantage, whenever it changed; ms from the beginning */
  readonly healths: readonly { readonly atMs: number; readonly health: Health }[]
  readonly keeper: Watchkeeper<Measurement>
}

/** Lives through the phases one after another. */
export async function live(line: Line, phases: readonly Phase[]): Promise<Lived> {
  const { pass, ...lived } = begin(line)
  let at = BEGAN_AT
  for (const phase of phases) {
    await phase.begin()
    await lived.enter(phase.samples ?? 1)
    const until = at + phase.minutes * MINUTE_MS
    for (let n = 0; at < until; at += ROUND_MS, n += 1) lived.round(at, n % FULL_EVERY_ROUNDS === 3)
    await pass(until)
  }
  return { changes: lived.changes, healths: lived.healths, keeper: lived.keeper }
}

function begin({ lab, config }: Line) {
  const made = new Map<Measurement, Measurement>()
  const keeper = createWatchkeeper<Measurement>({
    watching: watchingOf(config),
    reading: readingOf(config.canaries, made),
    detector: newDetector(),
    notesStates: false,
  })
  const events = newEvents()
  const changes: OutageChange[] = []
  const healths: { atMs: number; health: Health }[] = []
  const bench = createBench({ lab, config }, (endpoint) => keeper.controlAddresses(endpoint))
  const waiting: Promise<void>[] = []

  function take(commands: readonly Command<Measurement>[], at: number): void {
    const health = keeper.health(HERE)
    if (healths.at(-1)?.health !== health) healths.push({ atMs: at - BEGAN_AT, health })
    for (const command of commands) {
      if (command.kind === 'changed') changes.push(command.change)
      if (command.kind === 'probe') waiting.push(probe(command, at))
    }
  }
  async function probe(of: ProbeCommand, at: number): Promise<void> {
    const met = await bench.measure(of)
    const tookMs = of.plan === 'diagnose' ? DIAGNOSIS_MS : simulatedMs(met)
    const measurement = { ...met, id: `look ${made.size}`, startedAt: at, durationMs: tookMs }
    made.set(measurement, met)
    if (of.overdueAfterMs !== null && of.overdueAfterMs < tookMs)
      events.add(at + of.overdueAfterMs, (now) => take(keeper.handle({ kind: 'overdue', at: now, of }), now))
    events.add(Math.ceil(at + tookMs), (now) =>
      take(keeper.handle({ kind: 'measured', at: now, of, measurement }), now),
    )
  }
  async function pass(until: number): Promise<void> {
    for (;;) {
      // In the order they were asked for, whichever was answered first.
      for (const one of waiting.splice(0)) await one
      const wakeAt = keeper.nextWakeAt() ?? Infinity
      if (Math.min(wakeAt, events.nextAt()) >= until) return
      if (events.nextAt() <= wakeAt) events.runNext()
      else take(keeper.handle({ kind: 'tick', at: wakeAt }), wakeAt)
    }
  }
  function due(at: number, vantage: string, target: WatchedEndpoint | WatchedCanary, plan: Plan): void {
    events.add(at, (now) => take(keeper.handle({ kind: 'due', at: now, vantage, target, plan }), now))
  }
  /** Spread over the round, as the schedule spreads them. */
  function round(at: number, isFull: boolean): void {
    const endpoints = config.services.flatMap((service) => service.endpoints)
    for (const [v, { id, role }] of config.vantages.entries()) {
      for (const [i, canary] of config.canaries.entries())
        due(at + spread(i, config.canaries.length, v), id, canary, 'heartbeat')
      for (const [i, endpoint] of endpoints.entries()) {
        if (role === 'probe') due(at + spread(i, endpoints.length, 2), id, endpoint, 'heartbeat')
        if (isFull) due(at + spread(i, endpoints.length, 3 + v), id, endpoint, 'full')
      }
    }
  }
  return { changes, healths, keeper, enter: bench.enter, round, pass }
}

/** Where the i-th of n comes in a round; those of another kind come between. */
function spread(i: number, n: number, kind: number): number {
  return Math.round(((i + kind / 6) / n) * ROUND_MS) % ROUND_MS
}

/** Measurements made for real, each kind so many times a phase, and given again in turn. */
function createBench({ lab, config }: Line, controlAddresses: (endpoint: string) => readonly string[]) {
  let samples = 1
  let known = new Map<string, { readonly made: Promise<Measurement>[]; given: number }>()

  function reallyMeasure(command: ProbeCommand): Promise<Measurement> {
    const context = { controlAddresses, seed: () => 1, now: Date.now() }
    const task = taskOf(config, command, context)!
    const extraAddresses = lab.site(new URL(task.url).hostname).addresses
    return probeOnce({ ...task, extraAddresses }, AbortSignal.timeout(170_000))
  }
  function measure(command: ProbeCommand): Promise<Measurement> {
    const { vantage, target, plan, purpose } = command
    const key = [vantage, target.id, plan, purpose === 'control' || purpose === 'confirm'].join(' ')
    let kind = known.get(key)
    if (kind === undefined) known.set(key, (kind = { made: [], given: 0 }))
    const wanted = plan === 'diagnose' ? 1 : samples
    const isNew = kind.made.length < wanted
    if (isNew) kind.made.push(reallyMeasure(command))
    // A diagnosis takes longest. One canary's is seldom the only one, and they do not wait for each other.
    if (isNew && plan === 'diagnose' && purpose === 'canary')
      for (const other of config.canaries) void measure({ ...command, target: other })
    return kind.made[kind.given++ % kind.made.length]!
  }
  /** The line has changed: what will be asked for is measured anew, some at a time. */
  async function enter(wanted: number): Promise<void> {
    samples = wanted
    known = new Map()
    const commands = config.vantages.flatMap(({ id: vantage, role }) => {
      const how = { kind: 'probe', vantage, extraAddresses: [], overdueAfterMs: null } as const
      const canaries = config.canaries.flatMap((target) =>
        (['heartbeat', 'full'] as const).map((plan) => ({
          ...how,
          target,
          plan,
          purpose: 'canary' as const,
        })),
      )
      const endpoints = config.services.flatMap(({ endpoints: [target] }): ProbeCommand[] =>
        role === 'control'
          ? [{ ...how, target: target!, plan: 'full', purpose: 'control' }]
          : (['heartbeat', 'full'] as const).flatMap((plan) =>
              (['round', 'confirm'] as const).map((purpose) => ({ ...how, target: target!, plan, purpose })),
            ),
      )
      return [...canaries, ...endpoints]
    })
    const left = commands.flatMap((command) => Array.from({ length: wanted }, () => command))
    const work = async (): Promise<void> => {
      for (let command = left.pop(); command !== undefined; command = left.pop()) await measure(command)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  }
  return { enter, measure }
}

/** How long it would have taken with the timeouts that ship, where steps that timed out were cut short here. */
function simulatedMs({ observations, durationMs }: Measurement): number {
  const {
    dnsTimeoutMs: dns,
    tcpTimeoutMs: tcp,
    tlsTimeoutMs: tls,
    httpTimeoutMs: http,
    totalTimeoutMs,
  } = PROBE_DEFAULTS
  const budgets = { dns, tcp, tls, http, quic: 0 }
  const longer = new Map<string, number>()
  for (const { layer, depth, failure, durationMs: took } of observations) {
    if (failure !== 'generic_timeout_error') continue
    const step = `${layer} ${depth}`
    longer.set(step, Math.max(longer.get(step) ?? 0, budgets[layer] - took))
  }
  return Math.min(
    totalTimeoutMs,
    [...longer.values()].reduce((sum, ms) => sum + ms, durationMs),
  )
}

/** Read as they were made: certificates and clocks of servers are of then. */
function readingOf(
  canaries: Line['config']['canaries'],
  made: Map<Measurement, Measurement>,
): Reading<Measurement> {
  const reading = readMeasurements((id) => canaries.find((canary) => canary.id === id) ?? null)
  const real = (measurement: Measurement): Measurement => made.get(measurement) ?? measurement
  return {
    ...reading,
    withMemory(measurement, memory) {
      const remembering = reading.withMemory(measurement, memory)
      made.set(remembering, reading.withMemory(real(measurement), memory))
      return remembering
    },
    judge: (measurement, controls, health) => reading.judge(real(measurement), controls.map(real), health),
    needsControl: (measurement, verdict) => reading.needsControl(real(measurement), verdict),
    answered: (measurement, canary) => reading.answered(real(measurement), canary),
  }
}
