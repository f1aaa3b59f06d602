/** given: stores in folders of their own, which clear up after themselves. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { idOf } from '../../src/store/measurements/scan-rows.ts'
import { openScan } from '../../src/store/measurements/scan.ts'
import { type Store, type StoreOptions, openStore } from '../../src/store/store.ts'
import { DAY, T0 } from './nouns.ts'

export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'didbon-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function aPath(): string {
  return join(aFolder(), 'didbon.db')
}

/** Opens a store that closes itself. Errors it reports fail the test, unless the test takes them. */
export async function aStore(options: Partial<StoreOptions> = {}): Promise<Store & { path: string }> {
  const path = options.path ?? aPath()
  const errors: unknown[] = []
  const store = await openStore({
    path,
    keepRawMs: 90 * DAY,
    keepOkSampleEvery: 100,
    commitEveryMs: 60_000,
    now: () => T0,
    onError: (error) => errors.push(error),
    ...options,
  })
  onTestFinished(() => {
    store.close()
    if (errors.length > 0) throw errors[0]
  })
  return { ...store, path }
}

/** Another connection, as an outsider has it. */
export function connect(path: string, options: Database.Options = {}): Database.Database {
  const db = new Database(path, options)
  onTestFinished(() => {
    db.close()
  })
  return db
}

/** The measurements as a replay reads them, in the order they were saved, each with what was kept beside it. */
export function scanned(path: string) {
  const scan = openScan(path)
  try {
    return [...scan.rows(0, 0, Number.MAX_SAFE_INTEGER)].flatMap((row) => {
      if (row.kind === 'tick') return []
      const kept = { measurement: scan.record(row.seq), rates: scan.rates(row.seq) }
      return [{ ...row, ...row.series, ...kept, id: idOf(row) }]
    })
  } finally {
    scan.close()
  }
}
