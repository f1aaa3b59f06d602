/** read-incidents: incidents by id, by member, and by time page for page. */
import type { Database } from 'better-sqlite3'
import type { EvidenceKind, Incident } from '../../model/incident.ts'
import { UNDATED_AT } from '../../model/extent.ts'
import type { Tables } from '../file/schema.ts'
import { allOf, type Sql, sql, where } from '../file/sql.ts'

/** A missing key means any. */
export interface IncidentFilter {
  readonly kind?: EvidenceKind
  readonly service?: string
  readonly country?: string
  /** Unix ms: was not over by then */
  readonly since?: number
  /** Unix ms: had begun before then */
  readonly until?: number
  /** default `newest` first */
  readonly order?: 'newest' | 'oldest'
  /** only those beyond this one, in that order */
  readonly after?: { readonly at: number; readonly id: string }
  readonly limit?: number
}

/** An incident, and where it stands in the order of time. */
export interface PlacedIncident {
  readonly incident: Incident
  readonly startAt: number
}

/** Those that stand, in order of onset; undated ones come before all others, and in no span of time. */
export function readIncidents(db: Database, filter: IncidentFilter): PlacedIncident[] {
  return allOf<Pick<Tables['incident'], 'body' | 'start_at'>>(db, incidentsQuery(filter)).map((row) => ({
    incident: JSON.parse(row.body) as Incident,
    startAt: row.start_at,
  }))
}

/** Public so that a test can ask SQLite how it goes about it. */
export function incidentsQuery(filter: IncidentFilter): Sql {
  const { kind, service, country, until, order = 'newest', after, limit } = filter
  const since = filter.since ?? (until === undefined ? undefined : UNDATED_AT + 1)
  const [direction, beyond] = order === 'oldest' ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`]
  const wanted = where(
    sql`gone_at is null`,
    kind !== undefined && sql`kind = ${kind}`,
    country !== undefined && sql`country = ${country}`,
    until !== undefined && sql`start_at < ${until}`,
    since !== undefined && sql`(until_at is null or until_at >= ${since})`,
    service !== undefined &&
      sql`exists (select 1 from incident_service s where s.incident_id = incident.id and s.service = ${service})`,
    after !== undefined && sql`(start_at, id) ${beyond} ${[after.at, after.id]}`,
  )
  return sql`select body, start_at from incident ${wanted} order by start_at ${direction}, id ${direction} limit ${limit ?? -1}`
}

/** @returns the incident, or the one that took it in; `null` when there is none, or nothing of it is left */
export function readIncident(db: Database, id: string): Incident | null {
  const find = db.prepare<[string], Tables['incident']>('select * from incident where id = ?')
  const seen = new Set<string>()
  for (let wanted: string | null = id; wanted !== null && !seen.has(wanted);) {
    seen.add(wanted)
    const row = find.get(wanted)
    if (row === undefined) return null
    if (row.gone_at === null) return JSON.parse(row.body) as Incident
    wanted = row.merged_into
  }
  return null
}

/** The incident that holds an outage or report; `null` = none does. */
export function readIncidentOf(db: Database, member: string): string | null {
  const find = db.prepare<[string], string>('select incident_id from incident_member where member = ?')
  return find.pluck().get(member) ?? null
}
