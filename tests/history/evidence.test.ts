import { expect, test } from 'vitest'
import { groupOutages } from '../../src/incident/group.ts'
import { groupReports } from '../../src/incident/reports.ts'
import { recordSpan } from '../../src/correlate/record-span.ts'
import { importRecord } from '../../src/run/import-record.ts'
import { RESET, aMeasurement, saved, opened, DAY, HOUR, T0 } from '../store/nouns.ts'
import { UNDATED, aReport, aReportRecord, anEvent, anIncident, day } from '../store/record-nouns.ts'
import { anId, given, outageAt, saveOutages } from './given.ts'

const VANTAGES = [{ id: 'babilon', role: 'probe', country: 'TJ', asn: 8847 }] as const

test('an outage -> with its incident, and its evidence in full where that was kept', async () => {
  const { store, record, history } = await given()
  const seen = aMeasurement(1)
  const outage = outageAt(0, 30, { cause: 'blocked', evidence: [seen.id, anId(99)] })
  store.save(saved(seen, { verdict: RESET, changes: [opened(outage)] }))
  record.saveIncidents(groupOutages([outage], VANTAGES))
  const found = await history.outage(outage.id)
  expect(found).toMatchObject({ outage, incident: 'measured.tj.20251009T080000Z' })
  expect(found!.evidence, 'what was never saved is left out').toEqual([
    { summary: expect.objectContaining({ id: seen.id, verdict: RESET }), measurement: seen },
  ])
  expect(await history.outage('nobody')).toBeNull()
})

test('a measured incident -> with its outages, the earliest first, and what it may have followed', async () => {
  const { store, record, history } = await given()
  const outages = [
    outageAt(0, 30, { cause: 'blocked' }),
    outageAt(20, null, { cause: 'blocked', service: 'youtube' }),
  ]
  saveOutages(store, outages)
  record.importReports(aReportRecord([]))
  record.saveIncidents(groupOutages(outages, VANTAGES))
  record.putEvent(
    anEvent({ at: { ...day(0), earliestAt: T0 - 5 * 3_600_000, latestAt: T0 - 4 * 3_600_000 } }),
    'cli:ann',
  )
  const [incident] = record.incidents('measured')
  const found = (await history.incident(incident!.id))!
  expect(found.incident).toEqual(incident)
  expect(found.outages).toEqual(outages)
  expect(found.reports).toEqual([])
  expect(found.ranking.candidates[0]).toMatchObject({ event: 'video', lagHours: [4 - 30 / 3600, 5] })
  expect(await history.incident('nobody')).toBeNull()
})

test('a reported incident -> with its reports, and the trigger its sources name beside the numbers', async () => {
  const { record, history } = await given()
  const reports = [
    aReport({ id: 'a', documentedTrigger: 'video' }),
    aReport({ id: 'b' }),
    aReport({ id: 'c', episode: 'other' }),
  ]
  importRecord(record, { events: [anEvent()], eventsBy: 'file:e', reports: aReportRecord(reports) })
  const found = (await history.incident('reported.a'))!
  expect(found.reports.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(found.outages).toEqual([])
  expect(found.ranking.documentedTriggers).toEqual(['video'])
})

test('an incident that merged into another -> the link leads to that one', async () => {
  const { record, history } = await given()
  record.saveIncidents({ incidents: [anIncident({ id: 'a' }), anIncident({ id: 'b' })], changes: [] })
  record.saveIncidents({
    incidents: [anIncident({ id: 'a' })],
    changes: [{ kind: 'merged', incident: 'a', others: ['b'] }],
  })
  expect((await history.incident('b'))!.incident.id).toBe('a')
})

test('an event is added, changed, retracted -> the ranking follows at once', async () => {
  const { record, history } = await given()
  importRecord(record, { events: [], eventsBy: 'file:e', reports: aReportRecord() })
  const ranked = async () => {
    const { incidents } = await history.correlations({})
    return incidents[0]!.candidates.map(({ event }) => event)
  }
  expect(await ranked()).toEqual([])
  record.putEvent(anEvent(), 'cli:ann')
  expect(await ranked()).toEqual(['video'])
  record.putEvent(anEvent({ at: day(900) }), 'cli:ann')
  expect(await ranked(), 'two and a half years later it explains nothing').toEqual([])
  record.putEvent(anEvent(), 'cli:ann')
  record.retractEvent('video', 'cli:ann')
  expect(await ranked()).toEqual([])
})

test('correlations -> all rankings, the oldest first, and significance of each kind there is', async () => {
  const { store, record, history } = await given()
  for (const n of [0, 100]) store.save(saved(aMeasurement(n, { startedAt: T0 + n * DAY })))
  store.flush()
  const onset = { earliestAt: T0 + 40 * DAY, latestAt: T0 + 40 * DAY + 60_000 }
  importRecord(record, { events: [anEvent()], eventsBy: 'file:e', reports: aReportRecord() })
  const before = await history.correlations({})
  expect(before.significance).toMatchObject({
    measured: null,
    reported: { kind: 'reported', incidents: 1, events: 1 },
  })
  record.saveIncidents({ incidents: [anIncident({ onset })], changes: [] })
  const after = await history.correlations({})
  expect(after.incidents.map(({ incident }) => incident)).toEqual(['reported.r1', 'measured.one'])
  expect(after.significance.measured).toMatchObject({ kind: 'measured', incidents: 1 })
  const one = await history.correlations({ incident: 'measured.one' })
  expect(one.incidents.map(({ incident }) => incident)).toEqual(['measured.one'])
  expect(one.significance, 'it is about all of them').toEqual({ measured: null, reported: null })
  for (const [kind, other] of [
    ['reported', 'measured'],
    ['measured', 'reported'],
  ] as const) {
    const found = await history.correlations({ kind })
    expect(found.incidents.map((ranking) => ranking.kind)).toEqual([kind])
    expect(found.significance).toMatchObject({ [kind]: { kind }, [other]: null })
  }
  expect((await history.correlations({ incident: 'nobody' })).incidents).toEqual([])
})

test('significance asked for again -> the very same while what it rests on stands, another after that', async () => {
  const { store, record, history } = await given()
  for (const n of [0, 100]) store.save(saved(aMeasurement(n, { startedAt: T0 + n * DAY })))
  store.flush()
  importRecord(record, { events: [anEvent()], eventsBy: 'file:e', reports: aReportRecord() })
  const onset = { earliestAt: T0 + 40 * DAY, latestAt: T0 + 40 * DAY + 60_000 }
  record.saveIncidents({ incidents: [anIncident({ onset })], changes: [] })
  const ask = async () => (await history.correlations({})).significance
  const first = await ask()
  expect([first.measured, first.reported]).not.toContain(null)
  const same = [
    () => undefined,
    () => record.putEvent(anEvent({ title: 'Corrected' }), 'cli:ann'),
    () =>
      record.saveIncidents({
        incidents: [anIncident({ onset, end: day(60), members: ['o1', 'o2'] })],
        changes: [],
      }),
    () => store.save(saved(aMeasurement(101, { startedAt: T0 + 100 * DAY + HOUR }))),
  ]
  for (const change of same) {
    change()
    store.flush()
    const again = await ask()
    expect(again.reported).toBe(first.reported)
    expect(again.measured).toBe(first.measured)
  }
  record.saveIncidents({ incidents: [anIncident({ onset, services: ['youtube'] })], changes: [] })
  const second = await ask()
  expect(second.reported, 'not about measured incidents').toBe(first.reported)
  expect(second.measured).not.toBe(first.measured)
  record.putEvent(anEvent({ id: 'second', at: day(50) }), 'cli:ann')
  const third = await ask()
  expect(third.reported).not.toBe(second.reported)
  expect(third.measured).not.toBe(second.measured)
  store.save(saved(aMeasurement(102, { startedAt: T0 + 120 * DAY })))
  store.flush()
  expect((await ask()).measured, 'weeks more were measured').not.toBe(third.measured)
})

test('the measured kind -> tested over the time that was measured, the reported one over what was searched', async () => {
  const { store, record, history } = await given()
  for (const n of [0, 100]) store.save(saved(aMeasurement(n, { startedAt: T0 + n * DAY })))
  store.flush()
  const onset = (n: number) => ({ earliestAt: T0 + n * DAY, latestAt: T0 + n * DAY + 60_000 })
  const events = [anEvent({ id: 'before', at: day(-300) }), anEvent({ id: 'during', at: day(40) })]
  importRecord(record, { events, eventsBy: 'file:e', reports: aReportRecord() })
  record.saveIncidents({
    incidents: [anIncident({ id: 'in', onset: onset(50) }), anIncident({ id: 'out', onset: onset(101) })],
    changes: [],
  })
  const { significance, incidents } = await history.correlations({})
  expect(significance.measured).toMatchObject({ incidents: 1, leftOut: 1, events: 1 })
  expect(significance.reported).toMatchObject({ incidents: 1, leftOut: 0, events: 2 })
  const lambdas = new Set(incidents.flatMap(({ candidates }) => candidates.map(({ lambda }) => lambda)))
  expect([...lambdas], 'ranked by one rate of events').toEqual([2 / (2000 * 24)])
})

test.each([
  { name: 'a file says what was searched', reports: true, span: [T0 - 1000 * DAY, T0 + 1000 * DAY] },
  {
    name: 'no file: from the first dated event to the last measurement',
    reports: false,
    span: [T0, T0 + 9 * DAY],
  },
])('$name -> the rate of events is counted over that', ({ reports, span }) => {
  const events = [anEvent({ at: UNDATED }), anEvent(), anEvent({ at: day(3) })]
  const found = recordSpan(events, reports ? aReportRecord() : null, { lastAt: T0 + 9 * DAY })
  expect(found).toEqual({ fromAt: span[0], untilAt: span[1] })
})

test('a record without a single date -> rankings that say nothing, and no significance', async () => {
  const { record, history } = await given()
  record.saveIncidents({ incidents: [anIncident()], changes: [] })
  const { incidents, significance } = await history.correlations({})
  expect(incidents).toMatchObject([{ candidates: [], none: 1 }])
  expect(significance).toEqual({ measured: null, reported: null })
})

test('the files imported twice -> nothing changes, and incidents keep their ids', async () => {
  const { record, history } = await given()
  const files = { events: [anEvent()], eventsBy: 'file:e', reports: aReportRecord() }
  importRecord(record, files)
  const before = [record.version(), await history.incidents({ limit: 9 })]
  expect(importRecord(record, files)).toEqual({
    events: { added: 0, changed: 0, unchanged: 1, missing: [] },
    reports: { added: 0, changed: 0, unchanged: 1, removed: 0 },
  })
  expect([record.version(), await history.incidents({ limit: 9 })]).toEqual(before)
})

test('a report that ties two episodes together comes late -> one incident takes the other in', async () => {
  const { record, history } = await given()
  const [a, b] = [aReport({ id: 'a' }), aReport({ id: 'b', onset: day(9), end: day(9) })]
  const files = (reports: readonly ReturnType<typeof aReport>[]) => ({
    events: [],
    eventsBy: 'f',
    reports: aReportRecord(reports),
  })
  importRecord(record, files([a, b]))
  expect((await history.incidents({ limit: 9 })).rows.map(({ id }) => id)).toEqual([
    'reported.b',
    'reported.a',
  ])
  importRecord(
    record,
    files([a, b, aReport({ id: 'c', onset: { ...day(3), latestAt: day(7).latestAt }, end: day(9) })]),
  )
  expect((await history.incidents({ limit: 9 })).rows.map(({ id }) => id)).toEqual(['reported.a'])
  expect((await history.incident('reported.b'))!.incident.id).toBe('reported.a')
  expect(groupReports([a, b]).incidents).toHaveLength(2)
})
