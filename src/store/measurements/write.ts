/**
 * write-measurements: rows in, with their dictionary entries, hourly counts and the map from hours to saved order.
 *
 * Everything here runs inside one transaction of batch.ts. A measurement already there is left as it is and counted once.
 */
import type { Database } from 'better-sqlite3'
import { createDictionary } from './dictionary.ts'
import { hourOf } from '../../model/time.ts'
import type { SmallRow, Tick } from './small-row.ts'
import type { Tables } from '../file/schema.ts'

/** Rows of one hour this close in saved order share a stretch: rounds overlap at the full hour, late data does not. */
const INTERVAL_GAP = 10_000

interface Tally {
  first: number
  last: number
  n: number
}

export function createMeasurementWriter(db: Database) {
  const endpoints = createDictionary(db, 'endpoint', ['name'])
  const vantages = createDictionary(db, 'vantage', ['name'])
  const series = createDictionary(db, 'series', ['endpoint_id', 'vantage_id', 'url', 'plan', 'purpose'])
  const rules = createDictionary(db, 'rule', ['outcome', 'name'])
  const verdicts = createDictionary(db, 'verdict', ['body', 'rule_id'])
  const lastSeq = db.prepare<[], number>(
    'select max((select coalesce(max(last_seq), 0) from stretch), (select coalesce(max(seq), 0) from measurement))',
  )
  const insert = db.prepare(
    `insert into measurement
     (seq, uuid, series_id, verdict_id, started_at, duration_ms, dns_ms, tcp_ms, tls_ms, http_ms, saw_http, unfit, answered)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (uuid) do nothing`,
  )
  const keepFull = openFullWriter(db)
  const insertTick = db.prepare('insert into tick (seq, at) values (?, ?)')
  const count = db.prepare(
    `insert into cell (hour_at, endpoint_id, vantage_id, rule_id, n) values (?, ?, ?, ?, ?)
     on conflict (hour_at, endpoint_id, vantage_id, rule_id) do update set n = cell.n + excluded.n`,
  )
  const noteStretch = openStretchWriter(db)
  let seq: number | null = null

  return {
    /** Writes rows, and ticks between them, in order. Call it inside a transaction. @returns seq of the last measurement there is */
    write(rows: readonly (SmallRow | Tick)[]): number {
      const hours = new Map<number, Tally>()
      const cells = new Map<string, { key: [number, number, number, number]; n: number }>()
      let next = (seq ?? lastSeq.pluck().get()!) + 1
      for (const row of rows) {
        if ('tickAt' in row) {
          insertTick.run(next - 1, row.tickAt)
          continue
        }
        const endpointId = endpoints.idOf(row.endpoint)
        const vantageId = vantages.idOf(row.vantage)
        const seriesId = series.idOf(endpointId, vantageId, row.url, row.plan, row.purpose)
        const ruleId = rules.idOf(...ruleOf(row))
        const verdictId = row.verdict === null ? null : verdicts.idOf(verdictBody(row.verdict), ruleId)
        const { changes } = insert.run(
          next,
          row.uuid,
          seriesId,
          verdictId,
          row.started_at,
          row.duration_ms,
          row.dns_ms,
          row.tcp_ms,
          row.tls_ms,
          row.http_ms,
          row.saw_http,
          row.unfit,
          row.answered,
        )
        if (changes === 0) continue
        keepFull(next, row)
        const hourAt = hourOf(row.started_at)
        const tally = hours.get(hourAt)
        hours.set(hourAt, { first: tally?.first ?? next, last: next, n: (tally?.n ?? 0) + 1 })
        const key: [number, number, number, number] = [hourAt, endpointId, vantageId, ruleId]
        cells.set(key.join(), { key, n: (cells.get(key.join())?.n ?? 0) + 1 })
        next += 1
      }
      for (const [hourAt, tally] of hours) noteStretch(hourAt, tally)
      for (const { key, n } of cells.values()) count.run(...key, n)
      seq = next - 1
      return seq
    },
    /** After a rollback: what was learned in that transaction is void. */
    forget(): void {
      seq = null
      for (const dictionary of [endpoints, vantages, series, rules, verdicts]) dictionary.forget()
    },
  }
}

/** @returns keeps what goes in full with a row: its record, the controls it was judged with, how fast bytes came */
function openFullWriter(db: Database): (seq: number, row: SmallRow) => void {
  const insertRecord = db.prepare('insert into record (seq, body) values (?, ?)')
  const keepControl = db.prepare(
    'insert into record (seq, body) select seq, ? from measurement where uuid = ? on conflict (seq) do nothing',
  )
  const insertControl = db.prepare('insert into judged_with (seq, position, uuid) values (?, ?, ?)')
  const insertRates = db.prepare('insert into rates (seq, body) values (?, ?)')
  return (seq, row) => {
    if (row.record !== null) insertRecord.run(seq, row.record)
    for (const [position, { uuid, record }] of row.controls.entries()) {
      keepControl.run(record, uuid)
      insertControl.run(seq, position, uuid)
    }
    if (row.rates !== null) insertRates.run(seq, row.rates)
  }
}

/** @returns notes where in saved order rows of an hour lie, in the newest stretch of that hour if it is near, else in a new one */
function openStretchWriter(db: Database): (hourAt: number, tally: Tally) => void {
  const newest = db.prepare<[number], Tables['stretch']>(
    'select * from stretch where hour_at = ? order by first_seq desc limit 1',
  )
  const grow = db.prepare(
    'update stretch set last_seq = ?, n = n + ?, pruned = 0 where hour_at = ? and first_seq = ?',
  )
  const start = db.prepare(
    'insert into stretch (hour_at, first_seq, last_seq, n, pruned) values (?, ?, ?, ?, 0)',
  )
  return (hourAt, { first, last, n }) => {
    const near = newest.get(hourAt)
    if (near !== undefined && first - near.last_seq <= INTERVAL_GAP) grow.run(last, n, hourAt, near.first_seq)
    else start.run(hourAt, first, last, n)
  }
}

/** What a row is counted under. What was never judged is counted by why: unfit, or what the canary said. */
function ruleOf({ verdict, unfit, answered }: SmallRow): [string, string] {
  if (verdict !== null) return [verdict.outcome, verdict.rule]
  return ['unjudged', unfit ?? (answered === null ? 'none' : `canary_${answered}`)]
}

/** Keys in a fixed order, so that one meaning has one text whoever built the object. */
export function verdictBody(v: NonNullable<SmallRow['verdict']>): string {
  return JSON.stringify({
    reached: v.reached,
    outcome: v.outcome,
    layer: v.layer,
    mechanism: v.mechanism,
    rule: v.rule,
    because: v.because,
    failure: v.failure,
    weight: v.weight,
    silent: v.silent,
    blocking: v.blocking,
    accessible: v.accessible,
    ...(v.quic === undefined ? {} : { quic: v.quic }),
  })
}
