/** read-incidents: incidents by id, by member, and by time page for page. */
import type { Kysely } from 'kysely'
import type { EvidenceKind, Incident } from '../../model/incident.ts'
import { UNDATED_AT } from '../../model/extent.ts'
import type { Tables } from '../file/schema.ts'

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
export async function readIncidents(db: Kysely<Tables>, filter: IncidentFilter): Promise<PlacedIncident[]> {
  const rows = await incidentsQuery(db, filter).execute()
  return rows.map((row) => ({ incident: JSON.parse(row.body) as Incident, startAt: row.start_at }))
}

/** Public so that a test can ask SQLite how it goes about it. */
export function incidentsQuery(db: Kysely<Tables>, filter: IncidentFilter) {
  const { kind, service, country, until, order = 'newest', after, limit } = filter
  const since = filter.since ?? (until === undefined ? undefined : UNDATED_AT + 1)
  const direction = order === 'oldest' ? 'asc' : 'desc'
  let query = db
    .selectFrom('incident')
    .select(['body', 'start_at'])
    .where('gone_at', 'is', null)
    .orderBy('start_at', direction)
    .orderBy('id', direction)
  if (kind !== undefined) query = query.where('kind', '=', kind)
  if (country !== undefined) query = query.where('country', '=', country)
  if (until !== undefined) query = query.where('start_at', '<', until)
  if (since !== undefined) {
    query = query.where((eb) => eb.or([eb('until_at', 'is', null), eb('until_at', '>=', since)]))
  }
  if (service !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('incident_service')
          .select('service')
          .whereRef('incident_service.incident_id', '=', 'incident.id')
          .where('incident_service.service', '=', service),
      ),
    )
  }
  if (after !== undefined) {
    const beyond = order === 'oldest' ? '>' : '<'
    query = query.where((eb) => eb(eb.refTuple('start_at', 'id'), beyond, eb.tuple(after.at, after.id)))
  }
  return limit === undefined ? query : query.limit(limit)
}

/** @returns the incident, or the one that took it in; `null` when there is none, or nothing of it is left */
export async function readIncident(db: Kysely<Tables>, id: string): Promise<Incident | null> {
  const seen = new Set<string>()
  for (let wanted: string | null = id; wanted !== null && !seen.has(wanted);) {
    seen.add(wanted)
    const row: Pick<Tables['incident'], 'body' | 'gone_at' | 'merged_into'> | undefined = await db
      .selectFrom('incident')
      .select(['body', 'gone_at', 'merged_into'])
      .where('id', '=', wanted)
      .executeTakeFirst()
    if (row === undefined) return null
    if (row.gone_at === null) return JSON.parse(row.body) as Incident
    wanted = row.merged_into
  }
  return null
}

/** The incident that holds an outage or report; `null` = none does. */
export async function readIncidentOf(db: Kysely<Tables>, member: string): Promise<string | null> {
  const row = await db
    .selectFrom('incident_member')
    .select('incident_id')
    .where('member', '=', member)
    .executeTakeFirst()
  return row?.incident_id ?? null
}
