/**
 * throttled: what slow bytes do to a service's outage.
 *
 * One endpoint whose bytes are throttled is a throttled service, media first of all: that is what people feel. A service that is gone
 * altogether is `unreachable` or `blocked` instead, and `throttled` again when it is back and still slow.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { Outage, OutageChange } from '../model/outage.ts'
import { showRate } from '../model/rates.ts'
import { changeCause, close, open, returns } from './outage.ts'
import type { ServiceContext } from './context.ts'
import type { DetectSettings, Watch } from './settings.ts'
import { clearSpeedDoubt } from './speed.ts'
import type { Compared, Detector, SpeedState } from './state.ts'

/** Endpoints of the service whose bytes are throttled. */
export function slowOnes({ vantage, watched }: Pick<ServiceContext, 'vantage' | 'watched'>): SpeedState[] {
  return watched.endpoints.flatMap(({ id }) => {
    const state = vantage.speeds[id]
    return state?.slow === true ? [state] : []
  })
}

/** Opens an outage, or says of the open one that slowness is what is left of it. @param slow at least one */
export function throttle(
  { service, watched, vantageId, settings }: ServiceContext,
  current: Outage | null,
  slow: readonly SpeedState[],
  at: number,
): OutageChange | null {
  if (current?.cause === 'throttled') return null
  const first = slow.toSorted((a, b) => (a.firstSlowAt ?? at) - (b.firstSlowAt ?? at))[0]!
  const reason = reasonOf(first)
  if (current !== null) return changeCause(current, 'throttled', 'throttle', reason, at)
  const onsetBeforeAt = first.firstSlowAt ?? at
  const last = returns(service.outage, onsetBeforeAt, settings.reopenMs) ? service.outage : null
  return open(
    last,
    {
      service: watched.id,
      vantage: vantageId,
      cause: 'throttled',
      mechanism: 'throttle',
      reason,
      onsetAfterAt: first.fineAt,
      onsetBeforeAt,
      evidence: first.evidence,
    },
    at,
  )
}

/** Ends it between the last slow transfer and the first that was not. */
export function unthrottle(
  context: ServiceContext,
  outage: Outage,
  measurement: JudgedMeasurement,
  at: number,
): OutageChange {
  const state = context.vantage.speeds[measurement.endpoint]
  const endAfterAt = Math.max(state?.slowAt ?? 0, outage.onsetBeforeAt)
  const endBeforeAt = Math.max(state?.firstFineAt ?? at, endAfterAt)
  context.service.fineSinceAt = endBeforeAt
  return close(outage, endAfterAt, endBeforeAt, at)
}

/** Drops doubts about transfers nobody has timed for a while, in place: nobody would ever see them end. @returns whether there were any */
export function forgetOldSpeeds(speeds: Record<string, SpeedState>, now: number, staleMs: number): boolean {
  let forgot = false
  for (const state of Object.values(speeds)) {
    if ((state.slow || state.score > 0) && now - state.ratedAt > staleMs) {
      clearSpeedDoubt(state)
      forgot = true
    }
  }
  return forgot
}

/** How fast the newest transfers of one service came from one vantage, and how that compares; of several endpoints the slowest. */
export interface ServiceSpeed {
  readonly service: string
  readonly vantage: string
  readonly bytesPerSecond: number
  readonly compared: Compared
}

/** Every watched service whose bytes were timed lately, from every probe vantage; for metrics. */
export function speedsOf(
  detector: Detector,
  now: number,
  watch: Watch,
  { speedStaleMs }: DetectSettings,
): ServiceSpeed[] {
  return watch.vantages.flatMap(({ id }) =>
    watch.services.flatMap(({ id: service, endpoints }) => {
      const speeds = detector.vantages[id]?.speeds ?? {}
      const [slowest] = endpoints
        .flatMap((endpoint) => speeds[endpoint.id] ?? [])
        .filter(({ last, ratedAt }) => last !== null && now - ratedAt <= speedStaleMs)
        .map(({ last }) => ({ bytesPerSecond: last!.rates.target!.bytesPerSecond, compared: last!.compared }))
        .toSorted((a, b) => a.bytesPerSecond - b.bytesPerSecond)
      return slowest === undefined ? [] : [{ service, vantage: id, ...slowest }]
    }),
  )
}

/** `18 kB/s, where a neutral host gives 900 kB/s and the control gets 1.2 MB/s; one server is slow under its name alone.` */
function reasonOf({ last, named }: SpeedState): string {
  const { rates, compared } = last!
  const { target, neutral, control } = rates
  const others = [
    neutral === null ? [] : [`a neutral host gives ${showRate(neutral.bytesPerSecond)}`],
    control === null ? [] : [`the control gets ${showRate(control.bytesPerSecond)}`],
    compared.baseline === null
      ? []
      : [`${showRate(target!.bytesPerSecond / compared.baseline)} are usual at this hour`],
  ].flat()
  const proof = named > 0 ? '; one server is slow under its name alone' : ''
  return `${showRate(target!.bytesPerSecond)}, where ${listed(others)}${proof}.`
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
