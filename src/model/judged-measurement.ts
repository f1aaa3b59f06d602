/** What detect/ folds: one judged measurement, reduced to what a decision needs. */
import type { Plan } from './measurement.ts'
import type { Rates } from './rates.ts'
import type { Verdict } from './verdict.ts'
import type { CanaryGroup, EndpointRole } from './service.ts'
import type { Trouble } from './vantage.ts'
import type { OutageChange } from './outage.ts'

/** One verdict about one endpoint, in time. */
export interface JudgedMeasurement {
  /** measurement id */
  readonly id: string
  readonly service: string
  readonly endpoint: string
  readonly role: EndpointRole
  readonly vantage: string
  /** `diagnose` and `throughput` say nothing of reach, each of another thing */
  readonly plan: Plan
  /** Unix ms; the truth this measurement tells lies between the two */
  readonly startedAt: number
  readonly endedAt: number
  /** the measurement got as far as HTTP, so that fine means fine up to there */
  readonly sawHttp: boolean
  readonly verdict: Verdict
  /** plan `throughput` only: how fast bytes came; absent when none were timed */
  readonly rates?: Rates
}

/** What one canary said of its vantage. */
export interface CanaryMeasurement {
  readonly vantage: string
  readonly canary: string
  readonly group: CanaryGroup
  readonly startedAt: number
  readonly endedAt: number
  /** it got as far as HTTP */
  readonly sawHttp: boolean
  readonly answered: CanaryAnswer
}

/**
 * `no`: nothing came. A trouble: what kept it from answering, with the line up. `blocked`: a diagnosis proved that it is itself blocked, so it
 * says nothing of the line. `unknown`: it was unfit and says nothing at all.
 */
export type CanaryAnswer = 'yes' | 'no' | Trouble | 'blocked' | 'unknown'

/** What folding one measurement brought about. */
export interface Folded {
  readonly changes: readonly OutageChange[]
  /** something is newly not fine: look again soon, with a fresh control */
  readonly suspicious: readonly Suspicion[]
}

export interface Suspicion {
  readonly service: string
  readonly vantage: string
  /** it failed at HTTP: only a look that goes as far can say more; absent = no further than TLS is enough */
  readonly inFull?: true
  /** it is the speed of this endpoint's bytes that is in doubt, and so often it was timed again for that already */
  readonly slow?: { readonly endpoint: string; readonly again: number }
}
