import {
  copyFileSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SCHEMA_VERSION } from '../../src/store/file/migrate.ts'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { aFolder, aPath, aStore, connect } from './given.ts'
import { FINE, RESET, T0, aMeasurement, anId, anOutage, opened, saved } from './nouns.ts'

/** A file with something in it, cleanly closed. */
async function aFilledFile(): Promise<string> {
  const store = await aStore()
  for (let n = 0; n < 2000; n += 1)
    store.save(saved(aMeasurement(n), { verdict: n % 5 === 0 ? RESET : FINE }))
  store.close()
  return store.path
}

function uncleanly(path: string): string {
  const db = connect(path)
  db.prepare("update meta set value = '0' where key = 'clean_stop'").run()
  db.close()
  return path
}

test('no file, no folder -> both are made, migrated from empty, with the settings the store relies on', async () => {
  const store = await aStore({ path: join(aFolder(), 'a', 'b', 'didbon.db') })
  expect(store.opened).toEqual({
    found: { kind: 'new' },
    migrations: ['0001-start', '0002-record', '0003-vantage-facts', '0004-replay', '0005-rates'],
  })
  const db = connect(store.path)
  const pragmas = ['journal_mode', 'auto_vacuum', 'application_id']
  expect(pragmas.map((name) => db.pragma(name, { simple: true }))).toEqual(['wal', 2, 0x6469646f])
  expect(db.prepare("select value from meta where key = 'created_at'").pluck().get()).toBe(String(T0))
})

test('closed and opened again -> nothing to migrate or check, everything still there, times of making unchanged', async () => {
  const first = await aStore()
  first.save(
    saved(aMeasurement(1), { changes: [opened(anOutage())], detector: { vantage: 'babilon', state: '{}' } }),
  )
  first.close()
  const second = await aStore({ path: first.path, now: () => T0 + 99 })
  expect(second.opened).toEqual({
    found: { kind: 'ours', version: SCHEMA_VERSION, integrityMs: null },
    migrations: [],
  })
  expect(await second.outages({})).toEqual([anOutage()])
  expect(await second.loadDetector()).toEqual({ babilon: '{}' })
  const created = connect(first.path).prepare("select value from meta where key = 'created_at'").pluck().get()
  expect(created).toBe(String(T0))
})

test('closed -> the file is whole by itself: copied without its log it opens and has all', async () => {
  const path = await aFilledFile()
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })).toBeUndefined()
  const copy = aPath()
  copyFileSync(path, copy)
  expect((await aStore({ path: copy })).stats().measurements).toBe(2000)
})

test('the last stop was not clean and the file is sound -> checked, and opened', async () => {
  const store = await aStore({ path: uncleanly(await aFilledFile()) })
  expect(store.opened.found).toEqual({
    kind: 'ours',
    version: SCHEMA_VERSION,
    integrityMs: expect.any(Number),
  })
})

test('the last stop was not clean and a page is damaged -> refused with the way out, and not a byte is changed', async () => {
  const path = uncleanly(await aFilledFile())
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 4096 * Math.floor(statSync(path).size / 4096 / 2))
  closeSync(file)
  const before = readFileSync(path)
  await expect(aStore({ path })).rejects.toMatchObject({
    name: 'AppError',
    code: 'store_damaged',
    message: expect.stringMatching(/is damaged.*Nothing was deleted.*Move .*didbon\.db.* aside.*backup/s),
  })
  expect(readFileSync(path).equals(before)).toBe(true)
  await expect(aStore({ path }), 'the lock is given back').rejects.toMatchObject({ code: 'store_damaged' })
})

test('a file that is no database -> store_damaged, untouched', async () => {
  const path = aPath()
  writeFileSync(path, 'services: [facebook]\n'.repeat(1000))
  await expect(aStore({ path })).rejects.toMatchObject({ code: 'store_damaged' })
  expect(() => openStoreReadOnly(path)).toThrow(expect.objectContaining({ code: 'store_damaged' }))
  expect(readFileSync(path, 'utf8')).toHaveLength(21_000)
})

test("another program's database -> config_invalid, untouched", async () => {
  const path = aPath()
  const theirs = connect(path)
  theirs.exec('create table bookmarks (url text)')
  theirs.close()
  const before = readFileSync(path)
  await expect(aStore({ path })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('another program'),
  })
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a file from a newer version -> store_newer with both versions, untouched, also for readers', async () => {
  const path = uncleanly(await aFilledFile())
  const db = connect(path)
  db.exec("insert into kysely_migration (name, timestamp) values ('0999-later', '2031-01-01')")
  db.close()
  const before = readFileSync(path)
  const newer = {
    code: 'store_newer',
    message: expect.stringMatching(
      new RegExp(`version 999, this program knows up to ${SCHEMA_VERSION}\\..*Install the newer`),
    ),
  }
  await expect(aStore({ path })).rejects.toMatchObject(newer)
  expect(() => openStoreReadOnly(path)).toThrow(expect.objectContaining(newer))
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a second daemon on the same file -> store_locked; when the first is gone it may', async () => {
  const first = await aStore()
  await expect(aStore({ path: first.path })).rejects.toMatchObject({
    code: 'store_locked',
    message: expect.stringContaining('stop the other one'),
  })
  first.save(saved(aMeasurement(1)))
  first.close()
  expect((await aStore({ path: first.path })).stats().measurements).toBe(1)
})

test('a reader beside a live daemon -> sees what is committed as it is committed, and cannot write', async () => {
  const store = await aStore()
  const reader = openStoreReadOnly(store.path)
  expect(await reader.outages({})).toEqual([])
  store.save(saved(aMeasurement(1), { changes: [opened(anOutage())] }))
  expect(await reader.outages({})).toEqual([anOutage()])
  expect(await reader.measurement(anId(1, T0 + 1))).not.toBeNull()
  expect(() => connect(store.path, { readonly: true }).exec('delete from outage')).toThrow('readonly')
  reader.close()
})

test('a reader after the daemon stopped -> reads', async () => {
  const path = await aFilledFile()
  const reader = openStoreReadOnly(path)
  expect(reader.sizes()).toMatchObject({ measurements: 2000, outages: 0 })
  reader.close()
})

test('a reader where there is no file -> not_found, naming the path and the way out; none is made', () => {
  const path = aPath()
  expect(() => openStoreReadOnly(path)).toThrow(
    expect.objectContaining({
      code: 'not_found',
      message: expect.stringMatching(`${path}.*Start the daemon`),
    }),
  )
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
})

test('a reader on an empty file -> told to start the daemon once', () => {
  const path = aPath()
  writeFileSync(path, '')
  expect(() => openStoreReadOnly(path)).toThrow(expect.objectContaining({ code: 'usage' }))
})

test.each([
  { name: 'nowhere', at: () => '' },
  { name: 'memory', at: () => ':memory:' },
  { name: 'a folder', at: folder },
  { name: 'below a file', at: belowAFile },
])('a path that is $name -> config_invalid', async ({ at }) => {
  await expect(aStore({ path: at() })).rejects.toMatchObject({ name: 'AppError', code: 'config_invalid' })
})

test(
  'another program writes to our file meanwhile -> store_locked rather than a hang',
  { timeout: 10_000 },
  async () => {
    const path = await aFilledFile()
    const other = connect(path)
    other.exec('begin immediate')
    await expect(aStore({ path })).rejects.toMatchObject({
      code: 'store_locked',
      message: expect.stringContaining('another program'),
    })
  },
)

function folder(): string {
  const path = aPath()
  mkdirSync(path)
  return path
}

function belowAFile(): string {
  const path = aPath()
  writeFileSync(path, '')
  return join(path, 'deeper', 'didbon.db')
}
