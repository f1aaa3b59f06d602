/** reader: everything that can be asked, over a connection of its own that cannot write. */
import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { AuditEntry, KeptEvent } from '../model/history.ts'
import type { Incident } from '../model/incident.ts'
import type { Measurement } from '../model/measurement.ts'
import type { Outage } from '../model/outage.ts'
import type { ReportRecord } from '../model/report.ts'
import { openToRead } from './file/connection.ts'
import { openNames } from './measurements/names.ts'
import { unpack } from './measurements/packed.ts'
import { type CountFilter, type HourCount, readCounts } from './measurements/read-counts.ts'
import {
  type IncidentFilter,
  type PlacedIncident,
  readIncident,
  readIncidentOf,
  readIncidents,
} from './outages/read-incidents.ts'
import {
  type MeasurementFilter,
  type MeasurementPage,
  readMeasurement,
  readMeasurements,
} from './measurements/read.ts'
import { type OutageFilter, readOutages, readOutagesById } from './outages/read.ts'
import { readAudit, readEvents, readReportRecord } from './catalog/read-record.ts'
import { type StateFilter, type StateChanges, readStates } from './outages/read-states.ts'
import type { StoredMeasurement } from './measurements/stored.ts'
import { type VersionKey, openVersions } from './file/versions.ts'

/** Sees what is committed, never what is still queued. */
export interface StoreReader {
  readonly outages: (filter: OutageFilter) => Promise<Outage[]>
  readonly outage: (id: string) => Promise<Outage | null>
  /** those there are, the earliest onset first */
  readonly outagesById: (ids: readonly string[]) => Promise<Outage[]>
  /** `measurement` is `null` where only the small row was kept */
  readonly measurement: (
    id: string,
  ) => Promise<{ readonly summary: StoredMeasurement; readonly measurement: Measurement | null } | null>
  readonly measurements: (filter: MeasurementFilter) => Promise<MeasurementPage>
  readonly counts: (filter: CountFilter) => Promise<HourCount[]>
  /** all events by id, also the retracted */
  readonly events: () => Promise<KeptEvent[]>
  readonly audit: (event: string) => Promise<AuditEntry[]>
  readonly reportRecord: () => Promise<ReportRecord | null>
  readonly incidents: (filter: IncidentFilter) => Promise<PlacedIncident[]>
  /** the one that took it in, when it merged */
  readonly incident: (id: string) => Promise<Incident | null>
  /** id of the incident an outage or report is a member of */
  readonly incidentOf: (member: string) => Promise<string | null>
  readonly states: (filter: StateFilter) => Promise<StateChanges[]>
  /** when measuring began, to the hour, and when the last saved measurement began; Unix ms; `null` = nothing is saved */
  readonly measured: () => { readonly fromAt: number; readonly lastAt: number } | null
  readonly version: (key: VersionKey) => number
  /** The detector's state by vantage, JSON as it was saved. */
  readonly loadDetector: () => Promise<Record<string, string>>
  /** Quick enough for every scrape. */
  readonly sizes: () => {
    readonly measurements: number
    readonly outages: number
    readonly bytes: number
    readonly walBytes: number
  }
  readonly close: () => void
}

/**
 * Opens a store to ask it, beside a running daemon or without one.
 *
 * @throws AppError not_found, usage, store_newer, store_damaged, config_invalid
 */
export function openStoreReadOnly(path: string): StoreReader {
  const missing = `There is no store at ${path}. Start the daemon once to make it, or name the right file in the configuration.`
  return openToRead(path, missing, (db) => reader(db, path))
}

function reader(db: Database, path: string): StoreReader {
  const names = openNames(db)
  const counted = db.prepare<[], { measurements: number; outages: number }>(
    'select (select coalesce(sum(n), 0) from stretch) as measurements, (select count(*) from outage) as outages',
  )
  const measured = db.prepare<[], { fromAt: number | null; lastAt: number | null }>(
    `select (select min(hour_at) from cell) as fromAt,
            (select started_at from measurement where seq = (select max(seq) from measurement)) as lastAt`,
  )
  const detectors = db.prepare<[], { vantage: string; state: Buffer }>(
    'select vantage, state from detector order by vantage',
  )
  return {
    outages: async (filter) => readOutages(db, filter),
    outage: async (id) => readOutagesById(db, [id])[0] ?? null,
    outagesById: async (ids) => readOutagesById(db, ids),
    measurement: async (id) => readMeasurement(db, names, id),
    measurements: async (filter) => readMeasurements(db, names, filter),
    counts: async (filter) => readCounts(db, filter),
    events: async () => readEvents(db),
    audit: async (event) => readAudit(db, event),
    reportRecord: async () => readReportRecord(db),
    incidents: async (filter) => readIncidents(db, filter),
    incident: async (id) => readIncident(db, id),
    incidentOf: async (member) => readIncidentOf(db, member),
    states: async (filter) => readStates(db, filter),
    measured() {
      const { fromAt, lastAt } = measured.get()!
      return fromAt === null || lastAt === null ? null : { fromAt, lastAt }
    },
    version: openVersions(db),
    async loadDetector() {
      return Object.fromEntries(detectors.all().map(({ vantage, state }) => [vantage, unpack(state)]))
    },
    sizes: () => ({
      ...counted.get()!,
      bytes:
        Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true })),
      walBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
    }),
    close: () => {
      db.close()
    },
  }
}
