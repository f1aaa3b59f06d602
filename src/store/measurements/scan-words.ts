/** scan-words: dictionary numbers back into words at once, each asked for once; names.ts does so where others wait. */
import type Database from 'better-sqlite3'
import type { Plan, Purpose } from '../../model/measurement.ts'
import type { Verdict } from '../../model/verdict.ts'
import type { Series } from './names.ts'

export interface Words {
  readonly series: (id: number) => Series
  readonly verdict: (id: number) => Verdict
}

export function openWords(db: Database.Database): Words {
  const series = db.prepare<
    [number],
    { endpoint: string; vantage: string; url: string; plan: Plan; purpose: Purpose }
  >(
    `select e.name as endpoint, v.name as vantage, s.url, s.plan, s.purpose
     from series s join endpoint e on e.id = s.endpoint_id join vantage v on v.id = s.vantage_id where s.id = ?`,
  )
  const verdict = db.prepare<[number], string>('select body from verdict where id = ?').pluck()
  const bySeries = new Map<number, Series>()
  const byVerdict = new Map<number, Verdict>()
  return {
    series(id: number): Series {
      let known = bySeries.get(id)
      if (known === undefined) bySeries.set(id, (known = series.get(id)!))
      return known
    },
    verdict(id: number): Verdict {
      let known = byVerdict.get(id)
      if (known === undefined) byVerdict.set(id, (known = JSON.parse(verdict.get(id)!) as Verdict))
      return known
    },
  }
}
