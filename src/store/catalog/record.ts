/**
 * record: the writer of everything that is not measured: events, reports, incidents, states, vantages, tokens.
 *
 * It has a connection of its own and works beside a running daemon as well as without one, so it takes no lock: SQLite lets one
 * writer in after the other. Every call is one transaction.
 */
import type { Database } from 'better-sqlite3'
import type { KeptEvent } from '../../model/history.ts'
import type { EvidenceKind, Grouped, Incident, MeasuredIncident } from '../../model/incident.ts'
import type { StateChange } from '../../model/outage.ts'
import { openToWrite } from '../file/connection.ts'
import { claim, explain, makeFolder, versionAt } from '../file/file.ts'
import { createImported } from './imported.ts'
import { migrate, SCHEMA_VERSION } from '../file/migrate.ts'
import { keptEvent, readReportRecord } from './read-record.ts'
import type { Tables } from '../file/schema.ts'
import { createTokens } from './tokens.ts'
import { createVantageRegistry } from './vantage-facts.ts'
import { createVersions } from '../file/versions.ts'
import { createEventWriter } from './write-events.ts'
import { createIncidentWriter } from '../outages/write-incidents.ts'
import { createReportWriter } from './write-reports.ts'
import { createStateWriter } from '../outages/write-states.ts'

/** Whatever goes wrong with the file is thrown as AppError: store_locked, store_damaged, internal. */
export type RecordStore = ReturnType<typeof record>

/** Opens the record, and makes or migrates the file as needed. @throws AppError config_invalid, store_locked, store_newer, store_damaged */
export async function openRecord(
  path: string,
  { now }: { readonly now: () => number },
): Promise<RecordStore> {
  makeFolder(path)
  let raw: Database | null = null
  try {
    const version = versionAt(path)
    const opened = openToWrite(path)
    raw = opened
    if (version < SCHEMA_VERSION) migrate(opened, () => claim(opened, now()))
    return guarded(record(raw, now), path)
  } catch (error) {
    raw?.close()
    throw explain(path, error)
  }
}

function record(raw: Database, now: () => number) {
  const events = raw.prepare<[], Tables['event']>(
    'select * from event where retracted_at is null order by id',
  )
  const incidents = raw
    .prepare<[string], string>(
      'select body from incident where kind = ? and gone_at is null order by start_at, id',
    )
    .pluck()
  const incidentsOf = raw
    .prepare<[string], string>(
      `select body from incident where kind = 'measured' and gone_at is null and id in (
         select incident_id from incident_member where member in (select value from json_each(?)))
       order by start_at, id`,
    )
    .pluck()
  const version = createVersions(raw)
  const putIncidents = raw.transaction(createIncidentWriter(raw, now))
  const putState = createStateWriter(raw)
  const putStates = raw.transaction((changes: readonly StateChange[]) => changes.forEach(putState))
  return {
    ...createVantageRegistry(raw),
    ...createEventWriter(raw, now),
    ...createImported(raw),
    importReports: createReportWriter(raw),
    /** all that stand, by id */
    events: (): readonly KeptEvent[] => events.all().map(keptEvent),
    reportRecord: () => readReportRecord(raw),
    /** Writes incidents, ends those that merged or are gone, and notes each merge, split and end with its time. */
    saveIncidents: (grouped: Grouped<Incident>): void => putIncidents.immediate(grouped),
    /** those that stand, the earliest first: what grouping takes as `known` */
    incidents: <K extends EvidenceKind>(kind: K): readonly Extract<Incident, { kind: K }>[] =>
      incidents.all(kind).map((body) => JSON.parse(body) as Extract<Incident, { kind: K }>),
    /** the same, but only those that hold one of these outages, however many others there are */
    incidentsOf: (outages: readonly string[]): readonly MeasuredIncident[] =>
      incidentsOf.all(JSON.stringify(outages)).map((body) => JSON.parse(body) as MeasuredIncident),
    saveStates: (changes: readonly StateChange[]): void => putStates.immediate(changes),
    tokens: createTokens(raw, now),
    /** grows with every change of events or reports, whoever makes it */
    version: () => version('record_version'),
    close: () => {
      raw.close()
    },
  }
}

/** The same, with what SQLite throws put into words. */
function guarded<T extends object>(open: T, path: string): T {
  const entries = Object.entries(open).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, guarded(value as object, path)]
    const call = value as (...args: unknown[]) => unknown
    const told = (...args: unknown[]): unknown => {
      try {
        return call(...args)
      } catch (error) {
        throw explain(path, error)
      }
    }
    return [name, told]
  })
  return Object.fromEntries(entries) as T
}
