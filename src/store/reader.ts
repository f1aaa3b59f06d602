/** reader: everything that can be asked, over a connection of its own that cannot write. */
import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import type { Outage } from '../model/outage.ts'
import { openToRead } from './file/connection.ts'
import { createNames } from './measurements/names.ts'
import { unpack } from './measurements/packed.ts'
import { type CountFilter, readCounts } from './measurements/read-counts.ts'
import { type IncidentFilter, readIncident, readIncidentOf, readIncidents } from './outages/read-incidents.ts'
import { type MeasurementFilter, readMeasurement, readMeasurements } from './measurements/read.ts'
import { type OutageFilter, readOutages, readOutagesById } from './outages/read.ts'
import { readAudit, readEvents, readReportRecord } from './catalog/read-record.ts'
import { type StateFilter, readStates } from './outages/read-states.ts'
import { createVersions } from './file/versions.ts'

/** Sees what is committed, never what is still queued. */
export type StoreReader = ReturnType<typeof reader>

/**
 * Opens a store to ask it, beside a running daemon or without one.
 *
 * @throws AppError not_found, usage, store_newer, store_damaged, config_invalid
 */
export function openStoreReadOnly(path: string): StoreReader {
  const missing = `There is no store at ${path}. Start the daemon once to make it, or name the right file in the configuration.`
  return openToRead(path, missing, (db) => reader(db, path))
}

function reader(db: Database, path: string) {
  const names = createNames(db)
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
    outages: async (filter: OutageFilter) => readOutages(db, filter),
    outage: async (id: string): Promise<Outage | null> => readOutagesById(db, [id])[0] ?? null,
    /** those there are, the earliest onset first */
    outagesById: async (ids: readonly string[]) => readOutagesById(db, ids),
    /** `measurement` is `null` where only the small row was kept */
    measurement: async (id: string) => readMeasurement(db, names, id),
    measurements: async (filter: MeasurementFilter) => readMeasurements(db, names, filter),
    counts: async (filter: CountFilter) => readCounts(db, filter),
    /** all events by id, also the retracted */
    events: async () => readEvents(db),
    audit: async (event: string) => readAudit(db, event),
    reportRecord: async () => readReportRecord(db),
    incidents: async (filter: IncidentFilter) => readIncidents(db, filter),
    /** the one that took it in, when it merged */
    incident: async (id: string) => readIncident(db, id),
    /** id of the incident an outage or report is a member of */
    incidentOf: async (member: string) => readIncidentOf(db, member),
    states: async (filter: StateFilter) => readStates(db, filter),
    /** when measuring began, to the hour, and when the last saved measurement began; Unix ms; `null` = nothing is saved */
    measured(): { readonly fromAt: number; readonly lastAt: number } | null {
      const { fromAt, lastAt } = measured.get()!
      return fromAt === null || lastAt === null ? null : { fromAt, lastAt }
    },
    version: createVersions(db),
    /** The detector's state by vantage, JSON as it was saved. */
    async loadDetector(): Promise<Record<string, string>> {
      return Object.fromEntries(detectors.all().map(({ vantage, state }) => [vantage, unpack(state)]))
    },
    /** Quick enough for every scrape. */
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
