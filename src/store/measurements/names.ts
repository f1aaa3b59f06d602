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

export type Names = ReturnType<typeof openNames>

export function openNames(db: Database) {
  const series = db.prepare<[number], Series>(
    `select e.name as endpoint, v.name as vantage, s.url, s.plan, s.purpose
     from series s join endpoint e on e.id = s.endpoint_id join vantage v on v.id = s.vantage_id where s.id = ?`,
  )
  const verdict = db.prepare<[number], string>('select body from verdict where id = ?').pluck()
  return {
    series: remember((id) => series.get(id)!),
    verdict: remember((id) => JSON.parse(verdict.get(id)!) as Verdict),
  }
}

/** Verdicts about failures that quote what went wrong can be many; the ones in use are few. */
const REMEMBERED = 5000

function remember<T>(ask: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>()
  return (id) => {
    const seen = known.get(id)
    if (seen !== undefined) return seen
    const answer = ask(id)
    if (known.size >= REMEMBERED) known.clear()
    known.set(id, answer)
    return answer
  }
}
