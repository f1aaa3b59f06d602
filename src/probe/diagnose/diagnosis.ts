/** What a diagnosis is asked to find out, and what it may use up. Plain data: it crosses into worker threads. */
import type { EndpointRole } from '../../model/service.ts'

/** One host of the service that is diagnosed. */
export interface DiagnosedHost {
  readonly host: string
  readonly role: EndpointRole
  readonly scheme: 'http' | 'https'
  readonly port: number
  /** what controls last resolved it to; a resolver in the country is never believed */
  readonly addresses: readonly string[]
}

export interface Diagnosis {
  /** the endpoint's own first */
  readonly hosts: readonly DiagnosedHost[]
  /** web servers nobody blocks, and names they do not serve */
  readonly neutralHosts: readonly string[]
  readonly otherNames: readonly string[]
  /** names to ask resolvers for */
  readonly controlNames: readonly string[]
  /** literal IP; `null` = none is asked */
  readonly publicResolver: string | null
  /** literal IP where no resolver runs; `null` = the neutral server's */
  readonly noResolver: string | null
  readonly maxTrials: number
  /** of the order of the trials; recorded */
  readonly seed: number
}
