/**
 * probe: one look, now, with reasons. Nothing is stored and nothing is decided for longer than this line.
 *
 * canaries of each vantage -> the endpoints from each probe vantage, and from each control -> judge -> print
 */
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { type Explanation, explain } from '../judge/judge.ts'
import { addressesIn } from '../looks.ts'
import type { Measurement } from '../model/measurement.ts'
import type { Health } from '../model/vantage.ts'
import { interrupted } from './interrupted.ts'
import {
  EXIT_INTERRUPTED,
  EXIT_NOT_FINE,
  endpointsOf,
  fromControls,
  once,
  sweep,
  sweepControls,
  vantagesOf,
} from './looking.ts'
import { explained, summarised } from './probe-text.ts'

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

/**
 * Probes a service's endpoints in force, or one URL, from each probe vantage or the one named.
 *
 * @returns 3 when an outcome is `anomaly`, `confirmed` or `down`, 1 when interrupted, else 0
 * @throws AppError `usage` when the service or the vantage is not configured
 */
export async function probeCommand(options: ProbeOptions): Promise<number> {
  if (options.plan === 'throughput') return (await import('./throughput.ts')).throughputCommand(options)
  if (options.plan === 'diagnose') return (await import('./diagnose.ts')).diagnoseCommand(options)
  const config = await loadConfig(locateConfig(options.config, process.env), process.env)
  const endpoints = endpointsOf(config, options.args[0]!)
  const vantages = vantagesOf(config, options.vantage)
  const signal = interrupted()
  const controls = await sweepControls(config, signal)
  const looks: Look[] = []
  for (const vantage of vantages) {
    const health = await sweep(config, vantage, signal)
    for (const endpoint of endpoints) {
      const measurement = await once(
        config,
        { target: endpoint, vantage, purpose: 'manual', extraAddresses: [] },
        signal,
      )
      const seen = await fromControls(config, controls, endpoint, addressesIn(measurement), signal)
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
