/** state: everything a watchkeeper holds between two events. */
import { openOutage } from '../detect/detector.ts'
import type { Detector } from '../detect/state.ts'
import { passesCleartext } from '../detect/canaries.ts'
import { healthOf } from '../detect/health.ts'
import type { Watch } from '../detect/settings.ts'
import type { Health } from '../model/vantage.ts'
import type { Asks } from './asks.ts'
import type { Confirmations } from './confirmations.ts'
import type { Diagnoses } from './diagnoses.ts'
import type { Incidents } from './incidents.ts'
import type { Pending } from './pending.ts'
import type { createSteps } from './steps.ts'
import type { Command, ProbeCommand, Reading, WatchedEndpoint, Watching } from './types.ts'

export interface Held<M> {
  readonly reading: Reading<M>
  readonly detector: Detector
  watching: Watching
  /** what is watched at the moment of the event */
  watch: Watch
  /** nothing is probed: what comes in was measured long ago */
  readonly past: boolean
  /** steps in which nothing but a measurement came are wanted too */
  readonly every: boolean
  readonly emit: (command: Command<M>) => void
  readonly step: ReturnType<typeof createSteps<M>>
  readonly asks: Asks<M>
  readonly pending: Pending<M>
  readonly confirmations: Confirmations
  readonly diagnoses: Diagnoses
  readonly incidents: Incidents | null
  /** how long a probe that is fine usually takes, by vantage and endpoint */
  readonly usualMs: Map<string, Map<string, number>>
  /** when the first probe began that failed since the last that was fine, by vantage and endpoint; Unix ms */
  readonly failing: Map<string, number>
  /** endpoints whose bytes are being timed, by vantage */
  readonly timing: Set<string>
  /** what the controls last resolved, by endpoint: addresses to try where the vantage's own are lies */
  readonly controlAddresses: Map<string, readonly string[]>
  /** what the resolver of a vantage last gave for a canary that answered, by vantage and canary */
  readonly canaryAddresses: Map<string, readonly string[]>
  /** when a canary was last diagnosed, by vantage and canary; Unix ms */
  readonly diagnosedCanaries: Map<string, number>
  /** ids of outages that are open */
  readonly open: Set<string>
  /** Unix ms: time of the last event, of the last tick and of the last change of an outage, and when canaries may have grown stale */
  lastAt: number
  tickedAt: number
  changedAt: number
  /** Unix ms: the latest moment that anything folded since the last tick tells of */
  newestAt: number
  /** what was watched at the last tick */
  tickedWatch: Watch | null
  staleAt: number
}

export function health<M>({ detector, watch }: Held<M>, vantage: string): Health {
  return healthOf(detector, vantage, watch)
}

/** The same as far as one target goes: what is asked in cleartext needs canaries in cleartext that answer. */
export function healthFor<M>(held: Held<M>, { vantage, target }: ProbeCommand): Health {
  const known = health(held, vantage)
  const isClear = 'service' in target && target.url?.startsWith('http:') === true
  const state = held.detector.vantages[vantage]
  if (known !== 'online' || !isClear || state === undefined) return known
  return passesCleartext(state, held.watch, held.watching.settings) ? known : 'unknown'
}

/** Whether a service is known to be gone from a vantage; throttled is not gone. */
export function isOut<M>({ detector }: Held<M>, { service }: WatchedEndpoint, vantage: string): boolean {
  const outage = openOutage(detector.vantages[vantage]?.services[service])
  return outage !== null && outage.cause !== 'throttled'
}

/** The endpoints of a service that are in force. */
export function endpointsOf<M>({ watch, watching }: Held<M>, service: string): readonly WatchedEndpoint[] {
  const watched = watch.services.find(({ id }) => id === service)
  return (watched?.endpoints ?? []).flatMap(({ id }) => watching.endpoints.get(id) ?? [])
}

export function endpointOf({ target }: ProbeCommand): WatchedEndpoint | null {
  return 'service' in target ? target : null
}

export function endpointKey(vantage: string, endpoint: string): string {
  return `${vantage} ${endpoint}`
}
