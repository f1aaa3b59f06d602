/** judged-measurement: the one place where a judged measurement is made, whether its measurement has just come in or was stored long ago. */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { Rates } from '../model/rates.ts'
import type { Verdict } from '../model/verdict.ts'
import type { ProbeCommand, Timing, WatchedEndpoint } from './types.ts'

/**
 * @param verdict what the measurement was judged to mean
 * @param rates how fast bytes came, where they were timed
 */
export function judgedMeasurement(
  { id, startedAt, endedAt, sawHttp }: Timing,
  { vantage, plan }: Pick<ProbeCommand, 'vantage' | 'plan'>,
  endpoint: WatchedEndpoint,
  verdict: Verdict,
  rates: Rates | null,
): JudgedMeasurement {
  const { service, role } = endpoint
  const when = { startedAt, endedAt, sawHttp }
  const measurement = { id, service, endpoint: endpoint.id, role, vantage, plan, ...when, verdict }
  return rates === null ? measurement : { ...measurement, rates }
}
