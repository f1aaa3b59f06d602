/** check-copy: reads a copy of a store from end to end. Run as a process: `node check-copy.ts FILE`, the answer as JSON on stdout. */
import Database from 'better-sqlite3'
import { countRows } from './count-rows.ts'

export interface Checked {
  /** what SQLite finds wrong with the file; empty = nothing */
  readonly problems: readonly string[]
  readonly rows: Readonly<Record<string, number>>
}

function checkCopy(path: string): Checked {
  const copy = new Database(path, { readonly: true, fileMustExist: true })
  try {
    const found = copy.prepare<[], string>('pragma integrity_check(10)').pluck().all()
    const loose = copy.prepare<[], { table: string }>('pragma foreign_key_check').all()
    return {
      problems: [
        ...(found.join() === 'ok' ? [] : found),
        ...loose.slice(0, 10).map(({ table }) => `a row of ${table} refers to one that is not there`),
      ],
      rows: countRows(copy),
    }
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)], rows: {} }
  } finally {
    copy.close()
  }
}

if (import.meta.main) process.stdout.write(JSON.stringify(checkCopy(process.argv[2]!)))
