/**
 * incidents: outages of several services and vantages in one country that began together.
 *
 * outages -> by country, in order of onset -> a chain whose links are at most 3 h apart -> ids kept from before -> incidents.
 *
 * Why a chain and not a window: a block is rolled out provider by provider, and where a window begins would hang on which outage was
 * seen first. Why it ends after 24 h all the same: in a bad week unrelated outages would link up without end.
 */
import { isLineFault } from '../model/outage.ts'
import type { ClosedWindow, Window } from '../model/event.ts'
import type { Grouped, MeasuredIncident } from '../model/incident.ts'
import type { Outage } from '../model/outage.ts'
import type { VantageFacts } from '../model/vantage.ts'
import { compactTime, DAY_MS, HOUR_MS } from '../model/time.ts'
import { differences, keepIds } from './ids.ts'

export interface IncidentSettings {
  /** how far apart two onsets may lie to be linked */
  readonly withinMs: number
  /** how far the last onset may lie from the first */
  readonly spanMs: number
}

export const INCIDENT_DEFAULTS: IncidentSettings = { withinMs: 3 * HOUR_MS, spanMs: DAY_MS }

/**
 * Groups measured outages. The groups depend on the outages alone, in whatever order they come; the ids also on `known`, so
 * that they outlive late data. Outages that are nobody's doing in the country (`down`, `offline`) are passed over.
 *
 * @param outages all there are, or any stretch of them with more than `spanMs` of quiet on both sides
 * @param vantages those that are watched from
 * @param known the incidents of the same stretch as they were; empty on a first run
 * @param retired vantages that were watched from before. An outage of a vantage nobody lists stays in the country of the incident
 *   that knew it, and is left out when none did.
 */
export function groupOutages(
  outages: readonly Outage[],
  vantages: readonly VantageFacts[],
  known: readonly MeasuredIncident[] = [],
  settings: IncidentSettings = INCIDENT_DEFAULTS,
  retired: readonly VantageFacts[] = [],
): Grouped<MeasuredIncident> {
  const past = pastOf(known)
  const places: Places = {
    watched: vantages.filter(({ role }) => role === 'probe'),
    byId: new Map([...retired, ...vantages].map((vantage) => [vantage.id, vantage])),
    past,
  }
  const ours = outages.filter(({ cause }) => cause !== 'down' && !isLineFault(cause))
  const byCountry = Map.groupBy(ours, ({ id, vantage }) => {
    return places.byId.get(vantage)?.country ?? past.get(id)?.country ?? NOWHERE
  })
  byCountry.delete(NOWHERE)
  const groups = [...byCountry].sort(byCode).flatMap(([country, here]) => {
    here.sort((a, b) => a.onsetBeforeAt - b.onsetBeforeAt || (a.id < b.id ? -1 : 1))
    return chain(here, settings).map((members) => ({ country, members }))
  })
  const drafts = groups.map(({ country, members }) => ({
    members: members.map(({ id }) => id),
    names: members.map(
      ({ onsetBeforeAt }) => `measured.${country.toLowerCase()}.${compactTime(onsetBeforeAt)}`,
    ),
  }))
  const { ids, changes } = keepIds(drafts, known.toSorted(byOnset))
  const incidents = groups
    .map(({ country, members }, i) => describe(ids[i]!, country, members, places))
    .sort(byOnset)
  return { incidents, changes: [...changes, ...differences(incidents, known)] }
}

/** Whom to ask about the vantages that outages name. */
interface Places {
  /** probe vantages as of now */
  readonly watched: readonly VantageFacts[]
  /** also the retired ones, and the controls */
  readonly byId: ReadonlyMap<string, VantageFacts>
  /** by outage, the incident it was a member of */
  readonly past: ReadonlyMap<string, MeasuredIncident>
}

/** No country code is empty. */
const NOWHERE = ''

function pastOf(known: readonly MeasuredIncident[]): ReadonlyMap<string, MeasuredIncident> {
  return new Map(known.flatMap((incident) => incident.members.map((member) => [member, incident] as const)))
}

function byCode([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}

function byOnset(a: MeasuredIncident, b: MeasuredIncident): number {
  return (a.onset.latestAt ?? 0) - (b.onset.latestAt ?? 0) || (a.id < b.id ? -1 : 1)
}

/**
 * Links outages in order of their first failed measurement. One whose last good measurement was long before (nobody looked in between) may
 * have begun with the others: it joins them, but links no further.
 */
function chain(sorted: readonly Outage[], { withinMs, spanMs }: IncidentSettings): Outage[][] {
  const groups: Outage[][] = []
  let firstAt = 0
  let lastAt = 0
  for (const outage of sorted) {
    const group = groups.at(-1)
    const { onsetAfterAt, onsetBeforeAt } = outage
    const mayHaveBegunAt = onsetAfterAt ?? onsetBeforeAt
    if (group !== undefined && mayHaveBegunAt - lastAt <= withinMs && mayHaveBegunAt - firstAt <= spanMs) {
      group.push(outage)
      if (onsetBeforeAt - lastAt <= withinMs && onsetBeforeAt - firstAt <= spanMs) lastAt = onsetBeforeAt
    } else {
      groups.push([outage])
      firstAt = onsetBeforeAt
      lastAt = onsetBeforeAt
    }
  }
  return groups
}

function describe(id: string, country: string, members: readonly Outage[], places: Places): MeasuredIncident {
  const affected = distinct(members.map(({ vantage }) => vantage))
  return {
    id,
    kind: 'measured',
    country,
    onset: onsetOf(members),
    end: endOf(members),
    services: distinct(members.flatMap(({ service }) => (service === null ? [] : [service]))),
    members: members.map((member) => member.id),
    vantages: affected,
    vantagesWatched: watchedOf(country, members, affected, places),
    asns: asnsOf(members, affected, places),
    causes: distinct(members.map(({ cause }) => cause)),
    mechanisms: distinct(members.flatMap(({ mechanism }) => (mechanism === null ? [] : [mechanism]))),
  }
}

/** As many as there were when the last of its outages joined: what is configured later says nothing about then. */
function watchedOf(
  country: string,
  members: readonly Outage[],
  affected: readonly string[],
  { watched, past }: Places,
): number {
  const before = members.map(({ id }) => past.get(id)?.vantagesWatched ?? null)
  if (before.every((n) => n !== null)) return Math.max(...before)
  const here = watched.filter((vantage) => vantage.country === country)
  return new Set([...here.map(({ id }) => id), ...affected]).size
}

/** Of a vantage nobody lists, only its incident still knows the network. */
function asnsOf(members: readonly Outage[], affected: readonly string[], { byId, past }: Places): number[] {
  const listed = affected.flatMap((vantage) => byId.get(vantage)?.asn ?? [])
  const remembered = members.flatMap(({ id, vantage }) =>
    byId.has(vantage) ? [] : (past.get(id)?.asns ?? []),
  )
  return [...new Set([...listed, ...remembered])].sort((a, b) => a - b)
}

/** Between the first measurement that failed and the last one before it that was fine, wherever among the members that was. */
function onsetOf(members: readonly Outage[]): Window {
  const latestAt = Math.min(...members.map(({ onsetBeforeAt }) => onsetBeforeAt))
  const fine = members.flatMap(({ onsetAfterAt }) =>
    onsetAfterAt !== null && onsetAfterAt <= latestAt ? [onsetAfterAt] : [],
  )
  return { earliestAt: fine.length === 0 ? null : Math.max(...fine), latestAt }
}

/** Where the last member ended; open while any of them is. */
function endOf(members: readonly Outage[]): Window {
  const ends = members.flatMap(({ endAfterAt, endBeforeAt }): ClosedWindow[] =>
    endAfterAt === null || endBeforeAt === null ? [] : [{ earliestAt: endAfterAt, latestAt: endBeforeAt }],
  )
  return {
    earliestAt: ends.length === 0 ? null : Math.max(...ends.map(({ earliestAt }) => earliestAt)),
    latestAt: ends.length < members.length ? null : Math.max(...ends.map(({ latestAt }) => latestAt)),
  }
}

function distinct<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort()
}
