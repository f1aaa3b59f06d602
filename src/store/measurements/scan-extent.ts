/** scan-extent: where in saved order a scan can begin, and what is still there. */
import type { Database } from 'better-sqlite3'
import { HOUR_MS, hourOf } from '../../model/time.ts'
import { unpack } from './packed.ts'

/** Where a fold can begin. */
export interface Snapshot {
  /** Unix ms */
  readonly at: number
  /** the last measurement, and the last tick, that is in it */
  readonly seq: number
  readonly tickId: number
  /** the detector's state by vantage, JSON */
  readonly states: Readonly<Record<string, string>>
}

export function openScanExtent(db: Database) {
  const snapshot = db.prepare<[number], { day_at: number }>(
    'select max(day_at) as day_at from detector_past where day_at <= ?',
  )
  const states = db.prepare<[number], { vantage: string; seq: number; tick_id: number; state: Buffer }>(
    'select vantage, seq, tick_id, state from detector_past where day_at = ? order by vantage',
  )
  const extent = db.prepare<[], { first: number | null; last: number; wholeFrom: string }>(
    `select (select min(seq) from measurement) as first, (select max(seq) from measurement) as last,
            (select value from meta where key = 'replay_from_seq') as wholeFrom`,
  )
  const pruned = db.prepare<[], number | null>('select max(hour_at) from stretch where pruned = 1').pluck()
  const between = db.prepare<[number, number], { first: number | null; last: number }>(
    `select min(first_seq) as first, max(last_seq) as last from stretch where hour_at >= ? and hour_at < ?`,
  )
  return {
    /** the newest snapshot no later than a moment; `null` = none is kept */
    snapshotAt(at: number): Snapshot | null {
      const dayAt = snapshot.get(at)?.day_at ?? null
      const rows = dayAt === null ? [] : states.all(dayAt)
      const [first] = rows
      if (dayAt === null || first === undefined) return null
      return {
        at: dayAt,
        seq: first.seq,
        tickId: first.tick_id,
        states: Object.fromEntries(rows.map(({ vantage, state }) => [vantage, unpack(state)])),
      }
    },
    /** the first and last row there are, and since when each has its controls and ticks; `null` = nothing was measured */
    extent() {
      const { first, last, wholeFrom } = extent.get()!
      return first === null ? null : { first, last, wholeFrom: Number(wholeFrom) }
    },
    /** Unix ms: from here on nothing was pruned; `null` = nothing ever was */
    unprunedFrom() {
      const hourAt = pruned.get() ?? null
      return hourAt === null ? null : hourAt + HOUR_MS
    },
    /** where in saved order the hours that touch [since, until) lie; `null` = nowhere */
    between: (since: number, until: number) => {
      const { first, last } = between.get(hourOf(since), until)!
      return first === null ? null : { first, last }
    },
  }
}
