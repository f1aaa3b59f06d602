/**
 * probe --plan diagnose: trials that differ in one thing each, now, and what they tell apart. Nothing is stored.
 *
 * canaries, and what each control gets -> the trials from each probe vantage -> judge -> print
 */
import { explainedDiagnosis, summarisedDiagnosis } from './diagnose-text.ts'
import { type Aim, type JudgedMeasurement, probeAndPrint, type ProbeOptions } from './probe-now.ts'

/**
 * Diagnoses a service, or the host of one URL, from each probe vantage or the one named.
 *
 * @returns 3 when a failure was told apart, 1 when interrupted, else 0
 * @throws AppError `usage` when the service or the vantage is not configured
 */
export async function diagnoseCommand(options: ProbeOptions): Promise<number> {
  const first = ({ endpoints }: Aim) => [endpoints.find(({ role }) => role === 'primary') ?? endpoints[0]!]
  const outcomeOf = (results: readonly JudgedMeasurement[]) => ({
    text: `${results.map(options.explain === true ? explainedDiagnosis : summarisedDiagnosis).join('\n\n')}\n`,
    data: results.map(asData),
    isFine: !results.some(({ explanation }) => explanation.diagnosed?.finding),
  })
  return probeAndPrint(options, 'diagnose', first, outcomeOf)
}

function asData({ explanation: { verdict, diagnosed }, ...result }: JudgedMeasurement) {
  const { endpoint, vantage, health, measurement, controls } = result
  return { endpoint, vantage, health, verdict, diagnosed, measurement, controls }
}
