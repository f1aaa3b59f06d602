import { statSync, writeFileSync, readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import Database from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { openRecord } from '../../src/store/catalog/record.ts'
import { aPath, aStore, connect } from './given.ts'
import { T0, aMeasurement, anOutage, opened, saved } from './nouns.ts'
import { aRecord, aReport, aReportRecord, anEvent, anIncident, day } from './record-nouns.ts'

/** Who did what to an event, oldest first. */
async function auditOf(path: string, event: string): Promise<string[]> {
  const reader = openStoreReadOnly(path)
  const entries = await reader.audit(event)
  reader.close()
  return entries.map(
    ({ by, action, before, after }) =>
      `${by} ${action}: ${before?.title ?? '(none)'} -> ${after?.title ?? '(none)'}`,
  )
}

describe('the file', () => {
  test('there is none -> made, and the daemon takes it over without having to check it', async () => {
    const record = await aRecord()
    record.putEvent(anEvent(), 'cli:ann')
    record.close()
    const store = await aStore({ path: record.path })
    expect(store.opened.found).toMatchObject({ kind: 'ours', integrityMs: null })
    expect(await store.events()).toHaveLength(1)
  })

  test('a daemon holds it -> both write, neither waits for the other to end, and its stop stays clean', async () => {
    const store = await aStore()
    const record = await aRecord({ path: store.path })
    for (let n = 0; n < 20; n += 1) {
      store.save(saved(aMeasurement(n), { changes: [opened(anOutage({ id: `o${n}` }))] }))
      record.putEvent(anEvent({ id: `e${n}` }), 'cli:ann')
    }
    expect(record.events()).toHaveLength(20)
    expect(store.stats().measurements).toBe(20)
    record.close()
    store.close()
    expect((await aStore({ path: store.path })).opened.found).toMatchObject({ integrityMs: null })
  })

  test('of the version before, with outages in it -> brought up to date, nothing lost', async () => {
    const store = await aStore()
    store.save(saved(aMeasurement(1), { changes: [opened(anOutage())] }))
    store.close()
    const old = connect(store.path)
    old.exec(`
      drop table event_audit; drop table event; drop table report; drop table incident_service; drop table incident_member;
      drop table incident_change; drop table incident; drop table state_change; drop table strip; drop table token;
      drop index outage_long; drop table vantage_facts; drop table rates; drop table judged_with; drop table tick; drop table detector_past;
      drop table replay_audit; delete from meta where key in ('record_version', 'incident_version', 'replay_from_seq');
      delete from kysely_migration where name in ('0002-record', '0003-vantage-facts', '0004-replay', '0005-rates')`)
    old.close()
    const record = await aRecord({ path: store.path })
    expect(record.putEvent(anEvent(), 'cli:ann')).toBe('added')
    const reader = openStoreReadOnly(store.path)
    onTestFinished(() => reader.close())
    expect(await reader.outages({})).toEqual([anOutage()])
  })

  test("another program's database -> refused, untouched", async () => {
    const path = aPath()
    const theirs = connect(path)
    theirs.exec('create table bookmarks (url text)')
    theirs.close()
    const before = readFileSync(path)
    await expect(openRecord(path, { now: () => T0 })).rejects.toMatchObject({ code: 'config_invalid' })
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test.each([
    { name: 'written by a newer didbon', code: 'store_newer', spoil: aNewerFile },
    {
      name: 'no database',
      code: 'store_damaged',
      spoil: async (path: string) => writeFileSync(path, 'x'.repeat(9000)),
    },
  ])('$name -> $code', async ({ code, spoil }) => {
    const path = aPath()
    await spoil(path)
    await expect(openRecord(path, { now: () => T0 })).rejects.toMatchObject({ name: 'AppError', code })
  })

  test(
    'somebody else holds the pen too long -> store_locked, and nothing is half written',
    { timeout: 10_000 },
    async () => {
      const record = await aRecord()
      const other = connect(record.path)
      other.exec('begin immediate')
      expect(() => record.importEvents([anEvent(), anEvent({ id: 'b' })], 'file:e')).toThrow(
        expect.objectContaining({ code: 'store_locked' }),
      )
      other.exec('rollback')
      expect(record.events()).toEqual([])
      expect(record.version()).toBe(0)
    },
  )

  test('two processes make the same file at once -> both succeed, one schema', async () => {
    const path = aPath()
    const records = await Promise.all([openRecord(path, { now: () => T0 }), openRecordInThread(path)])
    onTestFinished(() => records[0].close())
    expect(records[0].events().map(({ event }) => event.id)).toEqual(['from-thread'])
  })
})

describe('events', () => {
  test('a file imported twice -> added once, then unchanged; nothing in the audit log but the first time', async () => {
    const record = await aRecord()
    const events = [anEvent({ id: 'a' }), anEvent({ id: 'b', role: 'context' })]
    expect(record.importEvents(events, 'file:e')).toEqual({ added: 2, changed: 0, unchanged: 0, missing: [] })
    const version = record.version()
    expect(record.importEvents(events, 'file:e')).toEqual({ added: 0, changed: 0, unchanged: 2, missing: [] })
    expect(record.version()).toBe(version)
    expect(record.events()).toEqual(events.map((event) => ({ event, addedBy: 'file:e', retractedAt: null })))
    expect(await auditOf(record.path, 'a')).toEqual(['file:e added: (none) -> A video'])
  })

  test('the same facts with keys in another order -> unchanged', async () => {
    const record = await aRecord()
    record.importEvents([anEvent()], 'file:e')
    const turned = Object.fromEntries(Object.entries(anEvent()).reverse()) as unknown as ReturnType<
      typeof anEvent
    >
    expect(record.importEvents([turned], 'file:e')).toMatchObject({ unchanged: 1 })
    expect(record.putEvent(turned, 'cli:ann')).toBe('unchanged')
  })

  test('changed by hand, the file says what it always said -> what the hand wrote stands', async () => {
    const record = await aRecord()
    record.importEvents([anEvent()], 'file:e')
    expect(record.putEvent(anEvent({ title: 'Corrected' }), 'cli:ann')).toBe('changed')
    expect(record.importEvents([anEvent()], 'file:e')).toMatchObject({ changed: 0, unchanged: 1 })
    expect(record.events()[0]!.event.title).toBe('Corrected')
  })

  test('changed by hand, then the file changes -> the file is the newer word', async () => {
    const record = await aRecord()
    record.importEvents([anEvent()], 'file:e')
    record.putEvent(anEvent({ title: 'Corrected' }), 'cli:ann')
    expect(record.importEvents([anEvent({ title: 'Rewritten' })], 'file:e')).toMatchObject({ changed: 1 })
    expect(record.events()[0]!.event.title).toBe('Rewritten')
    expect(await auditOf(record.path, 'video')).toEqual([
      'file:e added: (none) -> A video',
      'cli:ann changed: A video -> Corrected',
      'file:e changed: Corrected -> Rewritten',
    ])
  })

  test('the file catches up with the hand -> unchanged, and the next hand stands against that file', async () => {
    const record = await aRecord()
    record.importEvents([anEvent()], 'file:e')
    record.putEvent(anEvent({ title: 'Corrected' }), 'cli:ann')
    expect(record.importEvents([anEvent({ title: 'Corrected' })], 'file:e')).toMatchObject({ unchanged: 1 })
    record.putEvent(anEvent({ title: 'Again' }), 'cli:ann')
    expect(record.importEvents([anEvent({ title: 'Corrected' })], 'file:e')).toMatchObject({ unchanged: 1 })
    expect(record.events()[0]!.event.title).toBe('Again')
  })

  test('no longer in the file -> told, and left as it is; what was added by hand is not missed', async () => {
    const record = await aRecord()
    record.importEvents([anEvent({ id: 'a' }), anEvent({ id: 'b' })], 'file:e')
    record.putEvent(anEvent({ id: 'by-hand' }), 'cli:ann')
    expect(record.importEvents([anEvent({ id: 'a' })], 'file:e').missing).toEqual(['b'])
    expect(record.events()).toHaveLength(3)
  })

  test('retracted -> stands no more, is kept with its time, and a file does not bring it back', async () => {
    const record = await aRecord({ now: () => T0 + 5 })
    record.importEvents([anEvent()], 'file:e')
    record.retractEvent('video', 'token:desk')
    record.importEvents([anEvent({ title: 'Changed in the file' })], 'file:e')
    expect(record.events()).toEqual([])
    const reader = openStoreReadOnly(record.path)
    onTestFinished(() => reader.close())
    expect(await reader.events()).toMatchObject([
      { event: { title: 'Changed in the file' }, retractedAt: T0 + 5 },
    ])
  })

  test('put again after it was retracted -> restored', async () => {
    const record = await aRecord()
    record.putEvent(anEvent(), 'cli:ann')
    record.retractEvent('video', 'cli:ann')
    expect(record.putEvent(anEvent(), 'cli:bob')).toBe('changed')
    expect(record.events()).toEqual([{ event: anEvent(), addedBy: 'cli:ann', retractedAt: null }])
    expect(await auditOf(record.path, 'video')).toEqual([
      'cli:ann added: (none) -> A video',
      'cli:ann retracted: A video -> (none)',
      'cli:bob restored: (none) -> A video',
    ])
  })

  test.each([
    { name: 'never there', before: [] },
    { name: 'retracted before', before: ['video'] },
  ])('retracting what was $name -> not_found, nothing in the audit log', async ({ before }) => {
    const record = await aRecord()
    for (const id of before) {
      record.putEvent(anEvent({ id }), 'cli:ann')
      record.retractEvent(id, 'cli:ann')
    }
    const version = record.version()
    expect(() => record.retractEvent('video', 'cli:ann')).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    )
    expect(record.version()).toBe(version)
    expect(await auditOf(record.path, 'video')).toHaveLength(2 * before.length)
  })

  test('the audit log cannot be written -> the event is not changed either', async () => {
    const record = await aRecord()
    record.putEvent(anEvent(), 'cli:ann')
    connect(record.path).exec(
      "create trigger full before insert on event_audit begin select raise(abort, 'no room'); end",
    )
    expect(() => record.putEvent(anEvent({ title: 'Changed' }), 'cli:ann')).toThrow('no room')
    expect(() => record.retractEvent('video', 'cli:ann')).toThrow('no room')
    expect(record.events()[0]).toMatchObject({ event: { title: 'A video' }, retractedAt: null })
  })

  test('changed through another connection -> this one sees the version grow', async () => {
    const one = await aRecord()
    const other = await aRecord({ path: one.path })
    const before = one.version()
    other.putEvent(anEvent(), 'cli:ann')
    expect(one.version()).toBe(before + 1)
  })
})

describe('reports', () => {
  test('never imported -> null; imported -> as they were, in the order of their file', async () => {
    const record = await aRecord()
    expect(record.reportRecord()).toBeNull()
    const given = aReportRecord([aReport({ id: 'z' }), aReport({ id: 'a' })])
    record.importReports(given)
    expect(record.reportRecord()).toEqual(given)
  })

  test('a file with one new, one changed, one the same and one gone -> counted so, and the table says what the file says', async () => {
    const record = await aRecord()
    record.importReports(aReportRecord([aReport({ id: 'a' }), aReport({ id: 'b' }), aReport({ id: 'c' })]))
    const version = record.version()
    const next = aReportRecord([
      aReport({ id: 'a' }),
      aReport({ id: 'b', notes: 'new' }),
      aReport({ id: 'd' }),
    ])
    expect(record.importReports(next)).toEqual({ added: 1, changed: 1, unchanged: 1, removed: 1 })
    expect(record.reportRecord()).toEqual(next)
    expect(record.version()).toBeGreaterThan(version)
  })

  test('the same file -> the version stays; another span of search -> it grows', async () => {
    const record = await aRecord()
    record.importReports(aReportRecord())
    const version = record.version()
    record.importReports(aReportRecord())
    expect(record.version()).toBe(version)
    record.importReports({ ...aReportRecord(), untilAt: T0 })
    expect(record.version()).toBe(version + 1)
  })
})

describe('incidents', () => {
  const changes = (path: string) =>
    connect(path)
      .prepare<[], object>('select at, kind, incident_id, others from incident_change order by id')
      .all()

  test('saved -> given back oldest first, by kind', async () => {
    const record = await aRecord()
    const later = anIncident({ id: 'later', onset: { earliestAt: T0 + 1, latestAt: T0 + 2 } })
    record.saveIncidents({ incidents: [later, anIncident()], changes: [] })
    expect(record.incidents('measured')).toEqual([anIncident(), later])
    expect(record.incidents('reported')).toEqual([])
  })

  test('two that merged -> one stands, the other leads to it, and when it was noticed is kept', async () => {
    const record = await aRecord({ now: () => T0 + 7 })
    record.saveIncidents({
      incidents: [anIncident({ id: 'a', members: ['o1'] }), anIncident({ id: 'b', members: ['o2'] })],
      changes: [],
    })
    const merged = anIncident({ id: 'a', members: ['o1', 'o2'] })
    record.saveIncidents({ incidents: [merged], changes: [{ kind: 'merged', incident: 'a', others: ['b'] }] })
    expect(record.incidents('measured')).toEqual([merged])
    expect(changes(record.path)).toEqual([{ at: T0 + 7, kind: 'merged', incident_id: 'a', others: '["b"]' }])
    const reader = openStoreReadOnly(record.path)
    onTestFinished(() => reader.close())
    expect(await reader.incident('b')).toEqual(merged)
    expect(await reader.incidentOf('o2')).toBe('a')
  })

  test('merged into one that is gone later -> null rather than a dead end', async () => {
    const record = await aRecord()
    record.saveIncidents({ incidents: [anIncident({ id: 'a' }), anIncident({ id: 'b' })], changes: [] })
    record.saveIncidents({ incidents: [], changes: [{ kind: 'merged', incident: 'a', others: ['b'] }] })
    record.saveIncidents({ incidents: [], changes: [{ kind: 'gone', incident: 'a', others: [] }] })
    const reader = openStoreReadOnly(record.path)
    onTestFinished(() => reader.close())
    expect(await reader.incident('b')).toBeNull()
    expect(record.incidents('measured')).toEqual([])
  })

  test('a split -> both stand with their members, and the split is noted', async () => {
    const record = await aRecord()
    record.saveIncidents({ incidents: [anIncident({ id: 'a', members: ['o1', 'o2'] })], changes: [] })
    record.saveIncidents({
      incidents: [anIncident({ id: 'a', members: ['o1'] }), anIncident({ id: 'b', members: ['o2'] })],
      changes: [
        { kind: 'split', incident: 'a', others: ['b'] },
        { kind: 'opened', incident: 'b', others: [] },
        { kind: 'changed', incident: 'a', others: [] },
      ],
    })
    const reader = openStoreReadOnly(record.path)
    onTestFinished(() => reader.close())
    expect([await reader.incidentOf('o1'), await reader.incidentOf('o2')]).toEqual(['a', 'b'])
    expect(changes(record.path).map((row) => (row as { kind: string }).kind)).toEqual(['split', 'opened'])
  })

  test('saved again as it was -> the version of incidents stays; with another end -> it grows', async () => {
    const record = await aRecord()
    const reader = openStoreReadOnly(record.path)
    onTestFinished(() => reader.close())
    record.saveIncidents({ incidents: [anIncident()], changes: [] })
    const version = reader.version('incident_version')
    record.saveIncidents({ incidents: [anIncident()], changes: [] })
    expect(reader.version('incident_version')).toBe(version)
    record.saveIncidents({ incidents: [anIncident({ end: day(1) })], changes: [] })
    expect(reader.version('incident_version')).toBe(version + 1)
    expect(record.version(), 'events did not change').toBe(0)
  })

  test('asked for by member -> those that hold one, once each, and none that is gone or reported', async () => {
    const record = await aRecord()
    const [a, b, c] = [
      anIncident({ id: 'a', members: ['o1', 'o2'] }),
      anIncident({ id: 'b', members: ['o3'] }),
      anIncident({ id: 'c', members: ['o4'] }),
    ]
    record.saveIncidents({ incidents: [a, b, c], changes: [] })
    record.saveIncidents({ incidents: [], changes: [{ kind: 'gone', incident: 'c', others: [] }] })
    expect(record.incidentsOf(['o2', 'o1', 'o4', 'o5'])).toEqual([a])
    expect(record.incidentsOf(['o3', 'o1'])).toEqual([a, b])
    expect(record.incidentsOf([])).toEqual([])
  })

  test('gone and there again -> it stands again', async () => {
    const record = await aRecord()
    record.saveIncidents({ incidents: [anIncident()], changes: [] })
    record.saveIncidents({ incidents: [], changes: [{ kind: 'gone', incident: 'measured.one', others: [] }] })
    expect(record.incidents('measured')).toEqual([])
    record.saveIncidents({ incidents: [anIncident()], changes: [] })
    expect(record.incidents('measured')).toEqual([anIncident()])
  })
})

describe('vantages', () => {
  const BABILON = { id: 'babilon', role: 'probe', country: 'TJ', asn: 8847 } as const
  const BERLIN = { id: 'berlin', role: 'control', country: 'DE', asn: null } as const

  test('saved, and later others -> all that ever were, as they last were, after opening again too', async () => {
    const record = await aRecord()
    expect(record.vantages()).toEqual([])
    record.saveVantages([BERLIN, BABILON])
    record.saveVantages([{ ...BERLIN, asn: 3320 }])
    const again = await aRecord({ path: record.path })
    expect(again.vantages()).toEqual([BABILON, { ...BERLIN, asn: 3320 }])
  })
})

describe('tokens', () => {
  const [HASH, OTHER] = ['ab'.repeat(32), 'cd'.repeat(32)] as const

  test('added -> found by its hash, listed without it; removed -> not found', async () => {
    const { tokens } = await aRecord()
    tokens.add('desk', HASH)
    tokens.add('agent', OTHER)
    expect(tokens.find(HASH)).toEqual({ name: 'desk', createdAt: T0 })
    expect(tokens.list()).toEqual([
      { name: 'agent', createdAt: T0 },
      { name: 'desk', createdAt: T0 },
    ])
    tokens.remove('desk')
    expect(tokens.find(HASH)).toBeNull()
    expect(() => tokens.remove('desk')).toThrow(expect.objectContaining({ code: 'not_found' }))
  })

  test.each(['', 'ab', 'AB'.repeat(32), 'zz'.repeat(32), `${HASH}00`])(
    'looked for by %j -> none',
    async (hash) => {
      const { tokens } = await aRecord()
      tokens.add('desk', HASH)
      expect(tokens.find(hash)).toBeNull()
    },
  )

  test.each([
    { name: 'the name is taken', taken: 'desk', hash: OTHER },
    { name: 'a token instead of its hash', taken: 'new', hash: 'didbon_secret' },
  ])('$name -> usage, nothing kept', async ({ taken, hash }) => {
    const { tokens } = await aRecord()
    tokens.add('desk', HASH)
    expect(() => tokens.add(taken, hash)).toThrow(expect.objectContaining({ code: 'usage' }))
    expect(tokens.list()).toHaveLength(1)
    expect(tokens.find(HASH)?.name).toBe('desk')
  })
})

async function aNewerFile(path: string): Promise<void> {
  const record = await openRecord(path, { now: () => T0 })
  record.close()
  const db = new Database(path)
  db.prepare("insert into kysely_migration (name, timestamp) values ('0099-later', '')").run()
  db.close()
  expect(statSync(path).size).toBeGreaterThan(0)
}

/** Opens a record in another thread, adds an event, closes it. */
async function openRecordInThread(path: string): Promise<void> {
  const code = `
    const { workerData } = await import('node:worker_threads')
    const { openRecord } = await import(workerData.module)
    const record = await openRecord(workerData.path, { now: () => 0 })
    record.putEvent(workerData.event, 'cli:thread')
    record.close()`
  const module = new URL('../../src/store/catalog/record.ts', import.meta.url).href
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: { path, module, event: anEvent({ id: 'from-thread' }) },
  })
  const [code2] = (await once(worker, 'exit')) as [number]
  expect(code2).toBe(0)
}
