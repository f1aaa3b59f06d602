/**
 * probe: one probe of each endpoint, now, with reasons. Nothing is stored and nothing is decided for longer than this line.
 *
 * canaries of each vantage -> the endpoints from each probe vantage, and from each control -> judge -> print
 */
import { type JudgedMeasurement, probeAndPrint, type ProbeOptions } from './probe-now.ts'
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
  const withReasons = options.explain === true
  const outcomeOf = (results: readonly JudgedMeasurement[]) => ({
    text: results
      .map((result) => `${withReasons ? explained(result) : summarised(result)}\n`)
      .join(withReasons ? '\n' : ''),
    data: results.map(asData),
    isFine: !results.some(({ explanation }) =>
      ['anomaly', 'confirmed', 'down'].includes(explanation.verdict.outcome),
    ),
  })
  return probeAndPrint(options, 'full', ({ endpoints }) => endpoints, outcomeOf)
}

function asData({ explanation: { verdict, tried }, ...result }: JudgedMeasurement) {
  const { endpoint, vantage, health, measurement, controls } = result
  return { endpoint, vantage, health, verdict, tried, measurement, controls }
}
