/** incidents: outages that belong together, measured or reported. */
import type { IncidentQuery } from '../model/history.ts'
import type { Incident } from '../model/incident.ts'
import { incidentRow, showIncident } from '../views/rows/incident.ts'
import { showEnd, showWindow } from '../views/text/window.ts'
import { listCommand } from './list.ts'
import { showTargets } from './ranking-text.ts'

/** Prints incidents, newest first. @returns exit code */
export const incidentsCommand = listCommand<Pick<IncidentQuery, 'kind' | 'service'>, Incident>({
  find: (history, query) => history.incidents(query),
  rows: (zone) => ({
    row: incidentRow,
    show: showIncident,
    heading: [`began (${zone})`, 'ended', 'kind', 'hit', 'where', 'named trigger', 'id'],
    cells: (incident) => [
      showWindow(incident.onset, zone),
      showEnd(incident, zone),
      incident.kind,
      showTargets(incident, 3),
      showWhere(incident),
      triggersOf(incident).join(', ') || '-',
      incident.id,
    ],
    none: 'No incident matches.',
  }),
})

/** `3 of 4 vantages`, the regions, or the country. */
export function showWhere(incident: Incident): string {
  if (incident.kind === 'measured')
    return `${incident.country}, ${incident.vantages.length} of ${incident.vantagesWatched} vantages`
  return incident.regions.length === 0 ? incident.country : incident.regions.join(' ')
}

function triggersOf(incident: Incident): readonly string[] {
  return incident.kind === 'reported' ? incident.documentedTriggers : []
}
