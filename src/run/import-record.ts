/** import-record: the documented record from its files into the store, down to the incidents its reports make. */
import { groupReports } from '../incident/reports.ts'
import type { TriggerEvent } from '../model/event.ts'
import type { ReportRecord } from '../model/report.ts'
import type { RecordStore } from '../store/catalog/record.ts'
import type { EventsImported } from '../store/catalog/write-events.ts'
import type { ReportsImported } from '../store/catalog/write-reports.ts'

export interface RecordFiles {
  readonly events: readonly TriggerEvent[]
  /** who is put down for changes, as `file:events.yaml` */
  readonly eventsBy: string
  readonly reports: ReportRecord
  /** tells these files from any others; `importedFrom` of the record gives it back once all is done. Left out: it will not say */
  readonly print?: string
}

/** Imports both files and groups what is reported. The same files again change nothing. */
export function importRecord(
  record: RecordStore,
  { events, eventsBy, reports, print = '' }: RecordFiles,
): { readonly events: EventsImported; readonly reports: ReportsImported } {
  const imported = { events: record.importEvents(events, eventsBy), reports: record.importReports(reports) }
  record.saveIncidents(groupReports(reports.reports, record.incidents('reported')))
  record.noteImported(print)
  return imported
}
