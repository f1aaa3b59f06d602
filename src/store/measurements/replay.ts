/** replay: measurements again, in the order they were saved, which is the order in which they were folded. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Measurement } from '../../model/measurement.ts'
import type { Rates } from '../../model/rates.ts'
import { hourOf } from '../../model/time.ts'
import type { Names } from './names.ts'
import type { Tables } from '../file/schema.ts'
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
  db: Kysely<Tables>,
  names: Names,
  since: number,
  until: number,
): AsyncGenerator<Replayed> {
  const bounds = await db
    .selectFrom('stretch')
    .select(({ fn }) => [fn.min('first_seq').as('first'), fn.max('last_seq').as('last')])
    .where('hour_at', '>=', hourOf(since))
    .where('hour_at', '<', until)
    .executeTakeFirstOrThrow()
  if (bounds.first === null) return
  for (let from = bounds.first; from <= bounds.last;) {
    const rows = await replayQuery(db, from, bounds.last).execute()
    for (const row of rows) {
      if (row.started_at < since || row.started_at >= until) continue
      const rates = row.rates === null ? null : (JSON.parse(row.rates) as Rates)
      yield { ...(await storedMeasurement(row, names)), measurement: fullRecord(row.body), rates }
    }
    const last = rows.at(-1)
    if (last === undefined) return
    from = last.seq + 1
    await breathe()
  }
}

/** Public so that a test can ask SQLite how it goes about it. */
export function replayQuery(db: Kysely<Tables>, from: number, to: number) {
  return db
    .selectFrom('measurement')
    .leftJoin('record', 'record.seq', 'measurement.seq')
    .leftJoin('rates', 'rates.seq', 'measurement.seq')
    .selectAll('measurement')
    .select(['record.body', 'rates.body as rates'])
    .where('measurement.seq', '>=', from)
    .where('measurement.seq', '<=', to)
    .orderBy('measurement.seq')
    .limit(AT_ONCE)
}
