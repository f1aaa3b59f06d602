/** connection: the file opened for writing, with the settings every writer needs. */
import Database from 'better-sqlite3'
import { BUSY_TIMEOUT_MS } from './file.ts'

/** @param maxBytes the file never grows beyond this; missing = as large as the disk allows */
export function openToWrite(path: string, maxBytes?: number): Database.Database {
  const raw = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    // Takes effect in a new file only, and only before WAL; asked of another it waits for its turn to write, for nothing.
    if (raw.pragma('page_count', { simple: true }) === 0) raw.pragma('auto_vacuum = incremental')
    raw.pragma('journal_mode = wal')
    raw.pragma('synchronous = full')
    raw.pragma('foreign_keys = on')
    raw.pragma('temp_store = memory')
    raw.pragma('journal_size_limit = 67108864')
    raw.pragma('wal_autocheckpoint = 250') // 1 MB at a time: the commit that has to write it back keeps everybody waiting
    if (maxBytes !== undefined) {
      raw.pragma(
        `max_page_count = ${Math.floor(maxBytes / Number(raw.pragma('page_size', { simple: true })))}`,
      )
    }
    return raw
  } catch (error) {
    raw.close()
    throw error
  }
}
