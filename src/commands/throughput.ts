/**
 * probe --plan throughput: how fast bytes come, now, beside a neutral host's and the controls'. Nothing is stored. One measurement
 * makes no outage: the detector wants several, and knows what is usual.
 *
 * canaries -> the transfers from each probe vantage, and from each control -> judge -> print
 */
import { transferEndpointsAt } from '../model/service.ts'
import { type Aim, type JudgedMeasurement, probeAndPrint, type ProbeOptions } from './probe-now.ts'
import { explainedTransfers, summarisedTransfers } from './throughput-text.ts'

/**
 * Times the bytes of a service's media, or of one URL, from each probe vantage or the one named.
 *
 * @returns 3 when it is slow and nothing but interference explains it, 1 when interrupted, else 0
 * @throws AppError `usage` when the service or the vantage is not configured
 */
export async function throughputCommand(options: ProbeOptions): Promise<number> {
  const timed = ({ service, endpoints }: Aim) => {
    const heavy = transferEndpointsAt(service, Date.now())
    return heavy.length > 0 ? heavy : endpoints
  }
  const words = options.explain === true ? explainedTransfers : summarisedTransfers
  const outcomeOf = (results: readonly JudgedMeasurement[]) => ({
    text: `${results.map(words).join('\n')}\n`,
    data: results.map(asData),
    isFine: !results.some(({ explanation: { verdict } }) =>
      ['anomaly', 'confirmed'].includes(verdict.outcome),
    ),
  })
  return probeAndPrint(options, 'throughput', timed, outcomeOf)
}

function asData({ explanation: { verdict, tried, evidence }, ...result }: JudgedMeasurement) {
  const { endpoint, vantage, health, measurement, controls } = result
  return { endpoint, vantage, health, verdict, rates: evidence.rates, tried, measurement, controls }
}
