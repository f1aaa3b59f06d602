/**
 * probe: one look, now, with reasons. Nothing is stored and nothing is decided for longer than this line.
 *
 * canaries of each vantage -> the endpoints from each probe vantage, and from each control -> judge -> print
 */
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { addressesIn } from '../run/looks.ts'
import { interrupted } from './interrupted.ts'
import {
  EXIT_INTERRUPTED,
  EXIT_NOT_FINE,
  endpointsOf,
  fromControls,
  type Look,
  lookAtEach,
  once,
  type ProbeOptions,
  sweepControls,
  vantagesOf,
} from './looking.ts'
import { explained, summarised } from './probe-text.ts'

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
  const looks = await lookAtEach(
    config,
    vantages,
    endpoints,
    {
      fromVantage: (target, vantage) =>
        once(config, { target, vantage, purpose: 'manual', extraAddresses: [] }, signal),
      fromControls: (target, measurement) =>
        fromControls(config, controls, target, addressesIn(measurement), signal),
    },
    signal,
  )
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
