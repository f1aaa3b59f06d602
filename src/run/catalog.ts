/** catalog: the documented record as the daemon holds it: imported from its files, read again when anybody changed it. */
import { basename } from 'node:path'
import type { RecordConfig } from '../config/config.ts'
import { loadEvents } from '../config/events.ts'
import { loadReports } from '../config/reports.ts'
import { type RecordFiles, importRecord } from './import-record.ts'
import type { TriggerEvent } from '../model/event.ts'
import type { ReportRecord } from '../model/report.ts'
import type { RecordStore } from '../store/catalog/record.ts'
import { VERSION } from '../version.ts'

export interface EventCatalog {
  /** those that stand */
  readonly events: () => readonly TriggerEvent[]
  readonly reports: () => ReportRecord | null
  /** Reads the files and takes them over; the same again changes nothing. @throws AppError `config_invalid`, and nothing is taken */
  readonly takeFiles: (files: RecordConfig) => Promise<void>
  /** Notices what others changed meanwhile: the command line, the API. @returns whether anything did */
  readonly refresh: () => boolean
}

export function createCatalog(record: RecordStore): EventCatalog {
  let version = -1
  let events: readonly TriggerEvent[] = []
  let reports: ReportRecord | null = null

  function refresh(): boolean {
    const now = record.version()
    if (now === version) return false
    version = now
    events = record.events().map(({ event }) => event)
    reports = record.reportRecord()
    return true
  }

  refresh()
  return {
    events: () => events,
    reports: () => reports,
    refresh,
    async takeFiles(files) {
      if (record.importedFrom() === printOf(files)) return
      importRecord(record, await readRecordFiles(files))
      refresh()
    },
  }
}

/** Reads both files in full. @throws AppError `config_invalid` with every problem of the one that has any */
export async function readRecordFiles(files: RecordConfig): Promise<RecordFiles> {
  const events = await loadEvents(files.events)
  const reports = await loadReports(files.reports, events)
  return { events, eventsBy: `file:${basename(files.events)}`, reports, print: printOf(files) }
}

/** Tells what a version of didbon made of these files from what another did, or of others. */
export function printOf({ events, reports, print }: RecordConfig): string {
  return [VERSION, basename(events), basename(reports), print].join(' ')
}

/** Services that events speak of and nobody watches: a slip of the pen, or one that should be in otherTargets. */
export function unwatchedIn(
  events: readonly TriggerEvent[],
  services: readonly { readonly id: string }[],
): string[] {
  const watched = new Set(services.map(({ id }) => id))
  return [...new Set(events.flatMap(({ services }) => services))].filter((id) => !watched.has(id)).sort()
}
