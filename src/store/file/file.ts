/**
 * file: the database file itself: who holds it, whose it is, how old and how sound; and what to tell the operator when
 * something is wrong with it. Looking changes nothing in the file.
 */
import { mkdirSync, statSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '../../model/error.ts'
import { SCHEMA_VERSION, versionOf } from './migrate.ts'

/** "dido": marks a file as ours, so that we never write into another program's database. */
const APPLICATION_ID = 0x6469646f

/** Marks a file as ours. In a new one nothing was ever measured, so nothing was cut short. @param at Unix ms */
export function claim(db: Database.Database, at: number): void {
  db.pragma(`application_id = ${APPLICATION_ID}`)
  const note = db.prepare('insert into meta (key, value) values (?, ?) on conflict (key) do nothing')
  note.run('created_at', String(at))
  note.run('clean_stop', '1')
}

/** How long a statement waits for another connection. The daemon writes in short transactions, and people seldom, so this is short. */
export const BUSY_TIMEOUT_MS = 2000

/** What a file turned out to be. `integrityMs`: how long checking it took; `null` = the last stop was clean. */
export type Found =
  | { readonly kind: 'new' }
  | { readonly kind: 'ours'; readonly version: number; readonly integrityMs: number | null }

/** Makes the folder the file goes into. @throws AppError config_invalid */
export function makeFolder(path: string): void {
  if (path.trim() === '' || path.trim() === ':memory:') {
    throw new AppError(
      'config_invalid',
      'The store needs the path of a file; a database in memory would be lost at the next start.',
    )
  }
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw unusable(path, error)
  }
}

/** Room that is left for us on the disk a file is on; `null` = the system does not say. */
export function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    return null // a gauge less, and nothing that could be done about it
  }
}

/**
 * Takes the file for this process; the operating system lets go of it when the process ends, however it ends.
 *
 * A lock file beside the database is held rather than the database itself, so that others can still read.
 *
 * @returns gives it back
 * @throws AppError store_locked
 */
export function lock(path: string): () => void {
  let holder: Database.Database | null = null
  try {
    holder = new Database(`${path}.lock`, { timeout: 0 })
    holder.exec('begin exclusive')
    const held = holder
    return () => held.close()
  } catch (error) {
    holder?.close()
    if (!isSqlite(error, 'SQLITE_BUSY')) throw unusable(path, error)
    throw new AppError(
      'store_locked',
      `${path} is in use by another didbon. Two daemons cannot share one database: stop the other one, or give this one ` +
        'another store path.',
      { cause: error },
    )
  }
}

/**
 * Looks at a file before anything is written to it, and checks it from end to end when the last stop was not clean.
 *
 * @throws AppError store_newer, store_damaged, config_invalid
 */
export function examine(path: string): Found {
  return inspect<Found>(path, { kind: 'new' }, (db, version) => {
    const clean = db.prepare<[], { value: string }>("select value from meta where key = 'clean_stop'").get()
    if (clean?.value === '1') return { kind: 'ours', version, integrityMs: null }
    return { kind: 'ours', version, integrityMs: checkIntegrity(db, path) }
  })
}

/**
 * Says which schema the file at a path has, before anything is written to it; 0 = there is none yet.
 *
 * @throws AppError store_newer, store_damaged, config_invalid
 */
export function versionAt(path: string): number {
  return inspect(path, 0, (_, version) => version)
}

function inspect<T>(path: string, none: T, see: (db: Database.Database, version: number) => T): T {
  const file = statSync(path, { throwIfNoEntry: false })
  if (file?.isDirectory()) throw unusable(path, new Error('it is a folder'))
  if (file === undefined || file.size === 0) return none
  let db: Database.Database | null = null
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    const version = identify(db, path)
    return version === 0 ? none : see(db, version)
  } catch (error) {
    throw explain(path, error)
  } finally {
    db?.close()
  }
}

/**
 * Says which schema a file has; 0 for an empty one.
 *
 * @throws AppError store_newer when this program does not know it, config_invalid when it is another program's
 */
export function identify(db: Database.Database, path: string): number {
  const tables = db.prepare<[], string>("select name from sqlite_schema where type = 'table'").pluck().all()
  if (tables.length === 0) return 0
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new AppError(
      'config_invalid',
      `${path} is the database of another program. Give didbon a path of its own.`,
    )
  }
  const version = versionOf(db.prepare<[], string>('select name from kysely_migration').pluck().all())
  if (version > SCHEMA_VERSION) {
    throw new AppError(
      'store_newer',
      `${path} was written by a newer didbon: its schema is version ${version}, this program knows up to ${SCHEMA_VERSION}. ` +
        'It was left as it is. Install the newer didbon again, or give this one another store path.',
    )
  }
  return version
}

/** Turns what SQLite or the file system threw into words for an operator; anything else is returned as it came. */
export function explain(path: string, error: unknown): unknown {
  if (isSqlite(error, 'SQLITE_NOTADB') || isSqlite(error, 'SQLITE_CORRUPT'))
    return damaged(path, [error.message], error)
  if (isSqlite(error, 'SQLITE_FULL')) {
    const message = `${path} could not be written: ${error.message}. Waiting rows are kept and tried again. Free space on the disk.`
    return new AppError('internal', message, { cause: error })
  }
  if (isSqlite(error, 'SQLITE_IOERR')) {
    const message = `${path}: the disk or the file system failed (${error.code}). Check the system log and the disk.`
    return new AppError('internal', message, { cause: error })
  }
  if (isSqlite(error, 'SQLITE_BUSY')) {
    const message = `${path} is held by another program that writes to it. Let that finish, or end it, and try again.`
    return new AppError('store_locked', message, { cause: error })
  }
  if (isSqlite(error, 'SQLITE_CANTOPEN') || isSqlite(error, 'SQLITE_READONLY')) return unusable(path, error)
  return error
}

function checkIntegrity(db: Database.Database, path: string): number {
  const startedMs = performance.now()
  const problems = db.prepare<[], string>('pragma integrity_check(10)').pluck().all()
  if (problems.join() !== 'ok') throw damaged(path, problems, null)
  return performance.now() - startedMs
}

function damaged(path: string, problems: readonly string[], cause: unknown): AppError {
  return new AppError(
    'store_damaged',
    `${path} is damaged, or is not an SQLite database: ${problems.slice(0, 3).join('; ')}. Nothing was deleted or changed. ` +
      `Move ${path}, ${path}-wal and ${path}-shm aside together and start again with an empty store, or put a backup in their ` +
      `place. Most of a damaged file can usually be saved with: sqlite3 ${path} .recover`,
    { cause },
  )
}

function unusable(path: string, error: unknown): AppError {
  const reason = error instanceof Error ? error.message : String(error)
  return new AppError(
    'config_invalid',
    `${path} cannot be used as the store: ${reason}. The folder and the file must be writable by the user didbon runs as.`,
    { cause: error },
  )
}

function isSqlite(error: unknown, code: string): error is Error & { code: string } {
  return error instanceof Database.SqliteError && (error.code === code || error.code.startsWith(`${code}_`))
}
