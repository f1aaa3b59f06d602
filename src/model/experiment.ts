/**
 * One trial of a differential measurement: several in one measurement differ in one thing each, so that what fails tells its cause.
 * Facts only, as observations are. Plans `diagnose` and `throughput` make them; other plans make none.
 */
import type { DifferentialExperiment } from './differential.ts'
import type { Failure } from './failure.ts'

/** What every trial has. */
export interface Trial {
  /** ms after the measurement began */
  readonly startedMs: number
  readonly durationMs: number
  readonly failure: Failure | null
}

/** A transfer of a fixed number of bytes, watched over time. */
export interface TransferExperiment extends Trial {
  readonly kind: 'transfer'
  /** `target`: the service's own bytes. `neutral`: somebody else's, over the same line in the same minutes */
  readonly name: 'target' | 'neutral'
  readonly url: string
  readonly tcpMs: number | null
  readonly tlsMs: number | null
  /** bytes read off the socket, and the time from the first to the last of them */
  readonly bytes: number
  readonly transferMs: number
  /** cumulative bytes at moments counted in ms from the first byte; at most 64 */
  readonly samples: readonly (readonly [atMs: number, bytes: number])[]
}

export type Experiment = TransferExperiment | DifferentialExperiment
