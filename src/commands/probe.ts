/**
 * probe: one probe of each endpoint, now, with reasons. Nothing is stored and nothing is decided for longer than this line.
 *
 * canaries of each vantage -> the endpoints from each probe vantage, and from each control -> judge -> print
 */
import { type Look, probeAndPrint, type ProbeOptions } from './looking.ts'
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
  const outcomeOf = (looks: readonly Look[]) => ({
    text: looks
      .map((look) => `${withReasons ? explained(look) : summarised(look)}\n`)
      .join(withReasons ? '\n' : ''),
    data: looks.map(asData),
    isFine: !looks.some(({ explanation }) =>
      ['anomaly', 'confirmed', 'down'].includes(explanation.verdict.outcome),
    ),
  })
  return probeAndPrint(options, 'full', ({ endpoints }) => endpoints, outcomeOf)
}

function asData({ explanation: { verdict, tried }, ...look }: Look) {
  const { endpoint, vantage, health, measurement, controls } = look
  return { endpoint, vantage, health, verdict, tried, measurement, controls }
}
