/** connection: the file opened for writing, with the settings every writer needs, or to read what is there. */
import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { AppError } from '../../model/error.ts'
import { BUSY_TIMEOUT_MS, explain, identify } from './file.ts'
import { SCHEMA_VERSION } from './migrate.ts'

/**
 * Opens a store of this program's schema to read it, beside a running daemon or without one, and makes something of it.
 *
 * @param missing what to say when there is none
 * @throws AppError not_found, usage, store_newer, store_damaged, config_invalid
 */
export function openToRead<T>(path: string, missing: string, use: (db: Database.Database) => T): T {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new AppError('not_found', missing)
  let db: Database.Database | null = null
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    db.pragma('temp_store = memory')
    const version = identify(db, path)
    if (version < SCHEMA_VERSION) {
      throw new AppError(
        'usage',
        `${path} has schema version ${version}, this program reads version ${SCHEMA_VERSION}. Start its daemon once: it brings the store up to date.`,
      )
    }
    return use(db)
  } catch (error) {
    db?.close()
    throw explain(path, error)
  }
}

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
