/** What goes into the watchkeeper and what comes out of it. Plain data; times in Unix ms. */
import type { Memory, Notes } from './memory.ts'
import type { CorrelateSettings } from '../correlate/settings.ts'
import type { DetectSettings, Watch } from '../detect/settings.ts'
import type { IncidentSettings } from '../incident/group.ts'
import type { TriggerEvent } from '../model/event.ts'
import type { Grouped, MeasuredIncident } from '../model/incident.ts'
import type { RankedIncident } from '../model/correlation.ts'
import type { CanaryAnswer } from '../model/judged-measurement.ts'
import type { Plan, Purpose } from '../model/measurement.ts'
import type { OutageChange, StateChange } from '../model/outage.ts'
import type { Rates } from '../model/rates.ts'
import type { ReportRecord } from '../model/report.ts'
import type { Canary, Endpoint } from '../model/service.ts'
import type { Health, VantageFacts } from '../model/vantage.ts'
import type { Verdict } from '../model/verdict.ts'

/** An endpoint of a service, as far as deciding about it goes. */
export type WatchedEndpoint = Pick<Endpoint, 'id' | 'service' | 'role'> & Partial<Pick<Endpoint, 'url'>>
export type WatchedCanary = Pick<Canary, 'id' | 'group'>

/** Everything a configuration means for deciding what to probe and what it means. */
export interface Watching {
  /** what detect/ watches at a moment: endpoints come into force and go out of it */
  readonly watchAt: (at: number) => Watch
  /** by id, those not in force included */
  readonly endpoints: ReadonlyMap<string, WatchedEndpoint>
  readonly canaries: ReadonlyMap<string, WatchedCanary>
  /** ids of the vantages that a failure is compared with */
  readonly controls: readonly string[]
  readonly settings: DetectSettings
  /** offsets at which a doubtful endpoint is probed again */
  readonly confirmAfterMs: readonly number[]
  /** a heartbeat that has not ended after so long is doubtful */
  readonly suspectAfterMs: number
  /** how long after a slow transfer the bytes are timed again; doubles each time */
  readonly timeAgainAfterMs: number
  /** `null`: no outage is diagnosed */
  readonly diagnose: DiagnoseTimes | null
  /** `null`: outages are not grouped */
  readonly incidents: IncidentWorld | null
}

export interface DiagnoseTimes {
  readonly everyMs: number
  readonly leastGapMs: number
  readonly totalTimeoutMs: number
}

/** What outages are grouped and ranked by. */
export interface IncidentWorld {
  readonly grouping: IncidentSettings
  readonly settings: CorrelateSettings
  /** configured vantages, and those that once were */
  readonly vantages: readonly VantageFacts[]
  readonly retired: readonly VantageFacts[]
  readonly events: readonly TriggerEvent[]
  readonly reports: ReportRecord | null
}

/** Probe this now. Every command is answered by one `measured` or `lost` that carries this very object. */
export interface ProbeCommand {
  readonly kind: 'probe'
  readonly vantage: string
  /** an endpoint, or a canary of the vantage itself (purpose `canary`) */
  readonly target: WatchedEndpoint | WatchedCanary
  readonly plan: Plan
  readonly purpose: Purpose
  /** tried beside those the vantage's own resolver gives */
  readonly extraAddresses: readonly string[]
  /** an `overdue` is wanted if it takes longer than this; `null` = none is */
  readonly overdueAfterMs: number | null
}

/** One step, to be saved whole: all of it or nothing. */
export interface Step<M> {
  /** `null`: time passed, nothing was measured */
  readonly measurement: M | null
  /** the service it is about; `null`: a canary's, or none */
  readonly service: string | null
  /** `null`: it was not judged */
  readonly verdict: Verdict | null
  /** what it was judged with */
  readonly controls: readonly M[]
  readonly rates: Rates | null
  /** what a canary said; `null` = it was none */
  readonly answered: CanaryAnswer | null
  readonly changes: readonly OutageChange[]
  readonly incidents: Grouped<MeasuredIncident> | null
  readonly states: readonly StateChange[]
  /** whose part of the detector moved, and what it was after this step, as saved; `null` = none did */
  readonly detector: { readonly vantage: string; readonly state: string } | null
  /** time passed, and changed something: given once, with the first of the vantages it changed */
  readonly tickAt: number | null
}

export interface SaveCommand<M> {
  readonly kind: 'save'
  readonly step: Step<M>
}

/** An outage changed, with the incidents that this opened. The step that saves it comes before. */
export interface ChangedCommand {
  readonly kind: 'changed'
  readonly change: OutageChange
  readonly opened: readonly RankedIncident[]
}

export type Command<M> = ProbeCommand | SaveCommand<M> | ChangedCommand

export type Event<M> =
  /** the schedule's turn to probe this; nothing comes of it where that is being done already */
  | {
      readonly kind: 'due'
      readonly at: number
      readonly vantage: string
      readonly target: WatchedEndpoint | WatchedCanary
      readonly plan: Plan
    }
  /** `controls`: what it is judged with; absent = the keeper asks for them if it needs any */
  | {
      readonly kind: 'measured'
      readonly at: number
      readonly of: ProbeCommand
      readonly measurement: M
      readonly controls?: readonly M[]
    }
  /** it was never made, and will not be */
  | { readonly kind: 'lost'; readonly at: number; readonly of: ProbeCommand }
  | { readonly kind: 'overdue'; readonly at: number; readonly of: ProbeCommand }
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'configured'; readonly at: number; readonly watching: Watching }

/** When a measurement was made, and how far it got. */
export interface Timing {
  readonly id: string
  readonly startedAt: number
  readonly endedAt: number
  readonly sawHttp: boolean
}

/**
 * How measurements are read: the daemon's are full records, a replay's are stored rows, a simulation's are a few facts. Pure.
 */
export interface Reading<M> {
  readonly timing: (measurement: M) => Timing
  /** `vantage`: the way out of the vantage itself failed. `other`: unfit to be judged. `null` = fit */
  readonly unfit: (measurement: M) => 'vantage' | 'other' | null
  readonly judge: (measurement: M, controls: readonly M[], health: Health) => Verdict
  /** one that is fine and must be compared with the controls all the same */
  readonly needsControl: (measurement: M, verdict: Verdict) => boolean
  readonly rates: (measurement: M, controls: readonly M[]) => Rates | null
  /** what a canary says of its vantage */
  readonly answered: (measurement: M, canary: string) => CanaryAnswer
  /** addresses that the vantage's resolver gave for the target */
  readonly addresses: (measurement: M) => readonly string[]
  /** how long it took until the page was there */
  readonly reachedMs: (measurement: M) => number
  /** what it has to tell later ones */
  readonly notes: (measurement: M) => Notes
  /** the same measurement, which carries what earlier ones told */
  readonly withMemory: (measurement: M, memory: Memory) => M
}
