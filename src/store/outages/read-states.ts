/** read-states: how the state of each service went over a span of time. */
import type { Database } from 'better-sqlite3'
import type { StateChange } from '../../model/outage.ts'
import { allOf, type Sql, sql, where } from '../file/sql.ts'

/** A missing key means any. */
export interface StateFilter {
  /** Unix ms, inclusive */
  readonly since: number
  /** Unix ms, exclusive */
  readonly until: number
  readonly service?: string
  readonly vantage?: string
}

/** The states of one service from one vantage. */
export interface StateChanges {
  readonly service: string
  readonly vantage: string
  /** oldest first; the first may lie before the span: it held when the span began */
  readonly changes: readonly StateChange[]
  /** whether the last of them is the newest there is */
  readonly newest: boolean
}

/** Strips with anything in the span, by service and vantage. */
export function readStates(db: Database, filter: StateFilter): StateChanges[] {
  const strips = allOf<StripRow>(db, stripsQuery(filter))
  const changes = Map.groupBy(
    allOf<StateChange & { stripId: number }>(db, changesQuery(filter)),
    ({ stripId }) => stripId,
  )
  return strips.flatMap(({ id, service, vantage, newestAt }) => {
    const found = changes.get(id)
    if (found === undefined) return []
    const newest = found.at(-1)!.at === newestAt
    return [{ service, vantage, changes: found.map(stateChange), newest }]
  })
}

function stateChange({ service, vantage, at, state, mechanism, ref }: StateChange): StateChange {
  return { service, vantage, at, state, mechanism, ref }
}

interface StripRow extends Pick<StateChanges, 'service' | 'vantage'> {
  readonly id: number
  /** Unix ms, of its newest change */
  readonly newestAt: number | null
}

type Of = Pick<StateFilter, 'service' | 'vantage'>

/** Public so that a test can ask SQLite how it goes about it. */
export function stripsQuery({ service, vantage }: Of): Sql {
  const wanted = where(
    service !== undefined && sql`service = ${service}`,
    vantage !== undefined && sql`vantage = ${vantage}`,
  )
  return sql`select id, service, vantage,
      (select max(newer.at) from state_change as newer where newer.strip_id = strip.id) as newestAt
    from strip ${wanted} order by service, vantage`
}

/** From the change that held when the span began to the last inside it, strip by strip. Public likewise. */
export function changesQuery({ since, until, service, vantage }: StateFilter): Sql {
  const held = sql`(select max(held.at) from state_change as held where held.strip_id = strip.id and held.at <= ${since})`
  const wanted = where(
    sql`state_change.at < ${until}`,
    sql`state_change.at >= coalesce(${held}, ${since})`,
    service !== undefined && sql`strip.service = ${service}`,
    vantage !== undefined && sql`strip.vantage = ${vantage}`,
  )
  return sql`select strip_id as stripId, service, vantage, at, state, mechanism, ref from strip join state_change on state_change.strip_id = strip.id
    ${wanted} order by strip.service, strip.vantage, state_change.at`
}
