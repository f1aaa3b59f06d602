/**
 * The detector: everything detect/ remembers, as plain data, by vantage.
 *
 * A fold of a look or of a canary changes the part of that look's vantage and no other, so the store saves only that part.
 * Unknown keys are made on demand; of what is no longer watched, what was learned of its paths stays.
 */
import type { Health } from '../model/vantage.ts'
import type { Outage } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'
import type { Case } from './cause.ts'
import type { CanaryState } from './health.ts'
import type { Leak } from './leak.ts'
import type { Memory } from './memory.ts'
import type { QuicState } from './quic.ts'
import type { Watch } from './settings.ts'
import type { SpeedState } from './speed.ts'

/** One endpoint from one vantage. Unix ms; `null` = has not happened. */
export interface EndpointState {
  /** nats for gone against reachable, from 0 to the threshold */
  score: number
  out: boolean
  /** when the newest look counted so far began, and whether it was fine */
  newestAt: number
  newestFine: boolean
  /** start of the last fine look, and of the last that was not */
  fineAt: number | null
  failedAt: number | null
  /** end of the first look that was not fine since the last that was, and the other way round */
  firstFailedAt: number | null
  firstFineAt: number | null
  /** end of the look that put it out */
  outAt: number | null
  /** HTTP itself is failing: only a look that gets that far can say it is fine again */
  needsHttp: boolean
  /** mechanism of the last look that was not fine */
  mechanism: Mechanism | null
  /** base rates of looks up to TLS, and of those that went on to HTTP */
  memory: Memory
  httpMemory: Memory
  /** whether a censor hits some of the looks */
  leak: Leak
  /** failures seen while in doubt: kept aside until it is known whether they were faults of a path that stands */
  aside: string[]
}

/** One service from one vantage. */
export interface ServiceState {
  /** the open outage, or the last one */
  outage: Outage | null
  /** what speaks for and against interference, from the first doubt to the end of the outage */
  case: Case | null
  fineSinceAt: number | null
  /** end of the last look at a primary endpoint that could be judged */
  lastLookAt: number | null
  /** when more looks were last asked for */
  askedAt: number | null
}

export interface VantageState {
  health: Health
  /** end of the canary look that last brought it online: looks begun before may have failed for its sake */
  onlineAt: number | null
  /** when it stopped being online: start of the last international answer, end of the look that was not one */
  lostAfterAt: number | null
  lostBeforeAt: number | null
  /** start of the last international canary look that was answered, and of the last that was not */
  answeredAt: number | null
  unansweredAt: number | null
  canaries: Record<string, CanaryState>
  /** the open or last outage of the vantage itself */
  outage: Outage | null
  services: Record<string, ServiceState>
  endpoints: Record<string, EndpointState>
  /** by endpoint, those whose bytes are timed; absent = none was */
  speeds?: Record<string, SpeedState>
  /** by endpoint, those of which a look could say how HTTP/3 stands; absent = none */
  quic?: Record<string, QuicState>
}

export interface Detector {
  vantages: Record<string, VantageState>
}

export function newDetector(): Detector {
  return { vantages: {} }
}

/** The part of one vantage, made if it is new. */
export function vantageState(detector: Detector, id: string): VantageState {
  return (detector.vantages[id] ??= {
    health: 'unknown',
    onlineAt: null,
    lostAfterAt: null,
    lostBeforeAt: null,
    answeredAt: null,
    unansweredAt: null,
    canaries: {},
    outage: null,
    services: {},
    endpoints: {},
  })
}

/** The part of one service, made if it is new. */
export function serviceState(vantage: VantageState, id: string): ServiceState {
  return (vantage.services[id] ??= {
    outage: null,
    case: null,
    fineSinceAt: null,
    lastLookAt: null,
    askedAt: null,
  })
}

/** The outage, if it is still open. */
export function openOutage(of: { readonly outage: Outage | null } | undefined): Outage | null {
  return of?.outage?.closedAt === null ? of.outage : null
}

/** Outages of watched services that are gone now. Of a vantage that is cut off itself nothing can be learned, so it has none. */
export function openServiceOutages(
  detector: Detector,
  watch: Pick<Watch, 'services' | 'vantages'>,
): { service: string; vantage: string }[] {
  return watch.vantages.flatMap(({ id: vantage }) => {
    const state = detector.vantages[vantage]
    if (state === undefined || openOutage(state) !== null) return []
    return watch.services.flatMap(({ id: service }) => {
      const outage = openOutage(state.services[service])
      return outage === null || outage.cause === 'throttled' ? [] : [{ service, vantage }]
    })
  })
}
