/** looking: what every command that looks now has in common: at what, from where, and whether the vantage itself is well. */
import type { Config } from '../config/config.ts'
import { foldCanary } from '../detect/fold.ts'
import { newDetector } from '../detect/detector.ts'
import { healthOf } from '../detect/health.ts'
import { DEFAULTS, type Watch } from '../detect/settings.ts'
import { judgeCanary } from '../judge/canary.ts'
import { type Explanation, explain } from '../judge/judge.ts'
import { AppError } from '../model/error.ts'
import type { Measurement, Purpose } from '../model/measurement.ts'
import { type Endpoint, endpointsAt } from '../model/service.ts'
import type { Health, Vantage } from '../model/vantage.ts'
import { MINUTE_MS } from '../model/time.ts'
import { probeOnce } from '../probe/ladder.ts'

export const EXIT_INTERRUPTED = 1
/** Something is not as it should be out there. */
export const EXIT_NOT_FINE = 3

export interface ProbeOptions {
  readonly config?: string
  readonly args: readonly string[]
  readonly plan?: 'full' | 'diagnose' | 'throughput'
  readonly vantage?: string
  readonly explain?: boolean
  readonly json?: boolean
}

/** One endpoint seen from one vantage. */
export interface Look {
  readonly endpoint: string
  readonly vantage: string
  readonly health: Health
  readonly measurement: Measurement
  readonly controls: readonly Measurement[]
  readonly explanation: Explanation
}

/** What is asked for: a service's endpoints in force, or a URL. @throws AppError `usage` */
export function endpointsOf(config: Config, asked: string): readonly Pick<Endpoint, 'id' | 'url'>[] {
  const service = config.services.find(({ id }) => id === asked)
  if (service !== undefined) {
    const inForce = endpointsAt(service, Date.now())
    if (inForce.length > 0) return inForce
    throw new AppError(
      'usage',
      `${asked} has no endpoint in force now; give services.yaml one, or probe a URL`,
    )
  }
  const url = URL.parse(asked)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:'))
    return [{ id: url.href, url: url.href }]
  const known = config.services.map(({ id }) => id).join(', ')
  throw new AppError('usage', `'${asked}' is neither a configured service (${known}) nor an http(s) URL`)
}

/** Every probe vantage, or the one named. @throws AppError `usage` */
export function vantagesOf(config: Config, asked: string | undefined): readonly Vantage[] {
  if (asked === undefined) return config.vantages.filter(({ role }) => role === 'probe')
  const vantage = config.vantages.find(({ id }) => id === asked)
  if (vantage !== undefined) return [vantage]
  const known = config.vantages.map(({ id }) => id).join(', ')
  throw new AppError('usage', `--vantage: '${asked}' is not configured; there are ${known}`)
}

/** Looks at every canary of a vantage once. */
export async function sweep(config: Config, vantage: Vantage, signal: AbortSignal): Promise<Health> {
  const { canaries } = config
  const watch: Watch = { services: [], vantages: [], canaries, roundMs: MINUTE_MS }
  const detector = newDetector()
  await Promise.all(
    canaries.map(async (canary) => {
      const measurement = await once(
        config,
        { target: canary, vantage, purpose: 'canary', extraAddresses: [] },
        signal,
      )
      const { startedAt, durationMs } = measurement
      const answered = judgeCanary(measurement, canary)
      const look = {
        vantage: vantage.id,
        canary: canary.id,
        group: canary.group,
        startedAt,
        endedAt: startedAt + durationMs,
        answered,
      }
      foldCanary(detector, look, watch, DEFAULTS)
    }),
  )
  return healthOf(detector, vantage.id, watch)
}

/** A control whose canaries were just looked at. */
export interface SweptControl {
  readonly vantage: Vantage
  readonly health: Health
}

export function sweepControls(config: Config, signal: AbortSignal): Promise<readonly SweptControl[]> {
  const controls = config.vantages.filter(({ role }) => role === 'control')
  return Promise.all(
    controls.map(async (vantage) => ({ vantage, health: await sweep(config, vantage, signal) })),
  )
}

/** The endpoint from every control that is well, at these addresses too. */
export function fromControls(
  config: Config,
  controls: readonly SweptControl[],
  target: Pick<Endpoint, 'id' | 'url'>,
  extraAddresses: readonly string[],
  signal: AbortSignal,
): Promise<readonly Measurement[]> {
  const well = controls.filter(({ health }) => health === 'online')
  return Promise.all(
    well.map(({ vantage }) => once(config, { target, vantage, purpose: 'control', extraAddresses }, signal)),
  )
}

/** How a plan looks. */
export interface Way<T> {
  readonly fromVantage: (target: T, vantage: Vantage) => Promise<Measurement>
  /** what the controls that are well see beside that */
  readonly fromControls: (target: T, measurement: Measurement) => Promise<readonly Measurement[]>
}

/** Every target from every vantage, one after the other, judged. */
export async function lookAtEach<T extends Pick<Endpoint, 'id'>>(
  config: Config,
  vantages: readonly Vantage[],
  targets: readonly T[],
  way: Way<T>,
  signal: AbortSignal,
): Promise<readonly Look[]> {
  const looks: Look[] = []
  for (const vantage of vantages) {
    const health = await sweep(config, vantage, signal)
    for (const target of targets) {
      const measurement = await way.fromVantage(target, vantage)
      const controls = await way.fromControls(target, measurement)
      const explanation = explain(measurement, controls, health)
      looks.push({ endpoint: target.id, vantage: vantage.id, health, measurement, controls, explanation })
    }
  }
  return looks
}

interface Asked {
  readonly target: Pick<Endpoint, 'id' | 'url'>
  readonly vantage: Vantage
  readonly purpose: Purpose
  readonly extraAddresses: readonly string[]
}

/** One look, in full; a canary's up to TLS. */
export function once(
  { probe }: Config,
  { target, ...asked }: Asked,
  signal: AbortSignal,
): Promise<Measurement> {
  const settings = { ...probe, connectToLoopback: false }
  const plan = asked.purpose === 'canary' ? 'heartbeat' : 'full'
  return probeOnce({ ...asked, endpoint: target.id, url: target.url, plan, settings }, signal)
}
