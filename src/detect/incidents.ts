/**
 * incidents: outages of several services and vantages in one country that began together.
 *
 * outages -> by country, in order of onset -> a chain whose links are at most 3 h apart -> ids kept from before -> incidents.
 *
 * Why a chain and not a window: a block is rolled out provider by provider, and where a window begins would hang on which outage was
 * seen first. Why it ends after 24 h all the same: in a bad week unrelated outages would link up without end.
 */
import type { ClosedWindow, Window } from '../model/event.ts'
import type { Grouped, MeasuredIncident } from '../model/incident.ts'
import type { Outage } from '../model/outage.ts'
import type { Vantage } from '../model/vantage.ts'
import { differences, keepIds } from './incident-ids.ts'

export interface IncidentSettings {
  /** how far apart two onsets may lie to be linked */
  readonly withinMs: number
  /** how far the last onset may lie from the first */
  readonly spanMs: number
}

export const INCIDENT_DEFAULTS: IncidentSettings = { withinMs: 3 * 3_600_000, spanMs: 24 * 3_600_000 }

export type VantageFacts = Pick<Vantage, 'id' | 'role' | 'country' | 'asn'>

/**
 * Groups measured outages. The groups depend on the outages alone, in whatever order they come; the ids also on `known`, so
 * that they outlive late data. Outages that are nobody's doing in the country (`down`, `offline`) are passed over.
 *
 * @param outages all there are, or any stretch of them with more than `spanMs` of quiet on both sides
 * @param vantages every vantage the outages name, with the retired ones; outages of others cannot be placed and are left out
 * @param known the incidents of the same stretch as they were, oldest first; empty on a first run
 */
export function groupOutages(
  outages: readonly Outage[],
  vantages: readonly VantageFacts[],
  known: readonly MeasuredIncident[] = [],
  settings: IncidentSettings = INCIDENT_DEFAULTS,
): Grouped<MeasuredIncident> {
  const byId = new Map(vantages.map((vantage) => [vantage.id, vantage]))
  const countries = [...new Set(vantages.map(({ country }) => country))].sort()
  const groups = countries.flatMap((country) => {
    const here = outages
      .filter((o) => o.cause !== 'down' && o.cause !== 'offline' && byId.get(o.vantage)?.country === country)
      .sort((a, b) => a.onsetBeforeAt - b.onsetBeforeAt || (a.id < b.id ? -1 : 1))
    return chain(here, settings).map((members) => ({ country, members }))
  })
  const drafts = groups.map(({ country, members }) => ({
    members: members.map(({ id }) => id),
    names: members.map(({ onsetBeforeAt }) => `measured.${country.toLowerCase()}.${compact(onsetBeforeAt)}`),
  }))
  const { ids, changes } = keepIds(drafts, known)
  const incidents = groups
    .map(({ country, members }, i) => describe(ids[i]!, country, members, byId))
    .sort((a, b) => a.onset.latestAt - b.onset.latestAt || (a.id < b.id ? -1 : 1))
  return { incidents, changes: [...changes, ...differences(incidents, known)] }
}

/**
 * Links outages in order of their first failed look. One whose last good look was long before (nobody looked in between) may
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

function describe(
  id: string,
  country: string,
  members: readonly Outage[],
  vantages: ReadonlyMap<string, VantageFacts>,
): MeasuredIncident & { onset: { latestAt: number } } {
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
    vantagesWatched: [...vantages.values()].filter((v) => v.country === country && v.role === 'probe').length,
    asns: [...new Set(affected.flatMap((vantage) => vantages.get(vantage)?.asn ?? []))].sort((a, b) => a - b),
    causes: distinct(members.map(({ cause }) => cause)),
    mechanisms: distinct(members.flatMap(({ mechanism }) => (mechanism === null ? [] : [mechanism]))),
  }
}

/** Between the first look that failed and the last one before it that was fine, wherever among the members that was. */
function onsetOf(members: readonly Outage[]): Window & { latestAt: number } {
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

/** 20150528T050000Z */
function compact(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+|[-:]/g, '')
}
