/** vantage-facts: where each vantage is or was; one that is configured no more is never forgotten. */
import type { Database } from 'better-sqlite3'
import type { VantageFacts } from '../../model/vantage.ts'

export function createVantageRegistry(db: Database) {
  const upsert = db.prepare(
    `insert into vantage_facts (id, role, country, asn) values (?, ?, ?, ?)
     on conflict (id) do update set role = excluded.role, country = excluded.country, asn = excluded.asn`,
  )
  const all = db.prepare<[], VantageFacts>('select id, role, country, asn from vantage_facts order by id')
  const save = db.transaction((vantages: readonly VantageFacts[]) => {
    for (const { id, role, country, asn } of vantages) upsert.run(id, role, country, asn)
  })
  return {
    /** Keeps what is known of vantages, over what was kept of the same ones. */
    saveVantages: (vantages: readonly VantageFacts[]): void => save.immediate(vantages),
    /** all that were ever saved, by id */
    vantages: (): readonly VantageFacts[] => all.all(),
  }
}
