/** What OONI's web_connectivity concludes beside `blocking` and `accessible`. */
import type { Failure } from './failure.ts'

export interface Conclusions {
  /** does what the vantage's resolver says agree with the control? `null` = nothing to compare */
  readonly dnsConsistency: 'consistent' | 'inconsistent' | null
  readonly dnsExperimentFailure: Failure | null
  /** the failure that decided, at whatever layer */
  readonly httpExperimentFailure: Failure | null
  readonly bodyProportion: number
  readonly bodyLengthMatch: boolean | null
  readonly statusCodeMatch: boolean | null
  readonly headersMatch: boolean | null
  readonly titleMatch: boolean | null
}
