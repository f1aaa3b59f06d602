/** read-counts: how many measurements gave which outcome by which rule, hour by hour. Kept for ever. */
import type { Kysely } from 'kysely'
import type { Outcome } from '../../model/verdict.ts'
import type { Tables } from '../file/schema.ts'

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
export function readCounts(db: Kysely<Tables>, filter: CountFilter): Promise<HourCount[]> {
  let query = db
    .selectFrom('cell as c')
    .innerJoin('endpoint as e', 'e.id', 'c.endpoint_id')
    .innerJoin('vantage as v', 'v.id', 'c.vantage_id')
    .innerJoin('rule as r', 'r.id', 'c.rule_id')
    .select([
      'c.hour_at as hourAt',
      'e.name as endpoint',
      'v.name as vantage',
      'r.outcome',
      'r.name as rule',
      'c.n',
    ])
    .where('c.hour_at', '>=', filter.since)
    .where('c.hour_at', '<', filter.until)
    .orderBy('c.hour_at')
    .orderBy('e.name')
    .orderBy('v.name')
    .orderBy('r.outcome')
    .orderBy('r.name')
  if (filter.endpoint !== undefined) query = query.where('e.name', '=', filter.endpoint)
  if (filter.vantage !== undefined) query = query.where('v.name', '=', filter.vantage)
  return query.execute()
}
