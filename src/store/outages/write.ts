/** write-outages: an outage as it now stands, with its causes and evidence. Writing the same one again changes nothing. */
import type { Database } from 'better-sqlite3'
import type { Outage } from '../../model/outage.ts'
import { uuidBytes } from '../file/uuid.ts'

/** @returns writes one outage; call it inside a transaction */
export function createOutageWriter(db: Database): (outage: Outage) => void {
  const upsert = db.prepare(
    `insert into outage
     (id, service, vantage, cause, mechanism, onset_after_at, onset_before_at, opened_at,
      end_after_at, end_before_at, closed_at, reopened)
     values (@id, @service, @vantage, @cause, @mechanism, @onsetAfterAt, @onsetBeforeAt, @openedAt,
      @endAfterAt, @endBeforeAt, @closedAt, @reopened)
     on conflict (id) do update set
      service = excluded.service, vantage = excluded.vantage, cause = excluded.cause, mechanism = excluded.mechanism,
      onset_after_at = excluded.onset_after_at, onset_before_at = excluded.onset_before_at,
      opened_at = excluded.opened_at, end_after_at = excluded.end_after_at, end_before_at = excluded.end_before_at,
      closed_at = excluded.closed_at, reopened = excluded.reopened`,
  )
  const dropCauses = db.prepare('delete from cause_change where outage_id = ?')
  const addCause = db.prepare(
    'insert into cause_change (outage_id, position, at, cause, mechanism, reason) values (?, ?, ?, ?, ?, ?)',
  )
  const dropEvidence = db.prepare('delete from evidence where outage_id = ?')
  const addEvidence = db.prepare('insert into evidence (outage_id, position, uuid) values (?, ?, ?)')
  return (o) => {
    upsert.run(o)
    dropCauses.run(o.id)
    for (const [position, { at, cause, mechanism, reason }] of o.causes.entries()) {
      addCause.run(o.id, position, at, cause, mechanism, reason)
    }
    dropEvidence.run(o.id)
    for (const [position, id] of o.evidence.entries()) addEvidence.run(o.id, position, uuidBytes(id))
  }
}
