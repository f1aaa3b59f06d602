/** write-incidents: incidents as grouping last gave them. Ids outlive what they stood for: a merged one says where it went. */
import type { Database } from 'better-sqlite3'
import type { Grouped, Incident } from '../../model/incident.ts'
import { extentOf } from '../../model/extent.ts'
import { createBump } from '../file/versions.ts'

/** @returns writes what a grouping gave; call it inside a transaction. The same again changes nothing but notes its changes. */
export function createIncidentWriter(db: Database, now: () => number): (grouped: Grouped<Incident>) => void {
  const bump = createBump(db)
  const find = db.prepare<[string], { body: string; gone_at: number | null }>(
    'select body, gone_at from incident where id = ?',
  )
  const upsert = db.prepare(
    `insert into incident (id, kind, country, start_at, until_at, body, gone_at, merged_into)
     values (?, ?, ?, ?, ?, ?, null, null)
     on conflict (id) do update set
      kind = excluded.kind, country = excluded.country, start_at = excluded.start_at, until_at = excluded.until_at,
      body = excluded.body, gone_at = null, merged_into = null`,
  )
  const dropServices = db.prepare('delete from incident_service where incident_id = ?')
  const addService = db.prepare('insert into incident_service (incident_id, service) values (?, ?)')
  const dropMembers = db.prepare('delete from incident_member where incident_id = ?')
  const addMember = db.prepare('insert into incident_member (member, incident_id) values (?, ?)')
  const end = db.prepare('update incident set gone_at = ?, merged_into = ? where id = ?')
  const note = db.prepare('insert into incident_change (at, kind, incident_id, others) values (?, ?, ?, ?)')

  function put(incident: Incident): boolean {
    const body = JSON.stringify(incident)
    const row = find.get(incident.id)
    if (row !== undefined && row.body === body && row.gone_at === null) return false
    const { startAt, untilAt } = extentOf(incident.kind, incident.onset, incident.end)
    upsert.run(incident.id, incident.kind, incident.country, startAt, untilAt, body)
    dropServices.run(incident.id)
    for (const service of new Set(incident.services)) addService.run(incident.id, service)
    dropMembers.run(incident.id)
    for (const member of new Set(incident.members)) addMember.run(member, incident.id)
    return true
  }

  function finish(id: string, mergedInto: string | null): void {
    dropMembers.run(id)
    end.run(now(), mergedInto, id)
  }

  return ({ incidents, changes }) => {
    let written = false
    for (const change of changes) {
      if (change.kind === 'merged') for (const other of change.others) finish(other, change.incident)
      if (change.kind === 'gone') finish(change.incident, null)
      // that one grew or shrank is told by what it is now
      if (change.kind === 'changed') continue
      note.run(now(), change.kind, change.incident, JSON.stringify(change.others))
      written = true
    }
    for (const incident of incidents) written = put(incident) || written
    if (written) bump('incident_version')
  }
}
