/**
 * rewrite: puts what a replay gave in the place of what was stored, in one transaction: all of it, or nothing.
 *
 * It takes the store as a daemon does, so none may be running meanwhile.
 */
import type { Database } from 'better-sqlite3'
import type { Grouped, Incident } from '../model/incident.ts'
import type { Outage, StateChange } from '../model/outage.ts'
import type { Verdict } from '../model/verdict.ts'
import { openToWrite } from './file/connection.ts'
import { explain, lock } from './file/file.ts'
import { hourOf } from '../model/time.ts'
import { openDetectorWriter } from './batch.ts'
import { createIncidentWriter } from './outages/write-incidents.ts'
import { createDictionary } from './measurements/dictionary.ts'
import { verdictBody } from './measurements/write.ts'
import { createOutageWriter } from './outages/write.ts'
import { createStateWriter } from './outages/write-states.ts'

/** What is to stand from now on. */
export interface Rewriting {
  readonly drop: readonly string[]
  readonly put: readonly Outage[]
  /** verdicts that came out otherwise, by the order in which measurements were saved; the hourly counts follow */
  readonly verdicts: readonly { readonly seq: number; readonly verdict: Verdict }[]
  /** strips that are drawn anew, from a moment on (Unix ms) */
  readonly strips: {
    readonly fromAt: number
    readonly of: readonly { readonly service: string; readonly vantage: string }[]
    readonly changes: readonly StateChange[]
  }
  /**
   * The ticks in place of those after a row and a tick: among other verdicts others change something, and a replay to come must
   * find them. `null` = they stay.
   */
  readonly ticks: {
    readonly after: { readonly seq: number; readonly tickId: number }
    readonly of: readonly { readonly seq: number; readonly at: number }[]
  } | null
  readonly incidents: Grouped<Incident>
  /** the detector's state by vantage, JSON; vantages that are not named stay as they are */
  readonly detectors: Readonly<Record<string, string>>
  /** for the log of replays, JSON */
  readonly audit: { readonly by: string; readonly body: string }
}

/**
 * Applies it.
 *
 * @param now Unix ms
 * @throws AppError store_locked while a daemon holds the store; store_damaged, internal. Nothing was changed then
 */
export function rewrite(path: string, rewriting: Rewriting, now: number): void {
  const unlock = lock(path)
  let db: Database | null = null
  try {
    db = openToWrite(path)
    apply(db, rewriting, now)
  } catch (error) {
    throw explain(path, error)
  } finally {
    db?.close()
    unlock()
  }
}

function apply(
  db: Database,
  { drop, put, verdicts, strips, ticks, incidents, detectors, audit }: Rewriting,
  now: number,
) {
  const dropParts = ['cause_change where outage_id', 'evidence where outage_id', 'outage where id'].map(
    (part) => db.prepare(`delete from ${part} = ?`),
  )
  const putOutage = createOutageWriter(db)
  const putVerdict = openVerdictWriter(db)
  const putIncidents = createIncidentWriter(db, () => now)
  const putState = createStateWriter(db)
  const clearStrip = db.prepare(
    `delete from state_change where at >= ? and strip_id in (select id from strip where service = ? and vantage = ?)`,
  )
  const saveDetector = openDetectorWriter(db)
  // Where the detector stood on days within the span is no longer where it would have come from.
  const dropPast = db.prepare('delete from detector_past where day_at > ?')
  const dropTicks = db.prepare('delete from tick where seq >= ? and id > ?')
  const putTick = db.prepare('insert into tick (seq, at) values (?, ?)')
  const note = db.prepare('insert into replay_audit (at, by_whom, body) values (?, ?, ?)')

  db.transaction(() => {
    for (const id of drop) for (const part of dropParts) part.run(id)
    for (const outage of put) putOutage(outage)
    for (const { seq, verdict } of verdicts) putVerdict(seq, verdict)
    for (const { service, vantage } of strips.of) clearStrip.run(strips.fromAt, service, vantage)
    for (const change of strips.changes) putState(change)
    if (ticks !== null) dropTicks.run(ticks.after.seq, ticks.after.tickId)
    for (const { seq, at } of ticks?.of ?? []) putTick.run(seq, at)
    putIncidents(incidents)
    for (const [vantage, state] of Object.entries(detectors)) saveDetector(vantage, state, now)
    if (Object.keys(detectors).length > 0) dropPast.run(strips.fromAt)
    note.run(now, audit.by, audit.body)
  }).immediate()
}

/** A measurement's verdict, and the hourly count of its rule. */
function openVerdictWriter(db: Database): (seq: number, verdict: Verdict) => void {
  const rules = createDictionary(db, 'rule', ['outcome', 'name'])
  const verdicts = createDictionary(db, 'verdict', ['body', 'rule_id'])
  const find = db.prepare<
    [number],
    { startedAt: number; endpointId: number; vantageId: number; ruleId: number }
  >(
    `select m.started_at as startedAt, s.endpoint_id as endpointId, s.vantage_id as vantageId, v.rule_id as ruleId
     from measurement m join series s on s.id = m.series_id join verdict v on v.id = m.verdict_id where m.seq = ?`,
  )
  const update = db.prepare('update measurement set verdict_id = ? where seq = ?')
  const cell = 'hour_at = ? and endpoint_id = ? and vantage_id = ? and rule_id = ?'
  const dropLast = db.prepare(`delete from cell where ${cell} and n = 1`)
  const countDown = db.prepare(`update cell set n = n - 1 where ${cell}`)
  const countUp = db.prepare(
    `insert into cell (hour_at, endpoint_id, vantage_id, rule_id, n) values (?, ?, ?, ?, 1)
     on conflict (hour_at, endpoint_id, vantage_id, rule_id) do update set n = cell.n + 1`,
  )
  return (seq, verdict) => {
    const was = find.get(seq)
    if (was === undefined) return
    const ruleId = rules.idOf(verdict.outcome, verdict.rule)
    update.run(verdicts.idOf(verdictBody(verdict), ruleId), seq)
    const at = [hourOf(was.startedAt), was.endpointId, was.vantageId] as const
    if (dropLast.run(...at, was.ruleId).changes === 0) countDown.run(...at, was.ruleId)
    countUp.run(...at, ruleId)
  }
}
