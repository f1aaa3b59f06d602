/**
 * scan: stored measurements in the order they were folded, as quickly as the file gives them: what a replay reads.
 *
 * Rows come with their verdict and without their record; the few that are judged again have theirs read one by one. It reads
 * at once, without a pause between pages, and so belongs into a process that serves nobody meanwhile.
 */
import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { AppError } from '../../model/error.ts'
import type { CanaryLook } from '../../model/look.ts'
import type { Measurement, Unfit } from '../../model/measurement.ts'
import type { Rates } from '../../model/rates.ts'
import type { Verdict } from '../../model/verdict.ts'
import { BUSY_TIMEOUT_MS, explain, identify } from '../file/file.ts'
import { HOUR_MS, hourOf } from '../../model/time.ts'
import { SCHEMA_VERSION } from '../file/migrate.ts'
import type { Series } from './names.ts'
import { unpack } from './packed.ts'
import { type TickRow, ticksBetween } from './scan-ticks.ts'
import { openWords } from './scan-words.ts'
import { fullRecord } from './stored.ts'
import { uuidText } from '../file/uuid.ts'

/** One stored measurement, as far as folding needs it. */
export interface ScannedRow {
  readonly kind: 'measurement'
  /** order saved */
  readonly seq: number
  readonly series: Series
  /** Unix ms */
  readonly startedAt: number
  readonly endedAt: number
  readonly sawHttp: boolean
  readonly unfit: Unfit | null
  readonly answered: CanaryLook['answered'] | null
  readonly verdict: Verdict | null
  /** whether its full record was kept */
  readonly recorded: boolean
  readonly uuid: Buffer
}

/** Time that passed between two measurements and changed something. */
export interface ScannedTick {
  readonly kind: 'tick'
  readonly at: number
}

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

export interface Scan {
  /** the newest snapshot no later than a moment; `null` = none is kept */
  readonly snapshotAt: (at: number) => Snapshot | null
  /** the first and last row there are, and since when each has its controls and ticks; `null` = nothing was measured */
  readonly extent: () => { readonly first: number; readonly last: number; readonly wholeFrom: number } | null
  /** Unix ms: from here on nothing was pruned; `null` = nothing ever was */
  readonly unprunedFrom: () => number | null
  /** where in saved order the hours that touch [since, until) lie; `null` = nowhere */
  readonly between: (since: number, until: number) => { readonly first: number; readonly last: number } | null
  /** Rows and ticks after a row and a tick, up to a row, in the order they were saved. */
  readonly rows: (afterSeq: number, afterTick: number, toSeq: number) => Iterable<ScannedRow | ScannedTick>
  /** Rows of some vantages that began in [since, until), by when they ended. */
  readonly rowsOf: (vantages: readonly string[], since: number, until: number) => ScannedRow[]
  readonly record: (seq: number) => Measurement | null
  /** how fast bytes came, as it was folded; `null` = none were timed */
  readonly rates: (seq: number) => Rates | null
  /** the controls a look was judged with; `null` = one of them was not kept */
  readonly controls: (seq: number) => readonly Measurement[] | null
  readonly close: () => void
}

/** Rows read per statement. */
const AT_ONCE = 5_000
/** Controls remembered: looks that fail together are judged with the same few. */
const REMEMBERED = 200

const COLUMNS = `m.seq, m.uuid, m.series_id, m.verdict_id, m.started_at, m.duration_ms, m.saw_http, m.unfit, m.answered,
  exists (select 1 from record r where r.seq = m.seq) as recorded`

type Row = [
  seq: number,
  uuid: Buffer,
  seriesId: number,
  verdictId: number | null,
  startedAt: number,
  durationMs: number,
  sawHttp: 0 | 1,
  unfit: Unfit | null,
  answered: CanaryLook['answered'] | null,
  recorded: 0 | 1,
]

/**
 * Opens a store to fold what is in it again, beside a running daemon or without one.
 *
 * @throws AppError not_found, usage, store_newer, store_damaged, config_invalid
 */
export function openScan(path: string): Scan {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new AppError('not_found', `There is no store at ${path}, so there is nothing to replay.`)
  }
  let db: Database.Database | null = null
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    const version = identify(db, path)
    if (version < SCHEMA_VERSION) {
      throw new AppError(
        'usage',
        `${path} has schema version ${version}, this program reads version ${SCHEMA_VERSION}. Start its daemon once: it brings the store up to date.`,
      )
    }
    return scan(db)
  } catch (error) {
    db?.close()
    throw explain(path, error)
  }
}

function scan(db: Database.Database): Scan {
  const page = db
    .prepare(
      `select ${COLUMNS} from measurement m where m.seq > ? and m.seq <= ? order by m.seq limit ${AT_ONCE}`,
    )
    .raw(true)
  const ticksOf = db.prepare<[number, number, number, number], TickRow>(
    'select id, seq, at from tick where seq >= ? and seq <= ? and id > ? order by id limit ?',
  )
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
  const body = db.prepare<[number], Buffer>('select body from record where seq = ?').pluck()
  const timed = db.prepare<[number], string>('select body from rates where seq = ?').pluck()
  const judgedWith = db.prepare<[number], { uuid: Buffer; seq: number | null }>(
    `select j.uuid, m.seq from judged_with j left join measurement m on m.uuid = j.uuid where j.seq = ? order by j.position`,
  )
  const words = openWords(db)
  const remembered = new Map<number, Measurement | null>()

  function row(raw: Row): ScannedRow {
    const [seq, uuid, seriesId, verdictId, startedAt, durationMs, sawHttp, unfit, answered, recorded] = raw
    return {
      kind: 'measurement',
      seq,
      uuid,
      series: words.series(seriesId),
      startedAt,
      endedAt: startedAt + durationMs,
      sawHttp: sawHttp === 1,
      unfit,
      answered,
      verdict: verdictId === null ? null : words.verdict(verdictId),
      recorded: recorded === 1,
    }
  }

  const record = (seq: number): Measurement | null => fullRecord(body.get(seq) ?? null)

  function control(seq: number): Measurement | null {
    const known = remembered.get(seq)
    if (known !== undefined) return known
    if (remembered.size >= REMEMBERED) remembered.clear()
    const read = record(seq)
    remembered.set(seq, read)
    return read
  }

  return {
    snapshotAt(at) {
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
    extent() {
      const { first, last, wholeFrom } = extent.get()!
      return first === null ? null : { first, last, wholeFrom: Number(wholeFrom) }
    },
    unprunedFrom() {
      const hourAt = pruned.get() ?? null
      return hourAt === null ? null : hourAt + HOUR_MS
    },
    between(since, until) {
      const { first, last } = between.get(hourOf(since), until)!
      return first === null ? null : { first, last }
    },
    *rows(afterSeq, afterTick, toSeq) {
      const ticks = ticksBetween(ticksOf, afterSeq, afterTick, toSeq)
      let tick = ticks.next()
      for (let from = afterSeq; ;) {
        const raw = page.all(from, toSeq) as Row[]
        for (const each of raw) {
          for (; tick.done !== true && tick.value.seq < each[0]; tick = ticks.next())
            yield { kind: 'tick', at: tick.value.at }
          yield row(each)
        }
        if (raw.length < AT_ONCE) break
        from = raw.at(-1)![0]
      }
      for (; tick.done !== true; tick = ticks.next()) yield { kind: 'tick', at: tick.value.at }
    },
    rowsOf(vantages, since, until) {
      const bounds = between.get(hourOf(since), until)!
      if (bounds.first === null) return []
      const rows = db
        .prepare(
          `select ${COLUMNS} from measurement m where m.seq between ? and ? and m.started_at >= ? and m.started_at < ?
           and m.series_id in (select s.id from series s join vantage v on v.id = s.vantage_id
                               where v.name in (select value from json_each(?)))`,
        )
        .raw(true)
        .all(bounds.first, bounds.last, since, until, JSON.stringify(vantages)) as Row[]
      return rows
        .map(row)
        .sort((a, b) => a.endedAt - b.endedAt || a.startedAt - b.startedAt || a.uuid.compare(b.uuid))
    },
    record,
    rates(seq) {
      const found = timed.get(seq)
      return found === undefined ? null : (JSON.parse(found) as Rates)
    },
    controls(seq) {
      const found = judgedWith.all(seq).map((with_) => (with_.seq === null ? null : control(with_.seq)))
      return found.every((one) => one !== null) ? found : null
    },
    close: () => {
      db.close()
    },
  }
}

/** The id of a scanned row as people write it. */
export function idOf({ uuid }: ScannedRow): string {
  return uuidText(uuid)
}
