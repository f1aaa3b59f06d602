/** look: the one place where a Look is made, whether its measurement has just come in or was stored long ago. */
import type { Look } from '../model/look.ts'
import type { Measurement } from '../model/measurement.ts'
import type { Rates } from '../model/rates.ts'
import type { Endpoint } from '../model/service.ts'
import type { Verdict } from '../model/verdict.ts'

/** What a look takes from a measurement: all of it is in every stored row, also where no full record was kept. */
export type Looked = Pick<Look, 'id' | 'vantage' | 'plan' | 'startedAt' | 'endedAt' | 'sawHttp'>

/**
 * @param of a measurement of that endpoint
 * @param verdict what it was judged to mean
 * @param rates how fast bytes came, where they were timed
 */
export function lookOf(of: Looked, endpoint: Endpoint, verdict: Verdict, rates: Rates | null): Look {
  return {
    id: of.id,
    service: endpoint.service,
    endpoint: endpoint.id,
    role: endpoint.role,
    vantage: of.vantage,
    plan: of.plan,
    startedAt: of.startedAt,
    endedAt: of.endedAt,
    sawHttp: of.sawHttp,
    verdict,
    ...(rates === null ? {} : { rates }),
  }
}

/** What was just measured, as it will be read again from the store. */
export function lookedAt(measurement: Measurement): Looked {
  return {
    id: measurement.id,
    vantage: measurement.vantage,
    plan: measurement.plan,
    startedAt: measurement.startedAt,
    endedAt: endOf(measurement),
    sawHttp: measurement.observations.some(({ layer }) => layer === 'http'),
  }
}

/** When it was over, Unix ms, rounded up: what ended within a millisecond was not over at its start. */
export function endOf({ startedAt, durationMs }: Measurement): number {
  return startedAt + Math.ceil(durationMs)
}
