/**
 * history: answers what was blocked, when, for how long and after what.
 *
 *     tables ─► reader ─┬─► pages, series of states, evidence
 *                       └─► cache (rankings, significance; kept until the record changes)
 *
 * This one works in the thread that calls it. The daemon asks through thread.ts, so that no query holds up the stopwatch.
 */
import type { CorrelateSettings } from '../correlate/settings.ts'
import { AppError } from '../model/error.ts'
import type { History, MeasurementSummary, Page, StateSeries } from '../model/history.ts'
import type { EvidenceKind, Incident } from '../model/incident.ts'
import { MINUTE_MS } from '../model/time.ts'
import type { MeasurementFilter } from '../store/measurements/read.ts'
import { openStoreReadOnly, type StoreReader } from '../store/reader.ts'
import type { StoredMeasurement } from '../store/measurements/stored.ts'
import { extentOf } from '../model/extent.ts'
import { pageOf, searched } from './paging.ts'
import { listing } from './listing.ts'
import { createRankingCache, type RankingCache } from './ranking-cache.ts'
import { measuredSeries, reportedSeries } from './timeline.ts'

export interface HistoryOptions {
  /** the store's file */
  readonly path: string
  readonly correlate: CorrelateSettings
  /** how long after the last measurement the states it left are held to stand; default 15 min */
  readonly silentAfterMs?: number
}

const SILENT_AFTER_MS = 15 * MINUTE_MS

/**
 * Opens the history of a store, beside a running daemon or without one.
 *
 * @returns answers that reject with AppError usage when a cursor is not one
 * @throws AppError not_found, store_newer, store_damaged, config_invalid, usage
 */
export function openHistory(options: HistoryOptions): History {
  const reader = openStoreReadOnly(options.path)
  const cache = createRankingCache(reader, options.correlate)
  return {
    ...outages(reader),
    ...incidents(reader, cache),
    ...documented(reader, cache),
    async measurements(query: MeasurementFilter) {
      const { rows, next } = await reader.measurements(query)
      return { rows: rows.map(summaryOf), next }
    },
    async timeline({ atMost = Infinity, ...query }) {
      const { until, vantage } = query
      const { silentAfterMs = SILENT_AFTER_MS } = options
      const lastAt = reader.measured()?.lastAt ?? null
      const knownUntilAt = lastAt === null || until <= lastAt + silentAfterMs ? null : lastAt
      const changes = await reader.states(query)
      const reports = vantage === undefined ? await cache.reports() : []
      const rows = [
        ...changes.map((ofOne) => measuredSeries(ofOne, query, knownUntilAt)),
        ...reportedSeries(reports, query),
      ].filter(({ intervals }) => intervals.length > 0)
      refuseMoreThan(atMost, rows)
      return rows
    },
    async close() {
      reader.close()
    },
  }
}

function refuseMoreThan(atMost: number, rows: readonly StateSeries[]): void {
  const count = rows.reduce((sum, { intervals }) => sum + intervals.length, 0)
  if (count <= atMost) return
  throw new AppError(
    'usage',
    `this time range has ${count} intervals, and at most ${atMost} are returned at once; ask for a shorter range, for one service or for one vantage`,
    { field: 'since' },
  )
}

function outages(reader: StoreReader): Pick<History, 'outages' | 'outage'> {
  return {
    async outages(query) {
      return pageOf(await reader.outages(searched(query)), query.limit, {
        placed: ({ onsetBeforeAt, id }) => ({ at: onsetBeforeAt, id }),
        row: (outage) => outage,
      })
    },
    async outage(id) {
      const outage = await reader.outage(id)
      if (outage === null) return null
      const found = await Promise.all(outage.evidence.map((measurement) => reader.measurement(measurement)))
      const evidence = found.flatMap((stored) =>
        stored === null ? [] : [{ summary: summaryOf(stored.summary), measurement: stored.measurement }],
      )
      return { outage, incident: await reader.incidentOf(id), evidence }
    },
  }
}

function incidents(
  reader: StoreReader,
  cache: RankingCache,
): Pick<History, 'incidents' | 'incident' | 'correlations'> {
  const page: History['incidents'] = async (query) =>
    pageOf(await reader.incidents(searched(query)), query.limit, {
      placed: ({ startAt, incident }) => ({ at: startAt, id: incident.id }),
      row: ({ incident }) => incident,
    })
  return {
    incidents: page,
    async incident(id) {
      const incident = await reader.incident(id)
      if (incident === null) return null
      const members = new Set(incident.members)
      const all = incident.kind === 'reported' ? await cache.reports() : []
      return {
        incident,
        outages: incident.kind === 'measured' ? await reader.outagesById(incident.members) : [],
        reports: all.filter((report) => members.has(report.id)),
        ranking: await cache.ranking(incident),
      }
    },
    async correlations({ incident: wanted, limit, after, order = 'oldest', ...query }) {
      const { kind } = query
      const wantedPage = async (): Promise<Page<Incident>> => {
        if (wanted === undefined && limit !== undefined) {
          return page({ ...query, limit, order, ...(after !== undefined && { after }) })
        }
        const all =
          wanted === undefined
            ? (await reader.incidents({ ...query, order })).map(({ incident }) => incident)
            : [(await reader.incident(wanted)) ?? []].flat()
        return { rows: all.filter((incident) => kind === undefined || incident.kind === kind), next: null }
      }
      const { rows, next } = await wantedPage()
      // it is about all incidents of a kind, and dear: who asks for one incident does not ask for it
      const test = (of: EvidenceKind) =>
        wanted === undefined && (kind === undefined || kind === of) ? cache.significance(of) : null
      return {
        incidents: await Promise.all(rows.map((incident) => cache.ranking(incident))),
        significance: { measured: await test('measured'), reported: await test('reported') },
        next,
      }
    },
  }
}

function documented(
  reader: StoreReader,
  cache: RankingCache,
): Pick<History, 'events' | 'event' | 'reports' | 'report'> {
  return {
    async events({ kind, role, service, retracted = false, ...span }) {
      const wanted = (await cache.events()).filter(
        ({ event, retractedAt }) =>
          (retracted || retractedAt === null) &&
          (kind === undefined || event.kind === kind) &&
          (role === undefined || event.role === role) &&
          (service === undefined || event.services.includes(service)),
      )
      return listing(
        wanted.map((row) => ({ id: row.event.id, row, ...extentOf('reported', row.event.at, NOWHEN) })),
        span,
      )
    },
    async event(id) {
      const found = (await cache.events()).find(({ event }) => event.id === id)
      return found === undefined ? null : { ...found, audit: await reader.audit(id) }
    },
    async reports({ service, episode, ...span }) {
      const wanted = (await cache.reports()).filter(
        (report) =>
          (service === undefined || report.services.includes(service)) &&
          (episode === undefined || report.episode === episode),
      )
      return listing(
        wanted.map((row) => ({ id: row.id, row, ...extentOf('reported', row.onset, row.end) })),
        span,
      )
    },
    async report(id) {
      return (await cache.reports()).find((report) => report.id === id) ?? null
    },
  }
}

const NOWHEN = { earliestAt: null, latestAt: null }

function summaryOf(row: StoredMeasurement): MeasurementSummary {
  const { id, endpoint, vantage, url, plan, purpose, startedAt, endedAt, unfit, verdict } = row
  return { id, endpoint, vantage, url, plan, purpose, startedAt, endedAt, unfit, verdict }
}
