/** write-states: each change of a service's state, so that a strip can be drawn without counting measurements. */
import type { Database } from 'better-sqlite3'
import type { State } from '../../model/outage.ts'
import type { Mechanism } from '../../model/verdict.ts'
import { openDictionary } from '../measurements/dictionary.ts'

/** From `at` on, the state held. Unix ms. */
export interface StateChange {
  readonly service: string
  readonly vantage: string
  readonly at: number
  readonly state: State
  readonly mechanism: Mechanism | null
  /** outage id */
  readonly ref: string | null
}

/** @returns writes changes in one transaction; of two at the same moment the later one stands */
export function openStateWriter(db: Database): (changes: readonly StateChange[]) => void {
  const strips = openDictionary(db, 'strip', ['service', 'vantage'])
  const upsert = db.prepare(
    `insert into state_change (strip_id, at, state, mechanism, ref) values (?, ?, ?, ?, ?)
     on conflict (strip_id, at) do update set state = excluded.state, mechanism = excluded.mechanism, ref = excluded.ref`,
  )
  const save = db.transaction((changes: readonly StateChange[]) => {
    for (const { service, vantage, at, state, mechanism, ref } of changes) {
      upsert.run(strips.idOf(service, vantage), at, state, mechanism, ref)
    }
  })
  return (changes) => {
    try {
      save.immediate(changes)
    } catch (error) {
      strips.forget()
      throw error
    }
  }
}
