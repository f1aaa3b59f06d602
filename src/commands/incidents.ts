/** incidents: outages that belong together, measured or reported. */
import type { EvidenceKind, Incident } from '../model/incident.ts'
import { showIncident } from '../views/rows/incident.ts'
import { spanOf } from './period.ts'
import { csv } from '../views/csv.ts'
import { showTargets } from './ranking-text.ts'
import { table } from '../views/text/table.ts'
import { all, print, withHistory } from './with-history.ts'
import { showEnd, showWindow } from '../views/text/window.ts'

export interface IncidentsOptions {
  readonly config?: string
  readonly kind?: EvidenceKind
  readonly since?: string
  readonly until?: string
  readonly service?: string
  readonly limit: number
  readonly format: 'table' | 'json' | 'csv'
}

/** Prints incidents, the newest first. @returns exit code */
export async function incidentsCommand(options: IncidentsOptions): Promise<number> {
  return withHistory(options.config, async ({ history, config, now }) => {
    const { kind, service, since, until, limit, format } = options
    const span = spanOf({ since, until }, now)
    const found = await all(
      (paging) =>
        history.incidents({
          ...paging,
          ...span,
          ...(kind !== undefined && { kind }),
          ...(service !== undefined && { service }),
        }),
      limit,
    )
    print(render(found, format, config.schedule.timezone))
    return 0
  })
}

function render(incidents: readonly Incident[], format: IncidentsOptions['format'], zone: string): string {
  if (format === 'json') return JSON.stringify(incidents.map(showIncident), null, 2)
  if (format === 'csv') return csv(incidents.map(csvRow), CSV_COLUMNS)
  if (incidents.length === 0) return 'No incident matches.'
  return table(
    [`began (${zone})`, 'ended', 'kind', 'hit', 'where', 'named trigger', 'id'],
    incidents.map((incident) => [
      showWindow(incident.onset, zone),
      showEnd(incident, zone),
      incident.kind,
      showTargets(incident, 3),
      showWhere(incident),
      triggersOf(incident).join(', ') || '-',
      incident.id,
    ]),
  )
}

/** `3 of 4 vantages`, the regions, or the country. */
export function showWhere(incident: Incident): string {
  if (incident.kind === 'measured')
    return `${incident.country}, ${incident.vantages.length} of ${incident.vantagesWatched} vantages`
  return incident.regions.length === 0 ? incident.country : incident.regions.join(' ')
}

function triggersOf(incident: Incident): readonly string[] {
  return incident.kind === 'reported' ? incident.documentedTriggers : []
}

function csvRow(incident: Incident) {
  const { onset, end, ...rest } = showIncident(incident)
  return { ...rest, onsetEarliest: onset[0], onsetLatest: onset[1], endEarliest: end[0], endLatest: end[1] }
}

const CSV_COLUMNS = [
  'id',
  'kind',
  'country',
  'onsetEarliest',
  'onsetLatest',
  'endEarliest',
  'endLatest',
  'services',
  'otherTargets',
  'regions',
  'vantages',
  'vantagesWatched',
  'asns',
  'isps',
  'causes',
  'mechanisms',
  'modes',
  'episode',
  'documentedTriggers',
  'documentedReleases',
  'members',
]
