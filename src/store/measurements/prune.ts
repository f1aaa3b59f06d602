/**
 * prune: lets raw measurements go that are past their time, a few at a call, so that nobody waits for it.
 *
 * Whole hours go, oldest first. Hourly counts stay, since they were kept up as rows came; so do measurements that an
 * outage cites as evidence, and the controls these were judged with; and imported ones, which are old when they come, and whose
 * outages are made anew from all of them whenever more are imported.
 */
import type { Database } from 'better-sqlite3'
import type { Purpose } from '../../model/measurement.ts'
import { HOUR_MS, hourOf } from '../../model/time.ts'
import type { Tables } from '../file/schema.ts'

/** Rows removed at most per call: about 10 ms on a small machine. */
const ROWS_PER_CALL = 500
/** Pages given back to the file system at most per call. */
const PAGES_PER_CALL = 100
const IMPORT: Purpose = 'import'

export interface Pruned {
  readonly deleted: number
  /** call again soon: there is more to remove */
  readonly more: boolean
}

/** @param keepRawMs how long raw measurements are kept */
export function createPruner(db: Database, keepRawMs: number): (now: number) => Pruned {
  const oldest = db.prepare<[number], Tables['stretch']>(
    'select * from stretch where pruned = 0 and hour_at <= ? order by hour_at, first_seq limit 1',
  )
  const remove = db.prepare(
    `delete from measurement where seq in (
       select m.seq from measurement m
       where m.seq between ? and ? and m.started_at >= ? and m.started_at < ?
         and m.series_id not in (select id from series where purpose = ?)
         and not exists (select 1 from evidence e where e.uuid = m.uuid)
         and not exists (
           select 1 from judged_with j join measurement look on look.seq = j.seq join evidence e on e.uuid = look.uuid
           where j.uuid = m.uuid)
       order by m.seq limit ?)`,
  )
  const shrink = db.prepare('update stretch set n = n - ?, pruned = ? where hour_at = ? and first_seq = ?')

  const step = db.transaction((lastHourAt: number): Pruned => {
    const interval = oldest.get(lastHourAt)
    if (interval === undefined) return { deleted: 0, more: false }
    const { hour_at: hourAt, first_seq: first, last_seq: last } = interval
    const { changes } = remove.run(first, last, hourAt, hourAt + HOUR_MS, IMPORT, ROWS_PER_CALL)
    const done = changes < ROWS_PER_CALL
    shrink.run(changes, done ? 1 : 0, hourAt, first)
    return { deleted: changes, more: !done || oldest.get(lastHourAt) !== undefined }
  })

  return (now) => {
    const pruned = step.immediate(hourOf(now - keepRawMs) - HOUR_MS)
    giveBack(db)
    return pruned
  }
}

/** Free pages are reused by what comes next, so only what exceeds a tenth of the file goes back to the file system. */
function giveBack(db: Database): void {
  const free = Number(db.pragma('freelist_count', { simple: true }))
  const all = Number(db.pragma('page_count', { simple: true }))
  const excess = Math.min(PAGES_PER_CALL, free - Math.ceil(all / 10))
  if (excess > 0) db.pragma(`incremental_vacuum(${excess})`)
}
