/** What a prober is asked to do. Plain data: it crosses into worker threads. */
import type { Measurement, Plan, Purpose } from '../model/measurement.ts'
import type { ProbeSettings } from '../model/probe-settings.ts'
import type { Vantage } from '../model/vantage.ts'
import type { EndpointRole } from '../model/service.ts'
import { uuid7 } from './uuid7.ts'

/** What plan `throughput` needs to know besides. */
export interface TransferSettings {
  /** what is fetched of the service */
  readonly url: string
  /** large files of somebody else, the first that serves enough is used */
  readonly neutral: readonly string[]
  /** how many bytes are asked for, and counted at most */
  readonly bytes: number
  /** for one transfer, from its first packet on; what has come by then is what it is rated by */
  readonly timeoutMs: number
}

/** One host of the service that is diagnosed. */
export interface DiagnosedHost {
  readonly host: string
  readonly role: EndpointRole
  readonly scheme: 'http' | 'https'
  readonly port: number
  /** what controls last resolved it to; a resolver in the country is never believed */
  readonly addresses: readonly string[]
}

/** What plan `diagnose` is asked to find out, and what it may use up. */
export interface Diagnosis {
  /** the endpoint's own first */
  readonly hosts: readonly DiagnosedHost[]
  /** web servers nobody blocks, and names they do not serve */
  readonly neutralHosts: readonly string[]
  readonly otherNames: readonly string[]
  /** names to ask resolvers for */
  readonly controlNames: readonly string[]
  /** hosts of other services: are they sent to the same address? */
  readonly otherHosts?: readonly string[]
  /** literal IP; `null` = none is asked */
  readonly publicResolver: string | null
  /** literal IP where no resolver runs; `null` = the neutral server's */
  readonly noResolver: string | null
  readonly maxTrials: number
  /** of the order of the trials; recorded */
  readonly seed: number
}

/** One look at one endpoint from one vantage. */
export interface ProbeTask {
  readonly vantage: Vantage
  /** endpoint or canary id; the URL itself for a one-off probe */
  readonly endpoint: string
  readonly url: string
  readonly plan: Plan
  readonly purpose: Purpose
  /** addresses the control got for the same host */
  readonly extraAddresses: readonly string[]
  readonly settings: ProbeSettings
  /** for plan `diagnose` alone */
  readonly diagnosis?: Diagnosis
  /** plan `throughput` only */
  readonly transfer?: TransferSettings
}

type OfTask = 'id' | 'vantage' | 'endpoint' | 'url' | 'plan' | 'purpose' | 'control'

/** The measurement that a task came to. */
export function measurementOf(task: ProbeTask, found: Omit<Measurement, OfTask>): Measurement {
  const { vantage, endpoint, url, plan, purpose } = task
  const id = uuid7(found.startedAt)
  return { id, vantage: vantage.id, endpoint, url, plan, purpose, ...found, control: null }
}
