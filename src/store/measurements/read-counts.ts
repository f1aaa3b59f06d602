/** read-counts: how many measurements gave which outcome by which rule, hour by hour. Kept for ever. */
import type { Database } from 'better-sqlite3'
import type { Outcome } from '../../model/verdict.ts'
import { allOf, sql, where } from '../file/sql.ts'

export interface CountFilter {
  /** Unix ms, inclusive; of the start of the hour */
  readonly since: number
  /** Unix ms, exclusive */
  readonly until: number
  readonly endpoint?: string
  readonly vantage?: string
}

export interface HourCount {
  /** Unix ms, start of the hour, UTC */
  readonly hourAt: number
  readonly endpoint: string
  readonly vantage: string
  readonly outcome: Outcome | 'unjudged'
  /** rule id; for `unjudged` why: what made it unfit, `canary_<answered>` or `none` */
  readonly rule: string
  readonly n: number
}

/** Oldest hour first, then by endpoint, vantage, outcome and rule. */
export function readCounts(db: Database, { since, until, endpoint, vantage }: CountFilter): HourCount[] {
  return allOf(
    db,
    sql`select c.hour_at as hourAt, e.name as endpoint, v.name as vantage, r.outcome, r.name as rule, c.n
        from cell c join endpoint e on e.id = c.endpoint_id join vantage v on v.id = c.vantage_id join rule r on r.id = c.rule_id
        ${where(
          sql`c.hour_at >= ${since}`,
          sql`c.hour_at < ${until}`,
          endpoint !== undefined && sql`e.name = ${endpoint}`,
          vantage !== undefined && sql`v.name = ${vantage}`,
        )} order by c.hour_at, e.name, v.name, r.outcome, r.name`,
  )
}
