/** incidents: grouped anew after outages were rewritten: all there are, since one outage more may join two incidents. */
import { groupOutages, type IncidentSettings } from '../incident/group.ts'
import type { Grouped, MeasuredIncident } from '../model/incident.ts'
import type { Outage } from '../model/outage.ts'
import type { VantageFacts } from '../model/vantage.ts'
import type { RecordStore } from '../store/catalog/record.ts'

/**
 * @param outages all there are now
 * @param configured vantages that are configured; others are known to the record
 */
export function regroup(
  record: Pick<RecordStore, 'incidents' | 'vantages'>,
  outages: readonly Outage[],
  configured: readonly VantageFacts[],
  settings: IncidentSettings,
): Grouped<MeasuredIncident> {
  const retired = record.vantages().filter(({ id }) => !configured.some((vantage) => vantage.id === id))
  return groupOutages(outages, configured, record.incidents('measured'), settings, retired)
}
