/** What every step of one probe shares: the way out, the clock, the signal, and a place to say that the fault is ours. */
import type { SecureContext } from 'node:tls'
import type { Failure } from '../model/failure.ts'
import type { Unfit } from '../model/measurement.ts'
import type { Dialer } from '../vantage/dialer.ts'
import type { Server } from '../vantage/system-servers.ts'
import { classify } from './classify.ts'
import type { Stopwatch } from './stopwatch.ts'
import type { ProbeSettings } from '../model/probe-settings.ts'

export interface Run {
  readonly settings: ProbeSettings
  /** an address no public service can have, as far as the settings do not say otherwise */
  readonly isBogon: (address: string) => boolean
  readonly dialer: Dialer
  /** the servers this machine is set to ask; `null`: this way out has none of its own */
  readonly systemServers: (() => readonly Server[]) | null
  readonly roots: SecureContext
  readonly watch: Stopwatch
  /** ends with the probe's total time or with the caller's patience */
  readonly signal: AbortSignal
  /** the first thing that makes the measurement unfit */
  unfit: { readonly unfit: Unfit; readonly detail: string | null; readonly failure: Failure } | null
}

/** Turns an error of a step into its failure, and remembers when the network is not to blame for it. */
export function failed(run: Run, error: unknown): Failure {
  const { failure, unfit, detail } = classify(error)
  if (unfit !== null) run.unfit ??= { unfit, detail, failure }
  return failure
}
