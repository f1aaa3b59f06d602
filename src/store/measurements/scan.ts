/**
 * scan: stored measurements in the order they were folded, as quickly as the file gives them: what a replay reads.
 *
 * Rows come with their verdict and without their record; the few that are judged again have theirs read one by one. It reads
 * at once, without a pause between pages, and so belongs into a process that serves nobody meanwhile.
 */
import type { Database } from 'better-sqlite3'
import type { Measurement } from '../../model/measurement.ts'
import type { Rates } from '../../model/rates.ts'
import { openToRead } from '../file/connection.ts'
import { remember } from './names.ts'
import { openScanExtent } from './scan-extent.ts'
import { openScanRows } from './scan-rows.ts'
import { fullRecord } from './stored.ts'

export type Scan = ReturnType<typeof scan>

/** Controls remembered: looks that fail together are judged with the same few. */
const REMEMBERED = 200

/**
 * Opens a store to fold what is in it again, beside a running daemon or without one.
 *
 * @throws AppError not_found, usage, store_newer, store_damaged, config_invalid
 */
export function openScan(path: string): Scan {
  return openToRead(path, `There is no store at ${path}, so there is nothing to replay.`, scan)
}

function scan(db: Database) {
  const body = db.prepare<[number], Buffer>('select body from record where seq = ?').pluck()
  const timed = db.prepare<[number], string>('select body from rates where seq = ?').pluck()
  const judgedWith = db.prepare<[number], { uuid: Buffer; seq: number | null }>(
    `select j.uuid, m.seq from judged_with j left join measurement m on m.uuid = j.uuid where j.seq = ? order by j.position`,
  )
  const record = (seq: number): Measurement | null => fullRecord(body.get(seq) ?? null)
  const control = remember(REMEMBERED, record)
  const extent = openScanExtent(db)
  return {
    ...extent,
    ...openScanRows(db, extent.between),
    record,
    /** how fast bytes came, as it was folded; `null` = none were timed */
    rates: (seq: number): Rates | null => {
      const found = timed.get(seq)
      return found === undefined ? null : (JSON.parse(found) as Rates)
    },
    /** the controls a measurement was judged with; `null` = one of them was not kept */
    controls(seq: number): readonly Measurement[] | null {
      const found = judgedWith.all(seq).map((with_) => (with_.seq === null ? null : control(with_.seq)))
      return found.every((one) => one !== null) ? found : null
    },
    close: () => {
      db.close()
    },
  }
}
