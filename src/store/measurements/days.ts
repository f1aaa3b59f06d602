/** days: where the detector stood at the first commit of each day, so that a replay need not begin at the beginning. */
import type { Database } from 'better-sqlite3'
import { DAY_MS } from '../../model/time.ts'

/** @returns keeps the detector's state as it now is, once a day; call it at the end of a transaction */
export function createDays(db: Database): (now: number, seq: number) => void {
  const newest = db.prepare<[], number | null>('select max(day_at) from detector_past').pluck()
  const keep = db.prepare(
    `insert into detector_past (day_at, vantage, seq, tick_id, state)
     select ?, vantage, ?, (select coalesce(max(id), 0) from tick), state from detector`,
  )
  // What follows them is pruned: nothing can be folded from there.
  const oldest = '(select coalesce(min(first_seq), 0) from stretch where pruned = 0)'
  const letGo = ['detector_past', 'tick'].map((table) =>
    db.prepare(`delete from ${table} where seq < ${oldest} - 1`),
  )
  let kept: number | null = null
  return (now, seq) => {
    kept ??= newest.get() ?? 0
    if (Math.floor(now / DAY_MS) === Math.floor(kept / DAY_MS)) return
    kept = null // read again: this transaction may not go through
    keep.run(now, seq)
    for (const each of letGo) each.run()
  }
}
