/** write-states: each change of a service's state, so that a strip can be drawn without counting measurements. */
import type { Database } from 'better-sqlite3'
import type { StateChange } from '../../model/outage.ts'

/** @returns writes one change; call it inside a transaction. Of two at the same moment the later one stands. */
export function createStateWriter(db: Database): (change: StateChange) => void {
  const addStrip = db.prepare('insert into strip (service, vantage) values (?, ?) on conflict do nothing')
  const upsert = db.prepare(
    `insert into state_change (strip_id, at, state, mechanism, ref)
     select id, ?, ?, ?, ? from strip where service = ? and vantage = ?
     on conflict (strip_id, at) do update set state = excluded.state, mechanism = excluded.mechanism, ref = excluded.ref`,
  )
  return ({ service, vantage, at, state, mechanism, ref }) => {
    addStrip.run(service, vantage)
    upsert.run(at, state, mechanism, ref, service, vantage)
  }
}
