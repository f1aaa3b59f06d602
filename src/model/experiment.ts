/**
 * One trial of a differential measurement: several in one measurement differ in one thing each, so that what fails tells its cause.
 * Facts only, as observations are. Plans `diagnose` and `throughput` make them; other plans make none.
 */
import type { DifferentialExperiment, Trial } from './differential.ts'

/**
 * A transfer of a fixed number of bytes, watched over time. Running out of time after some bytes is slowness, not a failure: `failure`
 * is `generic_timeout_error` and `bytes` says how far it got.
 */
export interface TransferExperiment extends Trial {
  readonly kind: 'transfer'
  /** whose name is said, in the handshake or in cleartext the request: the service's, or the neutral host's */
  readonly name: 'target' | 'neutral'
  /** whose server is asked, and whose bytes come */
  readonly at: 'target' | 'neutral'
  readonly url: string
  /** the name said */
  readonly serverName: string
  /** literal IP, or the host name when the proxy resolves; `null` = no address was found */
  readonly address: string | null
  readonly tcpMs: number | null
  readonly tlsMs: number | null
  readonly status: number | null
  /** bytes read off the connection, undecoded, head included */
  readonly bytes: number
  /** from the first of them to the last, or to the moment time ran out */
  readonly transferMs: number
  /** cumulative bytes at moments counted in ms from the first byte; at most 64 */
  readonly samples: readonly (readonly [atMs: number, bytes: number])[]
}

export type Experiment = TransferExperiment | DifferentialExperiment
