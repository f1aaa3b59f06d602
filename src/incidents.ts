/**
 * incidents: the live link. Each change of an outage regroups the recent ones; an incident that is new is ranked against the
 * documented events at once, so that what it may have followed travels with the alert.
 */
import { rankCandidates } from './correlate/rank.ts'
import type { CorrelateSettings } from './correlate/settings.ts'
import { type IncidentSettings, groupOutages, type VantageFacts } from './detect/incidents.ts'
import { recordSpan } from './history/shelf.ts'
import type { Ranking } from './model/correlation.ts'
import type { TriggerEvent } from './model/event.ts'
import type { MeasuredIncident } from './model/incident.ts'
import type { Outage, OutageChange } from './model/outage.ts'
import type { ReportRecord } from './model/report.ts'
import type { RecordStore } from './store/record.ts'

/** Outages begun longer ago belong to incidents that are told already; open ones are kept however old. */
export const RECENT_MS = 7 * 86_400_000

/** An incident with what it may have followed. */
export interface RankedIncident {
  readonly incident: MeasuredIncident
  readonly ranking: Ranking
  /** the likeliest candidate if it is likelier than none of them */
  readonly likeliest: {
    readonly event: TriggerEvent
    readonly posterior: number
    readonly lagHours: readonly [number, number]
  } | null
}

export interface IncidentParts {
  readonly record: Pick<RecordStore, 'saveIncidents' | 'incidents'>
  readonly vantages: () => readonly VantageFacts[]
  readonly events: () => readonly TriggerEvent[]
  readonly reports: () => ReportRecord | null
  readonly grouping: () => IncidentSettings
  readonly settings: () => CorrelateSettings
  readonly now: () => number
}

export interface Incidents {
  /** Regroups with an outage as it now stands. @returns the incidents this opened, ranked */
  readonly take: (change: OutageChange) => readonly RankedIncident[]
  /** incidents with an open outage in them, ranked as the events now stand */
  readonly open: () => readonly RankedIncident[]
}

/** @param recent outages of the last days and those still open, as the store has them */
export function openIncidents(parts: IncidentParts, recent: readonly Outage[]): Incidents {
  const outages = new Map(recent.map((outage) => [outage.id, outage]))
  let current: readonly MeasuredIncident[] = []

  function regroup(): readonly string[] {
    const since = parts.now() - RECENT_MS
    for (const [id, { onsetBeforeAt, closedAt }] of outages) {
      if (closedAt !== null && onsetBeforeAt < since) outages.delete(id)
    }
    const known = parts.record
      .incidents('measured')
      .filter(({ members }) => members.some((id) => outages.has(id)))
    const grouped = groupOutages([...outages.values()], parts.vantages(), known, parts.grouping())
    parts.record.saveIncidents(grouped)
    current = grouped.incidents
    return grouped.changes.flatMap(({ kind, incident }) => (kind === 'opened' ? [incident] : []))
  }

  function rank(incident: MeasuredIncident): RankedIncident {
    const events = parts.events()
    const span = recordSpan(events, parts.reports(), { lastAt: parts.now() }) ?? { fromAt: 0, untilAt: 1 }
    const ranking = rankCandidates(incident, events, parts.settings(), span)
    const [first] = ranking.candidates
    const event = events.find(({ id }) => id === first?.event)
    const stands = first !== undefined && event !== undefined && first.posterior > (ranking.none ?? 1)
    return {
      incident,
      ranking,
      likeliest: stands ? { event, posterior: first.posterior, lagHours: first.lagHours } : null,
    }
  }

  regroup()
  return {
    take({ outage }) {
      outages.set(outage.id, outage)
      const opened = regroup()
      return current.filter(({ id }) => opened.includes(id)).map(rank)
    },
    open: () =>
      current.filter(({ members }) => members.some((id) => outages.get(id)?.closedAt === null)).map(rank),
  }
}
