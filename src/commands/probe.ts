/**
 * probe: one look, now, with reasons. Nothing is stored and nothing is decided for longer than this line.
 *
 * canaries of each vantage -> the endpoints from each probe vantage, and from each control -> judge -> print
 */
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { foldCanary } from '../detect/fold.ts'
import { newDetector } from '../detect/detector.ts'
import { healthOf } from '../detect/health.ts'
import { DEFAULTS, type Watch } from '../detect/settings.ts'
import { judgeCanary } from '../judge/canary.ts'
import { type Explanation, explain } from '../judge/judge.ts'
import { addressesIn } from '../looks.ts'
import { AppError } from '../model/error.ts'
import type { Measurement, Purpose } from '../model/measurement.ts'
import { type Endpoint, endpointsAt } from '../model/service.ts'
import type { Health, Vantage } from '../model/vantage.ts'
import { probeOnce } from '../probe/ladder.ts'
import { interrupted } from './interrupted.ts'
import { explained, summarised } from './probe-text.ts'

export interface ProbeOptions {
  readonly config?: string
  readonly args: readonly string[]
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

const EXIT_INTERRUPTED = 1
const EXIT_NOT_FINE = 3

/**
 * Probes a service's endpoints in force, or one URL, from each probe vantage or the one named.
 *
 * @returns 3 when an outcome is `anomaly`, `confirmed` or `down`, 1 when interrupted, else 0
 * @throws AppError `usage` when the service or the vantage is not configured
 */
export async function probeCommand(options: ProbeOptions): Promise<number> {
  const config = await loadConfig(locateConfig(options.config, process.env), process.env)
  const endpoints = endpointsOf(config, options.args[0]!)
  const vantages = vantagesOf(config, options.vantage)
  const signal = interrupted()
  const controls = await Promise.all(
    config.vantages
      .filter(({ role }) => role === 'control')
      .map(async (vantage) => ({ vantage, health: await sweep(config, vantage, signal) })),
  )
  const looks: Look[] = []
  for (const vantage of vantages) {
    const health = await sweep(config, vantage, signal)
    for (const endpoint of endpoints) {
      const measurement = await once(
        config,
        { target: endpoint, vantage, purpose: 'manual', extraAddresses: [] },
        signal,
      )
      const extraAddresses = addressesIn(measurement)
      const seen = await Promise.all(
        controls
          .filter((control) => control.health === 'online')
          .map((control) =>
            once(
              config,
              { target: endpoint, vantage: control.vantage, purpose: 'control', extraAddresses },
              signal,
            ),
          ),
      )
      const explanation = explain(measurement, seen, health)
      looks.push({
        endpoint: endpoint.id,
        vantage: vantage.id,
        health,
        measurement,
        controls: seen,
        explanation,
      })
    }
  }
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(looks.map(asData), null, 2)}\n`
      : text(looks, options.explain === true),
  )
  if (signal.aborted) return EXIT_INTERRUPTED
  return looks.some(({ explanation }) =>
    ['anomaly', 'confirmed', 'down'].includes(explanation.verdict.outcome),
  )
    ? EXIT_NOT_FINE
    : 0
}

function text(looks: readonly Look[], withReasons: boolean): string {
  return looks
    .map((look) => `${withReasons ? explained(look) : summarised(look)}\n`)
    .join(withReasons ? '\n' : '')
}

function asData({ endpoint, vantage, health, measurement, controls, explanation }: Look) {
  return {
    endpoint,
    vantage,
    health,
    verdict: explanation.verdict,
    tried: explanation.tried,
    measurement,
    controls,
  }
}

function endpointsOf(config: Config, asked: string): readonly Pick<Endpoint, 'id' | 'url'>[] {
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

function vantagesOf(config: Config, asked: string | undefined): readonly Vantage[] {
  if (asked === undefined) return config.vantages.filter(({ role }) => role === 'probe')
  const vantage = config.vantages.find(({ id }) => id === asked)
  if (vantage !== undefined) return [vantage]
  const known = config.vantages.map(({ id }) => id).join(', ')
  throw new AppError('usage', `--vantage: '${asked}' is not configured; there are ${known}`)
}

async function sweep(config: Config, vantage: Vantage, signal: AbortSignal): Promise<Health> {
  const { canaries } = config
  const watch: Watch = { services: [], vantages: [], canaries, roundMs: 60_000 }
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

interface Asked {
  readonly target: Pick<Endpoint, 'id' | 'url'>
  readonly vantage: Vantage
  readonly purpose: Purpose
  readonly extraAddresses: readonly string[]
}

function once({ probe }: Config, { target, ...asked }: Asked, signal: AbortSignal): Promise<Measurement> {
  const settings = { ...probe, connectToLoopback: false }
  const plan = asked.purpose === 'canary' ? 'heartbeat' : 'full'
  return probeOnce({ ...asked, endpoint: target.id, url: target.url, plan, settings }, signal)
}
