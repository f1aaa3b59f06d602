/** names: dictionary numbers back into words. An entry never changes, so each is asked for once. */
import type { Kysely } from 'kysely'
import type { Plan, Purpose } from '../../model/measurement.ts'
import type { Verdict } from '../../model/verdict.ts'
import type { Tables } from '../file/schema.ts'

/** What rows of one series have in common. */
export interface Series {
  readonly endpoint: string
  readonly vantage: string
  readonly url: string
  readonly plan: Plan
  readonly purpose: Purpose
}

export interface Names {
  readonly series: (id: number) => Promise<Series>
  readonly verdict: (id: number) => Promise<Verdict>
}

export function openNames(db: Kysely<Tables>): Names {
  return {
    series: remember(async (id) =>
      db
        .selectFrom('series as s')
        .innerJoin('endpoint as e', 'e.id', 's.endpoint_id')
        .innerJoin('vantage as v', 'v.id', 's.vantage_id')
        .select(['e.name as endpoint', 'v.name as vantage', 's.url', 's.plan', 's.purpose'])
        .where('s.id', '=', id)
        .executeTakeFirstOrThrow(),
    ),
    verdict: remember(async (id) => {
      const { body } = await db
        .selectFrom('verdict')
        .select('body')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      return JSON.parse(body) as Verdict
    }),
  }
}

/** Verdicts about failures that quote what went wrong can be many; the ones in use are few. */
const REMEMBERED = 5000

function remember<T>(ask: (id: number) => Promise<T>): (id: number) => Promise<T> {
  const known = new Map<number, T>()
  return async (id) => {
    const seen = known.get(id)
    if (seen !== undefined) return seen
    const answer = await ask(id)
    if (known.size >= REMEMBERED) known.clear()
    known.set(id, answer)
    return answer
  }
}
