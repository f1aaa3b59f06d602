/** cache: events, reports, rankings and significance, read or computed once and kept until the record changes. */
import { rankCandidates } from '../correlate/rank.ts'
import type { CorrelateSettings } from '../correlate/settings.ts'
import { significance } from '../correlate/significance.ts'
import type { RecordSpan } from '../correlate/candidates.ts'
import { recordSpan } from '../correlate/record-span.ts'
import type { Ranking, Significance } from '../model/correlation.ts'
import type { TriggerEvent } from '../model/event.ts'
import type { KeptEvent } from '../model/history.ts'
import type { EvidenceKind, Incident } from '../model/incident.ts'
import type { Report, ReportRecord } from '../model/report.ts'
import { DAY_MS } from '../model/time.ts'
import type { StoreReader } from '../store/reader.ts'

export type RankingCache = ReturnType<typeof createRankingCache>

interface Held {
  readonly events: readonly KeptEvent[]
  readonly standing: readonly TriggerEvent[]
  readonly reports: ReportRecord | null
}

/** A cache over a reader; it belongs to it and needs no closing. */
export function createRankingCache(reader: StoreReader, settings: CorrelateSettings) {
  const held = kept(
    () => String(reader.version('record_version')),
    async (): Promise<Held> => {
      const events = await reader.events()
      const standing = events.flatMap(({ event, retractedAt }) => (retractedAt === null ? [event] : []))
      return { events, standing, reports: await reader.reportRecord() }
    },
  )
  const incidents = kept(
    () => String(reader.version('incident_version')),
    async () => (await reader.incidents({ order: 'oldest' })).map(({ incident }) => incident),
  )
  // What was measured grows all the time; from one day to the next it makes no difference.
  const versions = () =>
    `${reader.version('record_version')}.${reader.version('incident_version')}.${dayOf(reader.measured()?.lastAt)}`
  const test = (kind: EvidenceKind) => {
    let last: { readonly rests: string; readonly found: Significance } | null = null
    return kept(versions, async (): Promise<Significance | null> => {
      const ours = (await incidents()).filter((incident) => incident.kind === kind)
      const country = mostFrequent(ours.map((incident) => incident.country))
      const { standing, reports } = await held()
      const span =
        kind === 'reported' ? recordSpan(standing, reports, reader.measured()) : measuredSpan(reader)
      if (country === null || span === null) return null
      // most changes of the record, as when an outage ends, are not about anything that is tested
      const rests = JSON.stringify([country, ofSpan(span), ours.map(ofIncident), standing.map(ofEvent)])
      if (last?.rests !== rests) {
        last = { rests, found: significance(ours, standing, settings, span, { kind, country }) }
      }
      return last.found
    })
  }
  const tested = { measured: test('measured'), reported: test('reported') }
  return {
    /** all, also the retracted */
    events: async () => (await held()).events,
    reports: async (): Promise<readonly Report[]> => (await held()).reports?.reports ?? [],
    /** all that stand, oldest onset first, undated ones before */
    incidents,
    async ranking(incident: Incident): Promise<Ranking> {
      const { standing, reports } = await held()
      // without a single date there is nothing to rank, and any span does
      const span = recordSpan(standing, reports, reader.measured()) ?? { fromAt: 0, untilAt: 1 }
      return rankCandidates(incident, standing, settings, span)
    },
    /** takes a while when anything it rests on changed; `null` = there is no incident of that kind */
    significance: (kind: EvidenceKind) => tested[kind](),
  }
}

function ofSpan({ fromAt, untilAt }: RecordSpan): unknown {
  return [fromAt, dayOf(untilAt)]
}

function ofIncident(incident: Incident): unknown {
  const { country, onset, services } = incident
  return incident.kind === 'reported'
    ? [country, onset, services, incident.otherTargets, incident.regions]
    : [country, onset, services]
}

function ofEvent({ country, role, at, scheduled, services, otherTargets, regions }: TriggerEvent): unknown {
  return [country, role, at.earliestAt, at.latestAt, scheduled, services, otherTargets, regions]
}

function dayOf(at: number | undefined): number | null {
  return at === undefined ? null : Math.floor(at / DAY_MS)
}

/** Asks again only when the version moved; who asks meanwhile gets the same answer. */
function kept<T>(version: () => string, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly version: string; readonly answer: Promise<T> } | null = null
  return () => {
    const now = version()
    if (last?.version !== now) {
      const answer = ask()
      last = { version: now, answer }
      answer.catch(() => {
        if (last?.answer === answer) last = null
      })
    }
    return last.answer
  }
}

/** The time in which an outage would have been seen. */
function measuredSpan(reader: StoreReader): RecordSpan | null {
  const measured = reader.measured()
  return measured === null || measured.lastAt <= measured.fromAt
    ? null
    : { fromAt: measured.fromAt, untilAt: measured.lastAt }
}

function mostFrequent(values: readonly string[]): string | null {
  const groups = [...Map.groupBy(values, (value) => value)]
  groups.sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1))
  return groups[0]?.[0] ?? null
}
