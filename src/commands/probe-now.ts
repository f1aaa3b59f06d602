/** probe-now: what every command that probes now has in common: what to probe, from where, and how the results are printed. */
import type { Config } from '../config/config.ts'
import { type Explanation, explain } from '../judge/judge.ts'
import { AppError } from '../model/error.ts'
import type { Measurement, Plan } from '../model/measurement.ts'
import { type Endpoint, endpointsAt, type Service } from '../model/service.ts'
import type { Health, Vantage } from '../model/vantage.ts'
import { createSitting } from '../run/once.ts'
import { configOf } from './config-of.ts'
import { interrupted } from './interrupted.ts'

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
export interface JudgedMeasurement {
  readonly endpoint: string
  readonly vantage: string
  readonly health: Health
  readonly measurement: Measurement
  readonly controls: readonly Measurement[]
  readonly explanation: Explanation
}

/** What is probed: a service, or one URL as a service of its own. */
export interface Aim {
  /** with the URL as a service of its own where it is not a configured one */
  readonly config: Config
  readonly service: Service
  /** those in force; at least one */
  readonly endpoints: readonly Endpoint[]
}

/** What a command made of its results. */
export interface Outcome {
  readonly text: string
  readonly data: unknown
  readonly isFine: boolean
}

/**
 * Probes what the options name, from each probe vantage or the one named, and prints what came of it.
 *
 * @param endpointsOf which of the endpoints, the first ones first
 * @returns 3 when something is not fine, 1 when interrupted, else 0
 * @throws AppError `usage` when the service or the vantage is not configured
 */
export async function probeAndPrint(
  options: ProbeOptions,
  plan: Plan,
  endpointsOf: (aim: Aim) => readonly Endpoint[],
  outcomeOf: (results: readonly JudgedMeasurement[]) => Outcome,
): Promise<number> {
  const configured = await configOf(options.config)
  const aim = aimOf(configured, options.args[0]!)
  const vantages = vantagesOf(configured, options.vantage)
  const signal = interrupted()
  const results: JudgedMeasurement[] = []
  for (const vantage of vantages)
    results.push(...(await probeFrom(aim, vantage, plan, endpointsOf(aim), signal)))
  const { text, data, isFine } = outcomeOf(results)
  process.stdout.write(options.json === true ? `${JSON.stringify(data, null, 2)}\n` : text)
  if (signal.aborted) return EXIT_INTERRUPTED
  return isFine ? 0 : EXIT_NOT_FINE
}

/** Each endpoint from one vantage, one after the other, judged. */
async function probeFrom(
  { config, endpoints: all }: Aim,
  vantage: Vantage,
  plan: Plan,
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
): Promise<JudgedMeasurement[]> {
  const sitting = createSitting(config, vantage, signal)
  await sitting.askCanaries()
  // A diagnosis tries the addresses that the controls were given, of each host.
  if (plan === 'diagnose') await Promise.all(all.map(({ id }) => sitting.askControls(id)))
  const results: JudgedMeasurement[] = []
  for (const { id } of endpoints) {
    const { measurement, controls } = await sitting.probe(id, plan)
    const health = sitting.health()
    const explanation = explain(measurement!, controls, health)
    results.push({
      endpoint: id,
      vantage: vantage.id,
      health,
      measurement: measurement!,
      controls,
      explanation,
    })
  }
  return results
}

function aimOf(config: Config, name: string): Aim {
  const service = config.services.find(({ id }) => id === name)
  if (service !== undefined) {
    const endpoints = endpointsAt(service, Date.now())
    if (endpoints.length > 0) return { config, service, endpoints }
    throw new AppError(
      'usage',
      `${name} has no endpoint in force now; give services.yaml one, or probe a URL`,
    )
  }
  const url = URL.parse(name)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return aimAt(config, url.href)
  const known = config.services.map(({ id }) => id).join(', ')
  throw new AppError('usage', `'${name}' is neither a configured service (${known}) nor an http(s) URL`)
}

function aimAt(config: Config, url: string): Aim {
  const endpoint: Endpoint = {
    id: url,
    service: url,
    url,
    role: 'primary',
    validFromAt: null,
    validUntilAt: null,
  }
  const service: Service = { id: url, name: url, endpoints: [endpoint] }
  return { config: { ...config, services: [...config.services, service] }, service, endpoints: [endpoint] }
}

/** Every probe vantage, or the one named. @throws AppError `usage` */
function vantagesOf(config: Config, name: string | undefined): readonly Vantage[] {
  if (name === undefined) return config.vantages.filter(({ role }) => role === 'probe')
  const vantage = config.vantages.find(({ id }) => id === name)
  if (vantage !== undefined) return [vantage]
  const known = config.vantages.map(({ id }) => id).join(', ')
  throw new AppError('usage', `--vantage: '${name}' is not configured; there are ${known}`)
}
