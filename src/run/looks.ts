/**
 * looks: every way a probe comes about, and what happens when it is back.
 *
 * A round, a confirmation, a control asked afresh, a sweep of the canaries: all are one task for the prober and one hand-over to
 * the pipeline. A look that is not fine, or that is strangely long in coming, makes the schedule look again soon.
 */
import { randomInt } from 'node:crypto'
import type { Config } from '../config/config.ts'
import type { Detector } from '../detect/detector.ts'
import { openOutage } from '../detect/detector.ts'
import { needsHttp } from '../detect/status.ts'
import { diagnosisTask } from './diagnosis-task.ts'
import { createFresh } from './fresh.ts'
import { createGate } from './limiter.ts'
import type { Suspicion } from '../model/look.ts'
import type { OpenOutage } from './diagnoses.ts'
import type { Measurement, Plan, Purpose } from '../model/measurement.ts'
import { type Canary, type Endpoint, endpointsAt } from '../model/service.ts'
import type { Health, Vantage } from '../model/vantage.ts'
import type { Pipeline } from './pipeline.ts'
import type { Prober } from '../probe/prober.ts'
import type { ProbeTask } from '../probe/task.ts'
import type { Schedule } from '../schedule/types.ts'
import { transferTask } from './transfer-task.ts'

export interface LookParts {
  /** asked each time, since a reload replaces it */
  readonly config: () => Config
  readonly health: (vantage: string) => Health
  readonly detector: Detector
  readonly prober: Prober
  readonly pipeline: Pipeline
  readonly schedule: () => Schedule
  readonly now: () => number
  /** ends what no round waits for */
  readonly signal: AbortSignal
}

export interface Looks {
  /** Looks at an endpoint of a service from a probe vantage, as a round does. */
  readonly atEndpoint: (
    endpoint: Endpoint,
    vantage: Vantage,
    plan: Plan,
    signal: AbortSignal,
  ) => Promise<void>
  readonly atCanary: (canary: Canary, vantage: Vantage, signal: AbortSignal) => Promise<void>
  /** Looks from a control as a round does: for its addresses, and to know it is well before it is needed. */
  readonly fromControl: (endpoint: Endpoint, control: Vantage, signal: AbortSignal) => Promise<void>
  /** Diagnoses an outage of a service: trials that tell how it comes about. */
  readonly diagnose: (outage: OpenOutage, signal: AbortSignal) => Promise<void>
  /** What one measurement saw, from every control that is well, at the addresses it was given too; begun no earlier than `notBeforeAt` (Unix ms). */
  readonly freshControls: (
    endpoint: Endpoint,
    of: Measurement,
    notBeforeAt: number,
  ) => Promise<readonly Measurement[]>
  /** Sweeps a vantage's canaries unless a sweep has begun since `notBeforeAt`; done when all are folded. */
  readonly freshCanaries: (vantage: string, notBeforeAt: number) => Promise<void>
}

const MAX_SEED = 2 ** 32
/** A look that takes so many times what the last fine one took is news, on a line that is always slow too. */
const SLOWER = 3

/** A control looks in full, or times the same bytes. */
type ControlPlan = Extract<Plan, 'full' | 'throughput'>

/** Ties prober, pipeline and schedule together. */
export function createLooks(parts: LookParts): Looks {
  const { config, health, detector, prober, pipeline, schedule, now, signal: life } = parts
  /** what is asked in a hurry goes past the schedule, so its own cap must hold here */
  const urgent = createGate((id) => config().vantages.find((each) => each.id === id)?.maxInFlight ?? 1)
  const controls = createFresh<Measurement | null>(now)
  const sweeps = createFresh<void>(now)
  /** how long the last look that was fine took */
  const lastFineMs = new Map<string, number>()
  /** endpoints whose bytes are being timed, by vantage */
  const timing = new Set<string>()
  /** what the controls last resolved, by endpoint: addresses to try where the vantage's own are lies */
  const controlAddresses = new Map<string, readonly string[]>()

  function probe(
    target: Endpoint | Canary,
    vantage: Vantage,
    task: Pick<ProbeTask, 'plan' | 'purpose' | 'extraAddresses'>,
    signal: AbortSignal,
  ): Promise<Measurement> {
    const { workers: _, ...limits } = config().probe
    const settings = { ...limits, connectToLoopback: false }
    const { id, url } = target
    const transfer = task.plan === 'throughput' ? transferTask(config(), target) : null
    return prober.probe(
      { ...task, vantage, endpoint: id, url, settings, ...(transfer === null ? {} : { transfer }) },
      signal,
    )
  }

  async function look(
    endpoint: Endpoint,
    vantage: Vantage,
    plan: Plan,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<void> {
    const key = `${vantage.id} ${endpoint.id}`
    const suspicion = { service: endpoint.service, vantage: vantage.id }
    const suspectAfterMs = Math.max(config().schedule.suspectAfterMs, SLOWER * (lastFineMs.get(key) ?? 0))
    const timer = setTimeout(() => {
      if (purpose === 'round' && plan === 'heartbeat' && !isOut(endpoint, vantage)) confirm(suspicion)
    }, suspectAfterMs)
    const extraAddresses = controlAddresses.get(endpoint.id) ?? []
    const task = { plan, purpose, extraAddresses }
    const measurement = await probe(endpoint, vantage, task, signal).finally(() => clearTimeout(timer))
    const { verdict, folded } = await pipeline.take(measurement, endpoint)
    if (verdict.reached === 'yes') lastFineMs.set(key, overTcpMs(measurement))
    for (const each of folded.suspicious) confirm(each)
  }

  function isOut({ service }: Endpoint, vantage: Vantage): boolean {
    const outage = openOutage(detector.vantages[vantage.id]?.services[service])
    return outage !== null && outage.cause !== 'throttled'
  }

  function confirm({ service, vantage: id, slow }: Suspicion): void {
    const { services, vantages, schedule: settings } = config()
    const watched = services.find((each) => each.id === service)
    const vantage = vantages.find((each) => each.id === id)
    if (watched === undefined || vantage === undefined) return
    for (const endpoint of endpointsAt(watched, now())) {
      if (slow !== undefined) {
        if (slow.endpoint === endpoint.id) timeAgain(endpoint, vantage, slow.again)
        continue
      }
      schedule().confirm({
        key: `${vantage.id} ${endpoint.id}`,
        lane: vantage.id,
        afterMs: settings.confirmAfterMs,
        run: (signal) => look(endpoint, vantage, planFor(endpoint, vantage, 'heartbeat'), 'confirm', signal),
      })
    }
  }

  /** One at a time at one endpoint: transfers that share the line slow each other down. */
  async function time(
    endpoint: Endpoint,
    vantage: Vantage,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<void> {
    const key = `${vantage.id} ${endpoint.id}`
    if (timing.has(key)) return
    timing.add(key)
    try {
      await look(endpoint, vantage, 'throughput', purpose, signal)
    } finally {
      timing.delete(key)
    }
  }

  /** Asked for by the look before it, which is not over yet: each has a key of its own. */
  function timeAgain(endpoint: Endpoint, vantage: Vantage, again: number): void {
    schedule().confirm({
      key: `throughput ${vantage.id} ${endpoint.id} ${again}`,
      lane: vantage.id,
      afterMs: [config().throughput.confirmAfterMs * 2 ** again],
      run: (signal) => time(endpoint, vantage, 'confirm', signal),
    })
  }

  /** While HTTP itself is in doubt, only a look that goes that far can say it is fine again. */
  function planFor(endpoint: Endpoint, vantage: Vantage, plan: Plan): Plan {
    if (plan !== 'heartbeat') return plan
    return needsHttp(detector, endpoint.id, vantage.id) ? 'full' : plan
  }

  async function fromControl(
    endpoint: Endpoint,
    control: Vantage,
    extraAddresses: readonly string[],
    plan: ControlPlan,
    signal: AbortSignal,
  ): Promise<Measurement> {
    const measurement = await probe(endpoint, control, { plan, purpose: 'control', extraAddresses }, signal)
    const addresses = addressesIn(measurement)
    if (addresses.length > 0) controlAddresses.set(endpoint.id, addresses)
    pipeline.takeControl(measurement)
    return measurement
  }

  async function atCanary(canary: Canary, vantage: Vantage, signal: AbortSignal): Promise<void> {
    const task = { plan: 'heartbeat', purpose: 'canary', extraAddresses: [] } as const
    pipeline.takeCanary(await probe(canary, vantage, task, signal), canary)
  }

  async function freshCanaries(id: string, notBeforeAt: number): Promise<void> {
    const vantage = config().vantages.find((each) => each.id === id)
    if (vantage === undefined) return
    await sweeps(id, notBeforeAt, async () => {
      await Promise.all(config().canaries.map((canary) => urgent(id, () => atCanary(canary, vantage, life))))
    })
  }

  /** At the primary endpoint that is out, or the first one. */
  async function diagnose({ service: id, vantage: at }: OpenOutage, signal: AbortSignal): Promise<void> {
    const service = config().services.find((each) => each.id === id)
    const vantage = config().vantages.find((each) => each.id === at)
    if (service === undefined || vantage === undefined) return
    const primaries = endpointsAt(service, now()).filter(({ role }) => role === 'primary')
    const endpoint = primaries.find((each) => detector.vantages[at]?.endpoints[each.id]?.out) ?? primaries[0]
    if (endpoint === undefined) return
    const known = (of: string): readonly string[] => controlAddresses.get(of) ?? []
    const task = diagnosisTask(config(), endpoint, service, known, randomInt(MAX_SEED), now())
    const extraAddresses = known(endpoint.id)
    const about = { endpoint: endpoint.id, url: endpoint.url, purpose: 'confirm', extraAddresses } as const
    await pipeline.take(await prober.probe({ ...about, ...task, vantage }, signal), endpoint)
  }

  /** A control that fails its own canaries is not asked, nor waited for; one that is not known yet is swept first. */
  async function askControl(
    endpoint: Endpoint,
    control: Vantage,
    addresses: readonly string[],
    plan: ControlPlan,
    notBeforeAt: number,
  ): Promise<Measurement | null> {
    if (health(control.id) === 'unknown') await freshCanaries(control.id, notBeforeAt)
    if (health(control.id) !== 'online') return null
    return urgent(control.id, () => fromControl(endpoint, control, addresses, plan, life))
  }

  return {
    atEndpoint: (endpoint, vantage, plan, signal) =>
      plan === 'throughput'
        ? time(endpoint, vantage, 'round', signal)
        : look(endpoint, vantage, planFor(endpoint, vantage, plan), 'round', signal),
    atCanary,
    async fromControl(endpoint, control, signal) {
      await fromControl(endpoint, control, [], 'full', signal)
    },
    freshCanaries,
    diagnose,
    async freshControls(endpoint, of, notBeforeAt) {
      const plan = of.plan === 'throughput' ? of.plan : 'full'
      const addresses = plan === 'full' ? addressesIn(of) : []
      const asked = config()
        .vantages.filter(({ role }) => role === 'control')
        .map((control) =>
          controls([control.id, endpoint.id, plan, ...addresses.toSorted()].join(' '), notBeforeAt, () =>
            askControl(endpoint, control, addresses, plan, notBeforeAt),
          ),
        )
      return (await Promise.all(asked)).filter((measurement) => measurement !== null)
    },
  }
}

/** What the resolvers of the network itself gave for the URL asked for; of a diagnosis, where it tried the names. */
export function addressesIn({ observations, experiments }: Measurement): string[] {
  const tried = experiments.flatMap((each) => (each.kind === 'setup' ? each.addresses : []))
  const given = observations.flatMap((seen) =>
    seen.layer === 'dns' && seen.depth === 0 && seen.role === 'vantage'
      ? seen.answers.filter(({ type }) => type !== 'CNAME').map(({ value }) => value)
      : [],
  )
  return [...given, ...tried]
}

/** How long it took until the page was there: what is tried beside it, and may wait for answers that never come, not counted. */
function overTcpMs({ durationMs, observations }: Measurement): number {
  const quic = observations.filter(({ layer }) => layer === 'quic').map(({ startedMs }) => startedMs)
  return Math.min(durationMs, ...quic)
}
