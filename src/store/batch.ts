/** batch: everything queued, written in one transaction: measurements, outages, incidents, states and the detector stand or fall together. */
import type { Database } from 'better-sqlite3'
import type { Grouped, Incident } from '../model/incident.ts'
import type { Outage, StateChange } from '../model/outage.ts'
import { pack } from './measurements/packed.ts'
import type { SmallRow, Tick } from './measurements/small-row.ts'
import { createDays } from './measurements/days.ts'
import { createMeasurementWriter } from './measurements/write.ts'
import { createIncidentWriter } from './outages/write-incidents.ts'
import { createStateWriter } from './outages/write-states.ts'
import { createOutageWriter } from './outages/write.ts'

export interface Batch {
  /** in the order they were saved */
  readonly rows: readonly (SmallRow | Tick)[]
  /** by id, each as it last stood */
  readonly outages: ReadonlyMap<string, Outage>
  /** in the order they were saved */
  readonly groupings: readonly Grouped<Incident>[]
  readonly states: readonly StateChange[]
  /** by vantage, JSON as it last stood */
  readonly detectors: ReadonlyMap<string, string>
}

/**
 * @param now Unix ms
 * @returns writes a batch and returns once it is on disk; throws, and leaves nothing of it, when it cannot
 */
export function createBatchWriter(db: Database, now: () => number): (batch: Batch) => void {
  const measurements = createMeasurementWriter(db)
  const writeOutage = createOutageWriter(db)
  const writeIncidents = createIncidentWriter(db, now)
  const writeState = createStateWriter(db)
  const saveDetector = openDetectorWriter(db)
  const keepDay = createDays(db)
  const write = db.transaction(({ rows, outages, groupings, states, detectors }: Batch) => {
    const seq = measurements.write(rows)
    for (const outage of outages.values()) writeOutage(outage)
    for (const grouped of groupings) writeIncidents(grouped)
    for (const change of states) writeState(change)
    for (const [vantage, state] of detectors) saveDetector(vantage, state, now())
    keepDay(now(), seq)
  })
  return (batch) => {
    try {
      write.immediate(batch)
    } catch (error) {
      measurements.forget()
      throw error
    }
  }
}

/** @returns saves the detector's state for a vantage, JSON, at a moment (Unix ms); call it inside a transaction */
export function openDetectorWriter(db: Database): (vantage: string, state: string, at: number) => void {
  const upsert = db.prepare(
    `insert into detector (vantage, saved_at, state) values (?, ?, ?)
     on conflict (vantage) do update set saved_at = excluded.saved_at, state = excluded.state`,
  )
  return (vantage, state, at) => {
    upsert.run(vantage, at, pack(state))
  }
}
