/**
 * with-history: the record as the history commands see it, where the daemon runs and where it never did.
 *
 * configuration -> files of events and reports -> imported into the store, unless they were before -> asked.
 */
import { existsSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { loadEvents } from '../config/events.ts'
import { printOf, readRecordFiles } from '../run/catalog.ts'
import { openHistory } from '../history/history.ts'
import { importRecord } from '../run/import-record.ts'
import type { History } from '../model/history.ts'
import { type RecordStore, openRecord } from '../store/catalog/record.ts'
import { correlateOf } from '../run/watching.ts'
import { configOf } from './config-of.ts'

export interface Opened {
  readonly config: Config
  readonly record: RecordStore
  readonly history: History
  /** ids of events that are in the record and no longer in the file */
  readonly missing: () => Promise<readonly string[]>
  /** Unix ms, the same throughout a command */
  readonly now: number
}

/** Opens record and history, does the work, and closes both however it ends. */
export async function withHistory<T>(
  file: string | undefined,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const now = Date.now()
  const config = await configOf(file)
  const record = await openTaken(config)
  try {
    const history = openHistory({ path: config.store.path, correlate: correlateOf(config) })
    try {
      return await work({
        config,
        record,
        history,
        async missing() {
          const events = await loadEvents(config.record.events)
          return record.missingFrom(events.map(({ id }) => id))
        },
        now,
      })
    } finally {
      await history.close()
    }
  } finally {
    record.close()
  }
}

/** The record with the files of the configuration in it. Nothing is written where they are in it already. */
async function openTaken({ store, record: files }: Config): Promise<RecordStore> {
  const open = () => openRecord(store.path, { now: Date.now })
  if (existsSync(store.path)) {
    const record = await open()
    if (record.importedFrom() === printOf(files)) return record
    record.close()
  }
  // Read in full before a store is made: files that cannot be read must not leave an empty one.
  const read = await readRecordFiles(files)
  const record = await open()
  try {
    importRecord(record, read)
    return record
  } catch (error) {
    record.close()
    throw error
  }
}
