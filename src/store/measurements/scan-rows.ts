/** scan-rows: rows, and ticks between them, in the order they were saved, page by page. */
import type { Database, Statement } from 'better-sqlite3'
import type { CanaryAnswer } from '../../model/judged-measurement.ts'
import type { Unfit } from '../../model/measurement.ts'
import type { Verdict } from '../../model/verdict.ts'
import { uuidText } from '../file/uuid.ts'
import { type Series, createNames } from './names.ts'

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
  readonly answered: CanaryAnswer | null
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

/** Rows, and ticks, read per statement. */
const AT_ONCE = 5_000
const TICKS_AT_ONCE = 1_000

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
  answered: CanaryAnswer | null,
  recorded: 0 | 1,
]

export function openScanRows(
  db: Database,
  between: (since: number, until: number) => { readonly first: number; readonly last: number } | null,
) {
  const page = db
    .prepare(
      `select ${COLUMNS} from measurement m where m.seq > ? and m.seq <= ? order by m.seq limit ${AT_ONCE}`,
    )
    .raw(true)
  const ticksOf = db.prepare<[number, number, number, number], TickRow>(
    'select id, seq, at from tick where seq >= ? and seq <= ? and id > ? order by id limit ?',
  )
  const names = createNames(db)

  function row(raw: Row): ScannedRow {
    const [seq, uuid, seriesId, verdictId, startedAt, durationMs, sawHttp, unfit, answered, recorded] = raw
    return {
      kind: 'measurement',
      seq,
      uuid,
      series: names.series(seriesId),
      startedAt,
      endedAt: startedAt + durationMs,
      sawHttp: sawHttp === 1,
      unfit,
      answered,
      verdict: verdictId === null ? null : names.verdict(verdictId),
      recorded: recorded === 1,
    }
  }

  return {
    /** Rows and ticks after a row and a tick, up to a row, in the order they were saved. */
    *rows(afterSeq: number, afterTick: number, toSeq: number): Generator<ScannedRow | ScannedTick> {
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
    /** Rows of some vantages that began in [since, until), by when they ended. */
    rowsOf(vantages: readonly string[], since: number, until: number): ScannedRow[] {
      const bounds = between(since, until)
      if (bounds === null) return []
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
  }
}

interface TickRow {
  readonly id: number
  readonly seq: number
  readonly at: number
}

/** Ticks after one, between two rows, in order. */
function* ticksBetween(
  ticks: Statement<[number, number, number, number], TickRow>,
  afterSeq: number,
  afterTick: number,
  toSeq: number,
): Generator<{ seq: number; at: number }, undefined> {
  for (let after = afterTick; ;) {
    const found = ticks.all(afterSeq, toSeq, after, TICKS_AT_ONCE)
    yield* found
    if (found.length < TICKS_AT_ONCE) return undefined
    after = found.at(-1)!.id
  }
}

/** The id of a scanned row as people write it. */
export function idOf({ uuid }: ScannedRow): string {
  return uuidText(uuid)
}
