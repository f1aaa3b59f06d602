/** A stretch of time in which a service was not usable from a vantage. */
import type { QuicVerdict } from './quic.ts'
import { type Trouble, TROUBLES } from './vantage.ts'
import type { Mechanism } from './verdict.ts'

/** Of a service. */
export const SERVICE_CAUSES = ['unreachable', 'blocked', 'throttled', 'down'] as const
/** Of a vantage as a whole: it lost the outside world, or everything, or has a trouble that hits every service alike. */
export const VANTAGE_CAUSES = ['shutdown', 'offline', ...TROUBLES] as const
export const CAUSES = [...SERVICE_CAUSES, ...VANTAGE_CAUSES] as const
/** `unreachable` = unreachable from here, cause not yet determined: the site, the path or a censor. */
export type Cause = (typeof CAUSES)[number]

/** Whether an outage is the line's own, and says nothing of interference. */
export function isLineFault(cause: Cause): boolean {
  return cause === 'offline' || isTrouble(cause)
}

/** State of one service from one vantage, now. */
export const STATES = ['ok', ...SERVICE_CAUSES, 'shutdown', 'offline', 'insufficient'] as const
export type State = (typeof STATES)[number]

/** How an outage is drawn as the state of a service: under a trouble of its vantage nothing can be said of it. */
export function stateUnder(cause: Cause): State {
  return isTrouble(cause) ? 'insufficient' : cause
}

function isTrouble(cause: Cause): cause is Trouble {
  return (TROUBLES as readonly Cause[]).includes(cause)
}

export interface CauseChange {
  readonly at: number
  readonly cause: Cause
  readonly mechanism: Mechanism | null
  readonly reason: string
}

/**
 * One outage. Its onset lies in (`onsetAfterAt`, `onsetBeforeAt`]: the last measurement that was fine and the first that was not;
 * so does its end. Unix ms, UTC.
 */
export interface Outage {
  /** `<service>.<vantage>.<UTC of the first failed look>`: the same again after a replay */
  readonly id: string
  /** `null`: it is of the vantage itself, see `VANTAGE_CAUSES` */
  readonly service: string | null
  readonly vantage: string
  readonly cause: Cause
  readonly mechanism: Mechanism | null
  /** the last measurement that was fine; `null` when none ever was */
  readonly onsetAfterAt: number | null
  /** the first measurement that was not */
  readonly onsetBeforeAt: number
  /** when the evidence sufficed to open it */
  readonly openedAt: number
  /** the last measurement that was not fine; `null` while open */
  readonly endAfterAt: number | null
  /** the first measurement that was fine again, or when it was no longer watched; `null` while open */
  readonly endBeforeAt: number | null
  /** when the evidence sufficed to close it; `null` while open */
  readonly closedAt: number | null
  /** the causes it has had, oldest first; the last is the current one. Of more than 50, the first 10 and the last 40 */
  readonly causes: readonly CauseChange[]
  /** how often it came back within the time that makes it the same outage */
  readonly reopened: number
  /** measurement ids that opened it or changed its cause, at most 20 */
  readonly evidence: readonly string[]
}

/** What detect/ says happened; each carries the outage as it now stands. */
export interface OutageChange {
  readonly kind: 'opened' | 'cause' | 'closed' | 'reopened'
  readonly at: number
  readonly outage: Outage
}

/** A service that is reached over one family is blocked over the other. */
export interface BlockedOver {
  readonly family: 'ipv4' | 'ipv6'
  readonly mechanism: Mechanism | null
  /** Unix ms */
  readonly sinceAt: number
}

/** What one service looks like from one vantage, for people and metrics. */
export interface ServiceStatus {
  readonly service: string
  readonly vantage: string
  readonly state: State
  /** only assets or media are gone, or only one family: shown, not an outage of the service */
  readonly partial: boolean
  /** while `ok`; `null` = blocked over neither family, as far as is known */
  readonly blockedOver: BlockedOver | null
  /** Unix ms since when this state holds */
  readonly sinceAt: number
  readonly mechanism: Mechanism | null
  readonly because: string
  readonly outageId: string | null
  /** Unix ms of the last measurement that could be judged; `null` = none yet */
  readonly lastMeasurementAt: number | null
  /** how HTTP/3 stands; it has no say in the state */
  readonly quic: QuicVerdict
}

/** From a moment on, a service was in that state as seen from a vantage. */
export interface StateChange {
  readonly service: string
  readonly vantage: string
  /** Unix ms */
  readonly at: number
  readonly state: State
  readonly mechanism: Mechanism | null
  /** outage id */
  readonly ref: string | null
}
