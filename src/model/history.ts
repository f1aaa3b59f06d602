/** What can be asked of the record: what was blocked, when, for how long and after what. Answers are plain data. */
import type { Ranking, Significance } from './correlation.ts'
import type { EventKind, EventRole, TriggerEvent } from './event.ts'
import type { EvidenceKind, Incident } from './incident.ts'
import type { Cause, Outage, State } from './outage.ts'
import type { Report } from './report.ts'
import type { Measurement, Plan, Purpose, Unfit } from './measurement.ts'
import type { Mechanism, Outcome, Verdict } from './verdict.ts'

/** Some rows and where the next begin. Cursors are opaque, and stay right while rows are added. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  /** `null` = these were the last */
  readonly next: string | null
}

/** Overlap with [since, until); Unix ms. A missing key means any. */
export interface Span {
  readonly since?: number
  readonly until?: number
}

export interface Paging {
  readonly limit: number
  readonly after?: string
  /** by onset, or by start; newest first when left out */
  readonly order?: 'newest' | 'oldest'
}

export interface OutageQuery extends Span, Paging {
  readonly service?: string
  readonly vantage?: string
  readonly cause?: Cause
  readonly mechanism?: Mechanism
  readonly open?: boolean
}

export interface IncidentQuery extends Span, Paging {
  readonly kind?: EvidenceKind
  readonly service?: string
  readonly country?: string
}

/** Without a limit, all. Oldest onset first, unless asked otherwise. */
export interface CorrelationQuery extends Span, Partial<Paging> {
  readonly incident?: string
  readonly kind?: EvidenceKind
}

export interface TimelineQuery extends Required<Span> {
  readonly service?: string
  readonly vantage?: string
  /** intervals; an answer with more is refused with AppError usage. Left out: any number */
  readonly atMost?: number
}

export interface EventQuery extends Span, Paging {
  readonly kind?: EventKind
  readonly role?: EventRole
  readonly service?: string
  /** retracted ones too */
  readonly retracted?: boolean
}

export interface ReportQuery extends Span, Paging {
  readonly service?: string
  readonly episode?: string
}

export interface MeasurementQuery extends Required<Span>, Paging {
  readonly endpoint?: string
  /** any endpoint of this service */
  readonly service?: string
  readonly vantage?: string
  readonly outcome?: Outcome
}

/** One measurement as the small row keeps it. */
export interface MeasurementSummary {
  readonly id: string
  readonly endpoint: string
  readonly vantage: string
  readonly url: string
  readonly plan: Plan
  readonly purpose: Purpose
  readonly startedAt: number
  readonly endedAt: number
  readonly unfit: Unfit | null
  readonly verdict: Verdict | null
}

/** One change somebody made to the record; kept for ever. */
export interface AuditEntry {
  readonly id: number
  /** Unix ms */
  readonly at: number
  /** `file:<name>`, `cli:<user>`, or `token:<name>` */
  readonly by: string
  readonly action: 'added' | 'changed' | 'retracted' | 'restored'
  readonly event: string
  /** the event before and after, as JSON values; `null` = there was none */
  readonly before: TriggerEvent | null
  readonly after: TriggerEvent | null
}

/** An event with its life in the record. */
export interface KeptEvent {
  readonly event: TriggerEvent
  /** who added it, as in `AuditEntry.by` */
  readonly addedBy: string
  /** Unix ms; `null` = it stands */
  readonly retractedAt: number | null
}

/** One interval of a series: a state that held from one moment to another. Unix ms. */
export interface StateInterval {
  readonly fromAt: number
  /** `null` = it still holds */
  readonly untilAt: number | null
  readonly state: State
  readonly mechanism: Mechanism | null
  /** outage or report it comes from */
  readonly ref: string | null
}

/** The states of one service over time, ready to draw. A reported series has intervals only where somebody reported an outage; the rest is not known. */
export interface StateSeries {
  readonly kind: EvidenceKind
  readonly service: string
  /** `null` for reports: they seldom say */
  readonly vantage: string | null
  readonly intervals: readonly StateInterval[]
}

export interface History {
  readonly outages: (query: OutageQuery) => Promise<Page<Outage>>
  /** with the measurements that opened it or changed its cause, in full where they were kept */
  readonly outage: (id: string) => Promise<{
    readonly outage: Outage
    readonly incident: string | null
    readonly evidence: readonly {
      readonly summary: MeasurementSummary
      readonly measurement: Measurement | null
    }[]
  } | null>
  readonly incidents: (query: IncidentQuery) => Promise<Page<Incident>>
  readonly incident: (id: string) => Promise<{
    readonly incident: Incident
    readonly outages: readonly Outage[]
    readonly reports: readonly Report[]
    readonly ranking: Ranking
  } | null>
  readonly events: (query: EventQuery) => Promise<Page<KeptEvent>>
  readonly event: (id: string) => Promise<(KeptEvent & { readonly audit: readonly AuditEntry[] }) | null>
  readonly reports: (query: ReportQuery) => Promise<Page<Report>>
  readonly report: (id: string) => Promise<Report | null>
  /**
   * Rankings of all incidents (or one), oldest onset first, and significance over the record of each kind asked for that has
   * any; with one incident, of none.
   */
  readonly correlations: (query: CorrelationQuery) => Promise<{
    readonly incidents: readonly Ranking[]
    readonly significance: { readonly measured: Significance | null; readonly reported: Significance | null }
    /** `null` = these were the last, as they always are without a limit */
    readonly next: string | null
  }>
  readonly measurements: (query: MeasurementQuery) => Promise<Page<MeasurementSummary>>
  readonly timeline: (query: TimelineQuery) => Promise<readonly StateSeries[]>
  readonly close: () => Promise<void>
}
