/**
 * incident-reports: reported outages of one episode, as one incident.
 *
 * An episode is what those who gathered the reports held to be one thing; it is split where onsets lie more than three days apart.
 */
import type { Window } from '../model/event.ts'
import type { Grouped, ReportedIncident } from '../model/incident.ts'
import type { Report } from '../model/report.ts'
import { DAY_MS } from '../model/time.ts'
import { differences, keepIds } from './ids.ts'

const APART_MS = 3 * DAY_MS

/**
 * Groups reports by country and episode.
 *
 * @param known the incidents as they were, oldest first; empty on a first run
 * @returns incidents by onset, those without one first
 */
export function groupReports(
  reports: readonly Report[],
  known: readonly ReportedIncident[] = [],
): Grouped<ReportedIncident> {
  const episodes = Map.groupBy(reports, ({ country, episode }) => `${country} ${episode}`)
  const groups = [...episodes.values()].flatMap((episode) => split(episode))
  const drafts = groups.map((members) => {
    const memberIds = members.map(({ id }) => id)
    return { members: memberIds, names: memberIds.map((id) => `reported.${id}`) }
  })
  const { ids, changes } = keepIds(drafts, known)
  const incidents = groups
    .map((members, i) => describe(ids[i]!, members))
    .sort((a, b) => startOf(a.onset) - startOf(b.onset) || (a.id < b.id ? -1 : 1))
  return { incidents, changes: [...changes, ...differences(incidents, known)] }
}

/** In order of onset, apart where the gap between one window and the next is too long. Undated ones go with the last that had begun. */
function split(episode: readonly Report[]): Report[][] {
  const dated = episode.filter(({ onset }) => onset.earliestAt !== null).sort(byOnset)
  const parts: { members: Report[]; beganAt: number; untilAt: number }[] = []
  for (const report of dated) {
    const beganAt = report.onset.earliestAt!
    const untilAt = report.onset.latestAt ?? beganAt
    const part = parts.at(-1)
    if (part === undefined || beganAt - part.untilAt > APART_MS)
      parts.push({ members: [report], beganAt, untilAt })
    else {
      part.members.push(report)
      part.untilAt = Math.max(part.untilAt, untilAt)
    }
  }
  for (const report of episode.filter(({ onset }) => onset.earliestAt === null).sort(byOnset)) {
    const latestAt = report.onset.latestAt ?? -Infinity
    const part = parts.findLast(({ beganAt }) => beganAt <= latestAt) ?? parts[0]
    if (part === undefined) parts.push({ members: [report], beganAt: Infinity, untilAt: Infinity })
    else part.members.push(report)
  }
  return parts.map(({ members }) => members)
}

function byOnset(a: Report, b: Report): number {
  return startOf(a.onset) - startOf(b.onset) || startOf(a.end) - startOf(b.end) || (a.id < b.id ? -1 : 1)
}

function startOf(window: Window): number {
  return window.earliestAt ?? window.latestAt ?? 0
}

function describe(id: string, members: readonly Report[]): ReportedIncident {
  return {
    id,
    kind: 'reported',
    country: members[0]!.country,
    episode: members[0]!.episode,
    onset: onsetOf(members),
    end: endOf(members),
    services: distinct(members.flatMap(({ services }) => services)),
    otherTargets: distinct(members.flatMap(({ otherTargets }) => otherTargets)),
    members: members.map((member) => member.id),
    // one member that hit the whole country makes it national
    regions: members.some(({ regions }) => regions.length === 0)
      ? []
      : distinct(members.flatMap(({ regions }) => regions)),
    modes: distinct(members.map(({ mode }) => mode)),
    isps: distinct(members.flatMap(({ isps }) => isps)),
    documentedTriggers: distinct(members.flatMap(({ documentedTrigger }) => documentedTrigger ?? [])),
    documentedReleases: distinct(members.flatMap(({ documentedRelease }) => documentedRelease ?? [])),
  }
}

/**
 * When the first of them began: it cannot have been before the earliest of all windows opens, nor after the first of them closes. A
 * report that does not say since when is no help with that, and sets no bound unless there is no other.
 */
function onsetOf(members: readonly Report[]): Window {
  const opens = members.flatMap(({ onset }) => (onset.latestAt === null ? [] : (onset.earliestAt ?? [])))
  const closes = members.flatMap(({ onset }) =>
    opens.length > 0 && onset.earliestAt === null ? [] : (onset.latestAt ?? []),
  )
  return {
    earliestAt: opens.length === 0 ? null : Math.min(...opens),
    latestAt: closes.length === 0 ? null : Math.min(...closes),
  }
}

function endOf(members: readonly Report[]): Window {
  const opens = members.flatMap(({ end }) => end.earliestAt ?? [])
  const closes = members.flatMap(({ end }) => end.latestAt ?? [])
  return {
    earliestAt: opens.length === 0 ? null : Math.max(...opens),
    latestAt: closes.length < members.length ? null : Math.max(...closes),
  }
}

function distinct<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort()
}
