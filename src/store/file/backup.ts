/**
 * backup: a copy of the store while the daemon goes on writing, checked before it gets its name.
 *
 *     one snapshot ─► pages, a few at a time ─► .part file ─► checked in a process of its own ─► synced ─► named
 *
 * The snapshot is held from the first page to the last. SQLite begins a backup anew whenever another connection has written, so that
 * beside a daemon that commits every second a large one would never end; within one transaction nothing is ever new. The daemon is
 * not held up; only its write-ahead log grows until the copy is done.
 */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { AppError } from '../../model/error.ts'
import type { Checked } from './check-copy.ts'
import { BUSY_TIMEOUT_MS, explain, identify } from './file.ts'
import { countRows } from './count-rows.ts'
import { giveName, makeFile, refuseTaken } from './new-file.ts'

export interface BackupOptions {
  /** the store, whether a daemon holds it or not */
  readonly from: string
  /** must not be there yet; its folder must */
  readonly to: string
  readonly onProgress?: (step: BackupStep) => void
}

export type BackupStep =
  | { readonly kind: 'copying'; readonly donePages: number; readonly pages: number }
  | { readonly kind: 'checking' }

export interface BackedUp {
  readonly file: string
  readonly bytes: number
  readonly schema: number
  /** by table, as they were when the copy began and as they are in it */
  readonly rows: Readonly<Record<string, number>>
}

/** 4 MiB at the usual page size: some milliseconds between two looks at the signal. */
const PAGES_AT_ONCE = 1024

/**
 * Copies a store. Everything that was committed when it began is in the copy, and nothing that came later.
 *
 * @param signal ends it; nothing is left then
 * @throws AppError not_found, usage (the file is there, or its folder is not), store_newer, store_damaged, busy (ended by the
 *   signal), internal (the copy could not be written, or is not what it should be)
 */
export async function backupStore(
  { from, to, onProgress = () => undefined }: BackupOptions,
  signal: AbortSignal,
): Promise<BackedUp> {
  const file = resolve(to)
  refuseTaken(file)
  const part = join(dirname(file), `.${basename(file)}.${randomUUID().slice(0, 8)}.part`)
  const source = openSource(from)
  try {
    const schema = identify(source, from)
    source.exec('begin')
    const rows = countRows(source)
    makeFile(part)
    await copyPages(source, part, onProgress, signal)
    source.exec('commit')
    onProgress({ kind: 'checking' })
    standAlone(part)
    await check(part, rows, signal)
    signal.throwIfAborted()
    giveName(part, file)
    return { file, bytes: statSync(file).size, schema, rows }
  } catch (error) {
    throw told(error, from, file, signal)
  } finally {
    source.close()
    for (const rest of ['', '-journal', '-wal', '-shm']) rmSync(`${part}${rest}`, { force: true })
  }
}

function openSource(path: string): Database.Database {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new AppError(
      'not_found',
      `There is no store at ${path}: nothing to copy. The configuration says where it is.`,
    )
  }
  try {
    return new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
  } catch (error) {
    throw explain(path, error)
  }
}

async function copyPages(
  source: Database.Database,
  part: string,
  onProgress: (step: BackupStep) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  await source.backup(part, {
    progress({ totalPages, remainingPages }) {
      signal.throwIfAborted()
      onProgress({ kind: 'copying', donePages: totalPages - remainingPages, pages: totalPages })
      return PAGES_AT_ONCE
    },
  })
}

/**
 * One file, without a write-ahead log beside it: a copy that is carried about must not be half of itself. It counts as not cleanly
 * stopped, so that whoever starts on it checks it again: much can happen to a file on its way.
 */
function standAlone(part: string): void {
  const copy = new Database(part)
  try {
    copy.pragma('journal_mode = delete')
    copy.prepare("update meta set value = '0' where key = 'clean_stop'").run()
  } finally {
    copy.close()
  }
}

/** In a process of its own, which can be ended at once; one statement of SQLite cannot. */
async function check(part: string, rows: BackedUp['rows'], signal: AbortSignal): Promise<void> {
  const script = fileURLToPath(new URL(`check-copy${extname(import.meta.url)}`, import.meta.url))
  const child = spawn(process.execPath, [script, part], {
    stdio: ['ignore', 'pipe', 'inherit'],
    killSignal: 'SIGKILL',
    signal,
  })
  const ended = new Promise<number | null>((done, failed) => child.on('error', failed).on('close', done))
  const [said, code] = await Promise.all([text(child.stdout), ended])
  if (code !== 0)
    throw new AppError('internal', `The copy could not be checked: the check ended with ${code}.`)
  const checked = JSON.parse(said) as Checked
  const wrong = [
    ...checked.problems,
    ...Object.entries(rows).flatMap(([table, count]) =>
      checked.rows[table] === count ? [] : [`${table} has ${checked.rows[table]} rows instead of ${count}`],
    ),
  ]
  if (wrong.length === 0) return
  throw new AppError(
    'store_damaged',
    `The copy is damaged: ${wrong.slice(0, 3).join('; ')}. It was deleted; the store is unchanged. Check the disk, and ` +
      'whether didbon reports damage when it starts on the store after an unclean stop.',
  )
}

function told(error: unknown, from: string, file: string, signal: AbortSignal): unknown {
  if (signal.aborted) {
    const why =
      (signal.reason as { name?: string } | null)?.name === 'TimeoutError' ? 'took too long and was' : 'was'
    return new AppError(
      'busy',
      `The copy ${why} cancelled; nothing is left of it, and the store is unchanged.`,
      { cause: error },
    )
  }
  if (error instanceof AppError) return error
  const explained = explain(from, error)
  if (explained instanceof AppError && explained.code === 'store_damaged') return explained
  const reason = error instanceof Error ? error.message : String(error)
  return new AppError(
    'internal',
    `${file} could not be written: ${reason}. Nothing is left of it. Check whether the disk is full and the folder is writable.`,
    { cause: error },
  )
}
