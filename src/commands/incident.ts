/** incident: everything the record knows of one incident. */
import type { Incident } from '../model/incident.ts'
import type { Outage } from '../model/outage.ts'
import type { Report } from '../model/report.ts'
import { showIncidentDetail } from '../views/rows/detail.ts'
import { noIncident } from './correlate.ts'
import { facts, showSource } from '../views/text/facts.ts'
import { showWhere } from './incidents.ts'
import { showDuration } from './outages.ts'
import { rankingText, reasonsText, showTargets } from './ranking-text.ts'
import { table } from '../views/text/table.ts'
import { print, printJson } from './print.ts'
import { withHistory } from './with-history.ts'
import { isUndated, showEnd, showWindow } from '../views/text/window.ts'
import { showAt } from '../model/zone.ts'

export interface IncidentOptions {
  readonly config?: string
  readonly args: readonly [string]
  readonly json?: boolean
}

/** Prints an incident with its members, what it may have followed, and the sources. @returns exit code */
export async function incidentCommand({ config: file, args, json }: IncidentOptions): Promise<number> {
  return withHistory(file, async ({ history, config, now }) => {
    const found = await history.incident(args[0])
    if (found === null) throw noIncident(args[0])
    const { incident, outages, reports, ranking } = found
    const zone = config.schedule.timezone
    if (json === true) {
      const detail = showIncidentDetail(found)
      // The incident's own fields stood beside the others before it had a key, as it has in the API.
      printJson({ ...detail.incident, ...detail })
      return 0
    }
    const parts = [
      incidentText(incident, zone),
      ...(outages.length === 0 ? [] : [outagesTable(outages, zone, now)]),
      ...reports.map((report) => reportText(report, zone)),
      ['What it may have followed', ...rankingText(ranking, true), ...reasonsText(ranking)].join('\n'),
    ]
    print(parts.join('\n\n'))
    return 0
  })
}

function incidentText(incident: Incident, zone: string): string {
  const common = [
    ['id', incident.id],
    ['kind', incident.kind === 'measured' ? 'measured by this lookout' : 'reported by others, not measured'],
    ['hit', showTargets(incident, Infinity)],
    ['where', showWhere(incident)],
    ['began', `${showWindow(incident.onset, zone)}${isUndated(incident.onset) ? '' : ` (${zone})`}`],
    ['ended', showEnd(incident, zone)],
  ] as const
  if (incident.kind === 'measured')
    return facts([
      ...common,
      ['vantages', incident.vantages.join(', ')],
      ['networks', incident.asns.map((asn) => `AS${asn}`).join(', ')],
      ['causes', incident.causes.join(', ')],
      ['mechanisms', incident.mechanisms.join(', ')],
    ])
  return facts([
    ...common,
    ['episode', incident.episode],
    ['providers', incident.isps.join('; ')],
    ['named trigger', incident.documentedTriggers.join(', ')],
    ['named release', incident.documentedReleases.join(', ')],
  ])
}

function outagesTable(outages: readonly Outage[], zone: string, now: number): string {
  return table(
    [`onset (${zone})`, 'lasted', 'service', 'vantage', 'cause', 'mechanism', 'id'],
    outages.map((outage) => [
      showAt(outage.onsetBeforeAt, zone),
      showDuration(outage, now),
      outage.service ?? '(all)',
      outage.vantage,
      outage.cause,
      outage.mechanism ?? '-',
      outage.id,
    ]),
  )
}

function reportText(report: Report, zone: string): string {
  return facts([
    ['report', `${report.id} (${report.mode}, confidence ${report.confidence})`],
    ['hit', showTargets(report, Infinity)],
    ['began', showWindow(report.onset, zone)],
    ['ended', showWindow(report.end, zone)],
    ['where', [report.country, ...report.regions].join(' ')],
    ['providers', report.isps.join('; ')],
    ['reported by', report.reportedBy],
    ['attribution', report.attribution],
    ['named trigger', report.documentedTrigger],
    ['named release', report.documentedRelease],
    ['notes', report.notes],
    ['sources', report.sources.map(showSource)],
  ])
}
