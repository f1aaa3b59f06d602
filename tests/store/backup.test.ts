import {
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { type BackupStep, backupStore } from '../../src/store/file/backup.ts'
import { aFolder, aStore, connect } from './given.ts'
import { RESET, T0, aMeasurement, anOutage, http, opened, saved } from './nouns.ts'

const NEVER = new AbortController().signal

/** About 5 kB that hardly compress. */
function bulky(n: number) {
  const noise = Array.from({ length: 200 }, (_, i) => Math.sin(n * 1000 + i).toString(36)).join()
  return saved(aMeasurement(n, { startedAt: T0 + n, observations: [http({ bodyHead: noise })] }), {
    verdict: RESET,
  })
}

/** A store of some 20 MB that a daemon holds, and an empty folder to copy it to. */
async function aHeldStore(measurements = 4000) {
  const store = await aStore()
  for (let n = 0; n < measurements; n += 1) store.save(bulky(n))
  store.save(saved(null, { changes: [opened(anOutage())] }))
  store.flush()
  const folder = aFolder()
  return { store, folder, to: join(folder, 'copy.db') }
}

const count = (db: Database.Database) => db.prepare('select count(*) from measurement').pluck().get()

test('a daemon that commits at every step -> all that was there when it began, nothing later, and it ends', async () => {
  const { store, folder, to } = await aHeldStore()
  const done: number[] = []
  const kinds = new Set<string>()
  let written = 4000
  const onProgress = (step: BackupStep) => {
    kinds.add(step.kind)
    if (step.kind === 'copying') done.push(step.donePages)
    store.save(bulky(written))
    store.flush()
    written += 1
  }
  const copied = await backupStore({ from: store.path, to, onProgress }, NEVER)

  expect(done.length).toBeGreaterThan(3)
  expect(done).toEqual(done.toSorted((a, b) => a - b)) // never begun anew
  expect([...kinds]).toEqual(['copying', 'checking'])
  expect(copied).toMatchObject({ file: to, bytes: statSync(to).size, rows: { measurement: 4000, outage: 1 } })
  expect(readdirSync(folder)).toEqual(['copy.db'])
  const copy = connect(to, { readonly: true })
  expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
  expect(count(copy)).toBe(4000)
  expect(store.stats()).toMatchObject({ measurements: written, queued: 0, failing: false })
})

test('the copy -> one file for its owner alone, which counts as not cleanly stopped; a store opens it and goes on', async () => {
  const { store, to } = await aHeldStore(10)
  store.close()
  await backupStore({ from: store.path, to }, NEVER)
  expect(statSync(to).mode & 0o777).toBe(0o600)
  const copy = new Database(to, { readonly: true })
  expect(copy.pragma('journal_mode', { simple: true })).toBe('delete')
  copy.close()
  const again = await aStore({ path: to })
  expect(again.opened.found).toMatchObject({ kind: 'ours', integrityMs: expect.any(Number) })
  expect(await again.outages({})).toEqual([anOutage()])
  again.save(bulky(11))
  again.flush()
  expect(again.stats()).toMatchObject({ measurements: 11 })
})

test('ended in the middle, or while it is checked -> busy, nothing is left, and the store is as it was', async () => {
  const { store, folder, to } = await aHeldStore()
  for (const kind of ['copying', 'checking'] as const) {
    const stop = new AbortController()
    const onProgress = (step: BackupStep) => {
      if (step.kind === kind) stop.abort()
    }
    await expect(backupStore({ from: store.path, to, onProgress }, stop.signal)).rejects.toMatchObject({
      code: 'busy',
      message: 'The copy was cancelled; nothing is left of it, and the store is unchanged.',
    })
    expect(readdirSync(folder)).toEqual([])
  }
  expect(store.stats()).toMatchObject({ measurements: 4000 })
})

test('a deadline that has passed -> busy, and says so', async () => {
  const { store, to } = await aHeldStore(10)
  const late = AbortSignal.abort(new DOMException('late', 'TimeoutError'))
  await expect(backupStore({ from: store.path, to }, late)).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringContaining('took too long and was cancelled'),
  })
})

test('the name is taken, before or meanwhile -> refused, and what has it is untouched', async () => {
  const { store, folder, to } = await aHeldStore(10)
  const onProgress = () => writeFileSync(to, 'mine')
  for (let n = 0; n < 2; n += 1) {
    await expect(backupStore({ from: store.path, to, onProgress }, NEVER)).rejects.toMatchObject({
      code: 'usage',
      message: `${to} is there already and is left as it is. Name a file that is not there yet.`,
    })
    expect([readFileSync(to, 'utf8'), readdirSync(folder)]).toEqual(['mine', ['copy.db']])
  }
  await expect(backupStore({ from: store.path, to: store.path }, NEVER)).rejects.toMatchObject({
    code: 'usage',
  })
})

test('no folder, no store, or one of another program -> told, and nothing is made', async () => {
  const { store, folder, to } = await aHeldStore(1)
  const nowhere = join(folder, 'nowhere', 'copy.db')
  await expect(backupStore({ from: store.path, to: nowhere }, NEVER)).rejects.toMatchObject({ code: 'usage' })
  const missing = join(folder, 'missing.db')
  await expect(backupStore({ from: missing, to }, NEVER)).rejects.toMatchObject({ code: 'not_found' })
  const other = join(aFolder(), 'other.db')
  connect(other).exec('create table t (x)')
  await expect(backupStore({ from: other, to }, NEVER)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('another program'),
  })
  expect(readdirSync(folder)).toEqual([])
})

test('a store with a damaged page -> the copy is found unsound and thrown away; the store is left as it is', async () => {
  const { store, folder, to } = await aHeldStore(2000)
  store.close()
  const db = new Database(store.path)
  const page = db.prepare("select rootpage from sqlite_schema where name = 'outage'").pluck().get() as number
  db.close()
  const before = statSync(store.path).size
  const handle = openSync(store.path, 'r+')
  writeSync(handle, Buffer.alloc(200, 0xff), 0, 200, (page - 1) * 4096 + 8)
  closeSync(handle)
  await expect(backupStore({ from: store.path, to }, NEVER)).rejects.toMatchObject({ code: 'store_damaged' })
  expect(readdirSync(folder)).toEqual([])
  expect(statSync(store.path).size).toBe(before)
  truncateSync(store.path) // or closing it again would complain
})
