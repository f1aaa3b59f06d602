/**
 * incidents: the live link. Each change of an outage regroups the recent ones; an incident that is new is ranked against the
 * documented events at once, so that what it may have followed travels with the alert.
 *
 * Incidents are held, and let go of, whole: while one member is recent or open, all are at hand, or the incident would be written
 * back without the others.
 */
import { rankCandidates } from '../correlate/rank.ts'
import type { CorrelateSettings } from '../correlate/settings.ts'
import { type IncidentSettings, groupOutages } from '../incident/group.ts'
import { recordSpan } from '../history/ranking-cache.ts'
import type { Ranking } from '../model/correlation.ts'
import type { TriggerEvent } from '../model/event.ts'
import type { MeasuredIncident } from '../model/incident.ts'
import type { Outage, OutageChange } from '../model/outage.ts'
import type { ReportRecord } from '../model/report.ts'
import type { VantageFacts } from '../model/vantage.ts'
import { DAY_MS } from '../model/time.ts'
import type { StoreReader } from '../store/reader.ts'
import type { RecordStore } from '../store/catalog/record.ts'

/** What was over longer ago than this changes no more. */
const RECENT_MS = 7 * DAY_MS

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
  readonly record: Pick<RecordStore, 'saveIncidents' | 'incidentsOf' | 'saveVantages' | 'vantages'>
  /** those that are configured now */
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
  /** outages that are open, each with the incident it belongs to */
  readonly outages: () => readonly { readonly outage: Outage; readonly incident: string | null }[]
}

/** What `openIncidents` has to know at a start: outages that are open or lately were, and all others of their incidents. */
export async function recentOutages(
  store: Pick<StoreReader, 'outages' | 'outagesById'>,
  record: Pick<RecordStore, 'incidentsOf'>,
  now: number,
): Promise<readonly Outage[]> {
  const recent = await store.outages({ since: now - RECENT_MS })
  const ids = new Set(recent.map(({ id }) => id))
  const others = record
    .incidentsOf([...ids])
    .flatMap(({ members }) => members.filter((member) => !ids.has(member)))
  return [...recent, ...(await store.outagesById(others))]
}

/** @param recent what `recentOutages` found */
export function openIncidents(parts: IncidentParts, recent: readonly Outage[]): Incidents {
  const outages = new Map(recent.map((outage) => [outage.id, outage]))
  let current = parts.record.incidentsOf([...outages.keys()])
  let everywhere = parts.record.vantages()

  /** Keeps where the vantages are, before one of them is configured no more. */
  function place(): { readonly watched: readonly VantageFacts[]; readonly retired: readonly VantageFacts[] } {
    const watched = parts.vantages().map(({ id, role, country, asn }) => ({ id, role, country, asn }))
    const known = new Set(everywhere.map((facts) => JSON.stringify(facts)))
    if (!watched.every((facts) => known.has(JSON.stringify(facts)))) {
      parts.record.saveVantages(watched)
      everywhere = parts.record.vantages()
    }
    return { watched, retired: everywhere.filter(({ id }) => !watched.some((vantage) => vantage.id === id)) }
  }

  /** @returns the incidents this opened */
  function regroup(): readonly MeasuredIncident[] {
    const { watched, retired } = place()
    const grouped = groupOutages([...outages.values()], watched, current, parts.grouping(), retired)
    parts.record.saveIncidents(grouped)
    current = grouped.incidents
    letGo()
    const opened = new Set(
      grouped.changes.flatMap(({ kind, incident }) => (kind === 'opened' ? [incident] : [])),
    )
    return grouped.incidents.filter(({ id }) => opened.has(id))
  }

  /** Forgets outages that are long over and in no incident that goes on. */
  function letGo(): void {
    const since = parts.now() - RECENT_MS
    const isPast = ({ closedAt }: Outage) => closedAt !== null && closedAt < since
    const goesOn = ({ members }: MeasuredIncident) => members.some((id) => !isPast(outages.get(id)!))
    current = current.filter(goesOn)
    const held = new Set(current.flatMap(({ members }) => members))
    for (const outage of outages.values()) {
      if (isPast(outage) && !held.has(outage.id)) outages.delete(outage.id)
    }
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
      return regroup().map(rank)
    },
    outages() {
      const memberOf = new Map(current.flatMap(({ id, members }) => members.map((member) => [member, id])))
      return [...outages.values()]
        .filter(({ closedAt }) => closedAt === null)
        .map((outage) => ({ outage, incident: memberOf.get(outage.id) ?? null }))
    },
    open: () =>
      current.filter(({ members }) => members.some((id) => outages.get(id)?.closedAt === null)).map(rank),
  }
}
