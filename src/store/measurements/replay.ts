/** replay: measurements again, in the order they were saved, which is the order in which they were folded. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import type { Measurement } from '../../model/measurement.ts'
import type { Rates } from '../../model/rates.ts'
import { hourOf } from '../../model/time.ts'
import type { Names } from './names.ts'
import type { MeasurementTable } from '../file/schema.ts'
import { allOf, type Sql, sql } from '../file/sql.ts'
import { type StoredMeasurement, fullRecord, storedMeasurement } from './stored.ts'

export interface Replayed extends StoredMeasurement {
  /** the full record; `null` where only the small row was kept */
  readonly measurement: Measurement | null
  /** what was folded of a look that timed bytes; `null` = it timed none */
  readonly rates: Rates | null
}

/** Rows read per statement. */
const AT_ONCE = 500

/**
 * Gives every measurement that began in [since, until) and is still kept: beyond the time raw measurements are kept, only
 * those cited as evidence are left. What is saved while this runs is not part of it.
 */
export async function* replay(
  db: Database,
  names: Names,
  since: number,
  until: number,
): AsyncGenerator<Replayed> {
  const { first, last: end } = db
    .prepare<[number, number], { first: number | null; last: number }>(
      'select min(first_seq) as first, max(last_seq) as last from stretch where hour_at >= ? and hour_at < ?',
    )
    .get(hourOf(since), until)!
  if (first === null) return
  for (let from = first; from <= end;) {
    const rows = allOf<ReplayRow>(db, replayQuery(from, end))
    for (const row of rows) {
      if (row.started_at < since || row.started_at >= until) continue
      const rates = row.rates === null ? null : (JSON.parse(row.rates) as Rates)
      yield { ...storedMeasurement(row, names), measurement: fullRecord(row.body), rates }
    }
    const last = rows.at(-1)
    if (last === undefined) return
    from = last.seq + 1
    await breathe()
  }
}

type ReplayRow = MeasurementTable & { body: Buffer | null; rates: string | null }

/** Public so that a test can ask SQLite how it goes about it. */
export function replayQuery(from: number, to: number): Sql {
  return sql`select measurement.*, record.body, rates.body as rates
    from measurement left join record on record.seq = measurement.seq left join rates on rates.seq = measurement.seq
    where measurement.seq >= ${from} and measurement.seq <= ${to} order by measurement.seq limit ${AT_ONCE}`
}
