/**
 * incidents: each change of an outage regroups the recent ones; an incident that is new is ranked against the documented events at
 * once, so that what it may have followed travels with the alert. Pure.
 *
 * Incidents are held, and let go of, whole: while one member is recent or open, all are at hand, or the incident would be written
 * back without the others.
 */
import { recordSpan } from '../correlate/record-span.ts'
import { rankCandidates } from '../correlate/rank.ts'
import { groupOutages } from '../incident/group.ts'
import type { RankedIncident } from '../model/correlation.ts'
import type { Grouped, MeasuredIncident } from '../model/incident.ts'
import type { Outage } from '../model/outage.ts'
import { DAY_MS } from '../model/time.ts'
import type { IncidentWorld } from './types.ts'

/** What was over longer ago than this changes no more. */
export const RECENT_MS = 7 * DAY_MS

/** An open outage, and the incident it belongs to. */
export interface OutageInIncident {
  readonly outage: Outage
  readonly incident: string | null
}

export interface Incidents {
  /** Regroups with outages as they now stand. @returns what to save, and the incidents this opened, ranked */
  readonly regroup: (
    changed: readonly Outage[],
    at: number,
  ) => { readonly grouped: Grouped<MeasuredIncident>; readonly opened: readonly RankedIncident[] }
  /** incidents with an open outage in them, ranked as the events now stand */
  readonly open: (at: number) => readonly RankedIncident[]
  /** outages that are open */
  readonly outages: () => readonly OutageInIncident[]
}

/**
 * @param world asked each time, since events and configuration change
 * @param recent outages that are open or lately were, and all others of their incidents
 * @param standing the incidents those are in
 */
export function createIncidents(
  world: () => IncidentWorld,
  recent: readonly Outage[],
  standing: readonly MeasuredIncident[],
): Incidents {
  const outages = new Map(recent.map((outage) => [outage.id, outage]))
  let current = standing

  /** Forgets outages that are long over and in no incident that goes on. */
  function letGo(at: number): void {
    const isPast = ({ closedAt }: Outage) => closedAt !== null && closedAt < at - RECENT_MS
    const goesOn = ({ members }: MeasuredIncident) => members.some((id) => !isPast(outages.get(id)!))
    current = current.filter(goesOn)
    const held = new Set(current.flatMap(({ members }) => members))
    for (const outage of outages.values()) {
      if (isPast(outage) && !held.has(outage.id)) outages.delete(outage.id)
    }
  }

  function rank(incident: MeasuredIncident, at: number): RankedIncident {
    const { events, reports, settings } = world()
    const span = recordSpan(events, reports, { lastAt: at }) ?? { fromAt: 0, untilAt: 1 }
    const ranking = rankCandidates(incident, events, settings, span)
    const [first] = ranking.candidates
    const event = events.find(({ id }) => id === first?.event)
    const stands = first !== undefined && event !== undefined && first.posterior > (ranking.none ?? 1)
    return {
      incident,
      ranking,
      likeliest: stands ? { event, posterior: first.posterior, lagHours: first.lagHours } : null,
    }
  }

  return {
    regroup(changed, at) {
      for (const outage of changed) outages.set(outage.id, outage)
      const { vantages, retired, grouping } = world()
      const grouped = groupOutages([...outages.values()], vantages, current, grouping, retired)
      current = grouped.incidents
      letGo(at)
      const opened = new Set(
        grouped.changes.flatMap(({ kind, incident }) => (kind === 'opened' ? [incident] : [])),
      )
      const fresh = grouped.incidents.filter(({ id }) => opened.has(id))
      return { grouped, opened: fresh.map((incident) => rank(incident, at)) }
    },
    open: (at) =>
      current
        .filter(({ members }) => members.some((id) => outages.get(id)?.closedAt === null))
        .map((incident) => rank(incident, at)),
    outages() {
      const memberOf = new Map(current.flatMap(({ id, members }) => members.map((member) => [member, id])))
      return [...outages.values()]
        .filter(({ closedAt }) => closedAt === null)
        .map((outage) => ({ outage, incident: memberOf.get(outage.id) ?? null }))
    },
  }
}
