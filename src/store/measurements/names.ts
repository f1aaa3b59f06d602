/** names: dictionary numbers back into words. An entry never changes, so each is asked for once. */
import type { Database } from 'better-sqlite3'
import type { Plan, Purpose } from '../../model/measurement.ts'
import type { Verdict } from '../../model/verdict.ts'

/** What rows of one series have in common. */
export interface Series {
  readonly endpoint: string
  readonly vantage: string
  readonly url: string
  readonly plan: Plan
  readonly purpose: Purpose
}

export type Names = ReturnType<typeof createNames>

export function createNames(db: Database) {
  const series = db.prepare<[number], Series>(
    `select e.name as endpoint, v.name as vantage, s.url, s.plan, s.purpose
     from series s join endpoint e on e.id = s.endpoint_id join vantage v on v.id = s.vantage_id where s.id = ?`,
  )
  const verdict = db.prepare<[number], string>('select body from verdict where id = ?').pluck()
  return {
    series: remember(REMEMBERED, (id) => series.get(id)!),
    verdict: remember(REMEMBERED, (id) => JSON.parse(verdict.get(id)!) as Verdict),
  }
}

/** Verdicts about failures that quote what went wrong can be many; the ones in use are few. */
const REMEMBERED = 5000

/** Asks for each once, and forgets all when there are too many. */
export function remember<T>(most: number, ask: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>()
  return (id) => {
    const seen = known.get(id)
    if (seen !== undefined) return seen
    const answer = ask(id)
    if (known.size >= most) known.clear()
    known.set(id, answer)
    return answer
  }
}
