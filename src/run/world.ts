/** world: what outages are grouped and ranked by, as configuration and record have it now. */
import type { Config } from '../config/config.ts'
import type { Vantage, VantageFacts } from '../model/vantage.ts'
import type { RecordStore } from '../store/catalog/record.ts'
import type { IncidentWorld } from '../watch/types.ts'
import type { EventCatalog } from './catalog.ts'
import { correlateOf, incidentsOf } from './watching.ts'

/** Keeps where the vantages are, before one of them is configured no more. */
export function worldOf(
  config: Config,
  record: Pick<RecordStore, 'saveVantages' | 'vantages'>,
  catalog: Pick<EventCatalog, 'events' | 'reports'>,
): IncidentWorld {
  const vantages = config.vantages.map(factsOf)
  const known = new Set(record.vantages().map((facts) => JSON.stringify(facts)))
  if (!vantages.every((facts) => known.has(JSON.stringify(facts)))) record.saveVantages(vantages)
  return {
    grouping: incidentsOf(config),
    settings: correlateOf(config),
    vantages,
    retired: record.vantages().filter(({ id }) => !vantages.some((vantage) => vantage.id === id)),
    events: catalog.events(),
    reports: catalog.reports(),
  }
}

function factsOf({ id, role, country, asn }: Vantage): VantageFacts {
  return { id, role, country, asn }
}
