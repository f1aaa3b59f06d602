/**
 * forget-future: after the clock was set back, what was seen under the old one lies ahead, and would outrank all that is seen
 * from now on: newer looks would be set aside as overtaken, and nothing would ever be stale.
 *
 * Every time after `now` becomes `now`. Of two times the later one stays so, or they become the same. What a case has lasted
 * is kept instead: it moves back as a whole.
 */
import type { Outage } from '../model/outage.ts'
import { forgetHoursAfter } from './baseline.ts'
import type {
  CanaryState,
  CauseEvidence,
  Detector,
  EndpointState,
  IntermittentBlock,
  LineState,
  QuicState,
  ServiceState,
  SpeedState,
  StrayCounts,
  VantageState,
} from './state.ts'

const OF_VANTAGE = [
  'onlineAt',
  'lostAfterAt',
  'lostBeforeAt',
  'answeredAt',
  'unansweredAt',
  'groundlessAt',
] as const
const OF_CANARY = ['sinceAt', 'startedAt', 'endedAt'] as const
const OF_SERVICE = ['fineSinceAt', 'lastLookAt', 'askedAt'] as const
const OF_ENDPOINT = [
  'newestAt',
  'newestHttpAt',
  'fineAt',
  'failedAt',
  'firstFailedAt',
  'firstFineAt',
  'outAt',
] as const
const OF_INTERMITTENT_BLOCK = ['fineAt', 'failedAt'] as const
const OF_SPEED = ['newestAt', 'ratedAt', 'fineAt', 'slowAt', 'firstSlowAt', 'firstFineAt'] as const
const OF_QUIC = ['sinceAt', 'lastAt'] as const
const OF_OUTAGE = [
  'onsetAfterAt',
  'onsetBeforeAt',
  'openedAt',
  'endAfterAt',
  'endBeforeAt',
  'closedAt',
] as const

/** Makes sure that nothing the detector remembers lies after `now` (Unix ms), in place. Outages handed out are left as they were. */
export function forgetFuture(detector: Detector, now: number): void {
  for (const vantage of Object.values(detector.vantages)) {
    cap<VantageState>(vantage, OF_VANTAGE, now)
    cap<LineState>(vantage.line, ['lostAt'], now)
    for (const seen of ['calm', 'rough'] as const)
      vantage.line[seen] = vantage.line[seen].filter((at) => at <= now)
    for (const counts of Object.values(vantage.strays)) cap<StrayCounts>(counts, ['at'], now)
    for (const addresses of Object.values(vantage.served)) cap(addresses, Object.keys(addresses), now)
    vantage.outage = capped(vantage.outage, now)
    for (const canary of Object.values(vantage.canaries)) cap<CanaryState>(canary, OF_CANARY, now)
    for (const service of Object.values(vantage.services)) {
      cap<ServiceState>(service, OF_SERVICE, now)
      service.outage = capped(service.outage, now)
      if (service.case !== null) moveBack(service.case, now)
    }
    for (const endpoint of Object.values(vantage.endpoints)) {
      cap<EndpointState>(endpoint, OF_ENDPOINT, now)
      cap<IntermittentBlock>(endpoint.leak, OF_INTERMITTENT_BLOCK, now)
      cap(endpoint.memory, ['at'], now)
      cap(endpoint.httpMemory, ['at'], now)
    }
    for (const quic of Object.values(vantage.quic)) cap<QuicState>(quic, OF_QUIC, now)
    for (const speed of Object.values(vantage.speeds)) {
      cap<SpeedState>(speed, OF_SPEED, now)
      forgetHoursAfter(speed.baseline, now)
    }
  }
}

/** Names of the fields that are times. */
type TimesOf<T> = { [K in keyof T]: T[K] extends number | null ? K : never }[keyof T]

function cap<T>(part: T, times: readonly TimesOf<T>[], now: number): void {
  const fields = part as Record<TimesOf<T>, number | null>
  for (const time of times) {
    const at = fields[time]
    if (at !== null && at > now) fields[time] = now
  }
}

function capped(outage: Outage | null, now: number): Outage | null {
  if (outage === null) return null
  const last = Math.max(...OF_OUTAGE.map((time) => outage[time] ?? now), ...outage.causes.map(({ at }) => at))
  if (last <= now) return outage
  const causes = outage.causes.map((change) => ({ ...change, at: Math.min(change.at, now) }))
  const own = { ...outage, causes }
  cap<Outage>(own, OF_OUTAGE, now)
  return own
}

function moveBack(causeEvidence: CauseEvidence, now: number): void {
  cap<CauseEvidence>(causeEvidence, ['activeAt', 'downsSinceAt'], now)
  const byMs = Math.max(causeEvidence.stretchTo ?? now, causeEvidence.fineAt ?? now) - now
  if (byMs <= 0) return
  if (causeEvidence.stretchFrom !== null) causeEvidence.stretchFrom -= byMs
  if (causeEvidence.stretchTo !== null) causeEvidence.stretchTo -= byMs
  if (causeEvidence.fineAt !== null) causeEvidence.fineAt -= byMs
}
