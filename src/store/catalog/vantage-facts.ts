/** vantage-facts: where each vantage is or was; one that is configured no more is never forgotten. */
import type { Database } from 'better-sqlite3'
import type { VantageFacts } from '../../model/vantage.ts'
import type { Tables } from '../file/schema.ts'

export interface VantageShelf {
  /** Keeps what is known of vantages, over what was kept of the same ones. */
  readonly saveVantages: (vantages: readonly VantageFacts[]) => void
  /** all that were ever saved, by id */
  readonly vantages: () => readonly VantageFacts[]
}

export function openVantageShelf(db: Database): VantageShelf {
  const upsert = db.prepare(
    `insert into vantage_facts (id, role, country, asn) values (?, ?, ?, ?)
     on conflict (id) do update set role = excluded.role, country = excluded.country, asn = excluded.asn`,
  )
  const all = db.prepare<[], Tables['vantage_facts']>(
    'select id, role, country, asn from vantage_facts order by id',
  )
  const save = db.transaction((vantages: readonly VantageFacts[]) => {
    for (const { id, role, country, asn } of vantages) upsert.run(id, role, country, asn)
  })
  return { saveVantages: (vantages) => save.immediate(vantages), vantages: () => all.all() }
}
