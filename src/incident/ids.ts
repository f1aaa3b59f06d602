/**
 * incident-ids: gives groups of outages the ids they had before, and says what became of the incidents that were known.
 *
 * An id is made from a member when an incident is first seen, and stays with that member. So the same data in the same order
 * gives the same ids, and late data that joins, splits or extends incidents renames none.
 */
import type { Incident, IncidentChange } from '../model/incident.ts'

/** A group that has no id yet. */
export interface Draft {
  /** outage or report ids, the earliest first */
  readonly members: readonly string[]
  /** for each member, the id an incident would have that it is the earliest of */
  readonly names: readonly string[]
}

export interface Named {
  /** one per draft, in the order of the drafts */
  readonly ids: readonly string[]
  /** merges, splits and ends; what merely opened or changed is for the caller, who sees the whole incident */
  readonly changes: readonly IncidentChange[]
}

/**
 * A known id goes to the group that would be given it anew, else to the one that holds the member it was made from, else to the
 * one with most of its members. Where several go to one group, the first in `known` stays and takes in the others.
 *
 * Names are cut to the second, so a name alone does not tell a member: another that began in the same second may lie elsewhere.
 *
 * @param known incidents as they were, the oldest first
 */
export function keepIds(drafts: readonly Draft[], known: readonly Pick<Incident, 'id' | 'members'>[]): Named {
  const claims = drafts.map((): string[] => [])
  const gone: IncidentChange[] = []
  for (const { id, members } of known) {
    const home = homeOf(id, members, drafts)
    if (home === -1) gone.push({ kind: 'gone', incident: id, others: [] })
    else claims[home]!.push(id)
  }
  const ids = drafts.map(({ names }, i) => claims[i]![0] ?? names[0]!)
  const merged = ids.flatMap((id, i): IncidentChange[] =>
    claims[i]!.length > 1 ? [{ kind: 'merged', incident: id, others: claims[i]!.slice(1) }] : [],
  )
  const split = known.flatMap(({ id, members }): IncidentChange[] => {
    const home = claims.findIndex((claim) => claim.includes(id))
    const others = drafts.flatMap((draft, i) =>
      i !== home && claims[i]!.length === 0 && draft.members.some((member) => members.includes(member))
        ? [ids[i]!]
        : [],
    )
    return others.length > 0 ? [{ kind: 'split', incident: id, others }] : []
  })
  return { ids, changes: [...merged, ...split, ...gone] }
}

function homeOf(id: string, members: readonly string[], drafts: readonly Draft[]): number {
  const anew = drafts.findIndex(({ names }) => names[0] === id)
  if (anew !== -1) return anew
  const byMember = drafts.findIndex((draft) =>
    draft.names.some((name, i) => name === id && members.includes(draft.members[i]!)),
  )
  if (byMember !== -1) return byMember
  const shared = drafts.map((draft) => draft.members.filter((member) => members.includes(member)).length)
  const most = Math.max(0, ...shared)
  return most === 0 ? -1 : shared.indexOf(most)
}

/** What is new about each incident: opened, or no longer what it was. */
export function differences(now: readonly Incident[], known: readonly Incident[]): IncidentChange[] {
  const before = new Map(known.map((incident) => [incident.id, incident]))
  return now.flatMap((incident): IncidentChange[] => {
    const was = before.get(incident.id)
    if (was === undefined) return [{ kind: 'opened', incident: incident.id, others: [] }]
    return JSON.stringify(was) === JSON.stringify(incident)
      ? []
      : [{ kind: 'changed', incident: incident.id, others: [] }]
  })
}
