import { describe, expect, test } from 'vitest'
import type { History, StateSeries } from '../../src/model/history.ts'
import type { State, StateChange } from '../../src/model/outage.ts'
import { DAY, HOUR, T0, aMeasurement, saved } from '../store/nouns.ts'
import { UNDATED, aReport, aReportRecord, day } from '../store/record-nouns.ts'
import { type Given, given } from './given.ts'

const MINUTE = 60_000

/** From so many minutes after T0 on. */
function from(minutes: number, state: State, over: Partial<StateChange> = {}): StateChange {
  return {
    service: 'facebook',
    vantage: 'babilon',
    at: T0 + minutes * MINUTE,
    state,
    mechanism: null,
    ref: null,
    ...over,
  }
}

/** Intervals as `from-until state`, in minutes after T0. */
function drawn(rows: readonly StateSeries[]): string[][] {
  const at = (moment: number | null) => (moment === null ? '' : String((moment - T0) / MINUTE))
  return rows.map((row) => row.intervals.map((s) => `${at(s.fromAt)}-${at(s.untilAt)} ${s.state}`))
}

function span(history: History, fromMinutes: number, untilMinutes: number, of: object = {}) {
  return history.timeline({ since: T0 + fromMinutes * MINUTE, until: T0 + untilMinutes * MINUTE, ...of })
}

/** The lookout was at work until so many minutes after T0. */
function measuredUntil({ store }: Given, minutes: number): void {
  store.save(saved(aMeasurement(1, { startedAt: T0 + minutes * MINUTE })))
  store.flush()
}

describe('measured', () => {
  const changes = [
    from(0, 'ok'),
    from(10, 'unreachable', { ref: 'o1' }),
    from(12, 'blocked', { ref: 'o1', mechanism: 'tcp.reset' }),
    from(20, 'insufficient'),
    from(30, 'ok'),
  ]

  test.each([
    {
      name: 'all of it',
      bounds: [0, 40],
      strip: ['0-10 ok', '10-12 unreachable', '12-20 blocked', '20-30 insufficient', '30- ok'],
    },
    {
      name: 'the middle',
      bounds: [11, 25],
      strip: ['11-12 unreachable', '12-20 blocked', '20-25 insufficient'],
    },
    { name: 'within one state', bounds: [13, 14], strip: ['13-14 blocked'] },
    { name: 'from a change on', bounds: [10, 12], strip: ['10-12 unreachable'] },
    { name: 'after the last change', bounds: [35, 40], strip: ['35- ok'] },
    { name: 'begun before anything was known', bounds: [-5, 5], strip: ['0-5 ok'] },
  ])('$name -> $strip', async ({ bounds, strip }) => {
    const it = await given()
    measuredUntil(it, 40)
    it.record.saveStates(changes)
    const rows = await span(it.history, bounds[0]!, bounds[1]!)
    expect(drawn(rows)).toEqual([strip])
  })

  test('a span before anything was known -> no strip, rather than one that looks fine', async () => {
    const it = await given()
    it.record.saveStates(changes)
    expect(await span(it.history, -60, -10)).toEqual([])
  })

  test('what an interval comes from -> told with it', async () => {
    const it = await given()
    measuredUntil(it, 40)
    it.record.saveStates(changes)
    const [row] = await span(it.history, 12, 20)
    expect(row).toEqual({
      kind: 'measured',
      service: 'facebook',
      vantage: 'babilon',
      intervals: [
        {
          fromAt: T0 + 12 * MINUTE,
          untilAt: T0 + 20 * MINUTE,
          state: 'blocked',
          mechanism: 'tcp.reset',
          ref: 'o1',
        },
      ],
    })
  })

  test('nobody has looked since -> the last state stands until the last look, and from there nothing is known', async () => {
    const it = await given()
    measuredUntil(it, 40)
    it.record.saveStates(changes)
    expect(drawn(await span(it.history, 30, 600))).toEqual([['30-40 ok', '40- insufficient']])
    expect(drawn(await span(it.history, 30, 54)), 'a few minutes are nothing').toEqual([['30- ok']])
    expect(drawn(await span(it.history, 100, 600))).toEqual([['100- insufficient']])
  })

  test('the same state noted twice -> one interval; two notes of one moment -> the later one stands', async () => {
    const it = await given()
    measuredUntil(it, 40)
    it.record.saveStates([from(0, 'ok'), from(5, 'ok'), from(10, 'down')])
    it.record.saveStates([from(10, 'blocked')])
    expect(drawn(await span(it.history, 0, 40))).toEqual([['0-10 ok', '10- blocked']])
  })

  test('several services and vantages -> strips by service, then vantage; filters leave the rest out', async () => {
    const it = await given()
    measuredUntil(it, 40)
    it.record.saveStates([
      from(0, 'ok', { service: 'youtube' }),
      from(0, 'ok', { vantage: 'tcell' }),
      from(0, 'ok'),
      from(50, 'ok', { service: 'later' }),
    ])
    const names = async (of: object) =>
      (await span(it.history, 0, 40, of)).map((row) => `${row.service} ${row.vantage}`)
    expect(await names({})).toEqual(['facebook babilon', 'facebook tcell', 'youtube babilon'])
    expect(await names({ service: 'facebook' })).toEqual(['facebook babilon', 'facebook tcell'])
    expect(await names({ vantage: 'babilon' })).toEqual(['facebook babilon', 'youtube babilon'])
    expect(await names({ vantage: 'nobody' })).toEqual([])
  })
})

describe('reported', () => {
  test('apart from what is measured, one series per service, only where somebody reported something', async () => {
    const it = await given()
    measuredUntil(it, 40)
    it.record.saveStates([from(0, 'ok')])
    it.record.importReports(
      aReportRecord([
        aReport({ id: 'b', services: ['youtube', 'facebook'] }),
        aReport({ id: 'a', mode: 'regional-shutdown', onset: day(2), end: UNDATED }),
        aReport({ id: 'c', mode: 'domain-takedown', services: ['asia-plus'] }),
        aReport({ id: 'undated', onset: UNDATED, end: UNDATED }),
        aReport({ id: 'elsewhere', onset: day(500), end: day(501) }),
      ]),
    )
    const rows = await it.history.timeline({ since: T0, until: T0 + 3 * DAY })
    expect(rows.map(({ kind, service, vantage }) => [kind, service, vantage])).toEqual([
      ['measured', 'facebook', 'babilon'],
      ['reported', 'asia-plus', null],
      ['reported', 'facebook', null],
      ['reported', 'youtube', null],
    ])
    expect(rows[2]!.intervals).toEqual([
      { fromAt: T0 + DAY, untilAt: T0 + 3 * DAY, state: 'blocked', mechanism: null, ref: 'b' },
      {
        fromAt: T0 + 2 * DAY,
        untilAt: T0 + 2 * DAY + 23 * HOUR,
        state: 'shutdown',
        mechanism: null,
        ref: 'a',
      },
    ])
    expect(rows[1]!.intervals[0]!.state).toBe('down')
  })

  test('of one vantage -> reports say nothing about it', async () => {
    const it = await given()
    it.record.importReports(aReportRecord())
    const all = { since: T0, until: T0 + 9 * DAY }
    expect(await it.history.timeline({ ...all, vantage: 'babilon' })).toEqual([])
    expect(await it.history.timeline({ ...all, service: 'facebook' })).toHaveLength(1)
    expect(await it.history.timeline({ ...all, service: 'youtube' })).toEqual([])
  })
})
