/** One outage and one incident with all that belongs to them, as they are seen outside. */
import { z } from 'zod'
import type { History } from '../../model/history.ts'
import { incidentRow, showIncident } from './incident.ts'
import { fullMeasurement, measurementRow, showFullMeasurement, showMeasurement } from './measurement.ts'
import { outageRow, showOutage } from './outage.ts'
import { rankingRow, showRanking } from './ranking.ts'
import { reportRow, showReport } from './report.ts'
import type { Shown } from './shown.ts'

type FoundOutage = NonNullable<Awaited<ReturnType<History['outage']>>>
type FoundIncident = NonNullable<Awaited<ReturnType<History['incident']>>>

export const outageDetail = z
  .strictObject({
    outage: outageRow,
    incident: z.string().nullable().describe('The incident it belongs to'),
    evidence: z
      .array(
        z.strictObject({
          summary: measurementRow,
          measurement: fullMeasurement.nullable().describe('null: the full record was not kept'),
        }),
      )
      .describe('The measurements that opened it or changed its cause'),
  })
  .meta({ id: 'OutageWithEvidence' })

export function showOutageDetail({ outage, incident, evidence }: FoundOutage): Shown<typeof outageDetail> {
  return {
    outage: showOutage(outage),
    incident,
    evidence: evidence.map(({ summary, measurement }) => ({
      summary: showMeasurement(summary),
      measurement: measurement === null ? null : showFullMeasurement(measurement),
    })),
  }
}

export const incidentDetail = z
  .strictObject({
    incident: incidentRow,
    outages: z.array(outageRow),
    reports: z.array(reportRow),
    ranking: rankingRow,
  })
  .meta({ id: 'IncidentWithMembers' })

export function showIncidentDetail(found: FoundIncident): Shown<typeof incidentDetail> {
  return {
    incident: showIncident(found.incident),
    outages: found.outages.map(showOutage),
    reports: found.reports.map(showReport),
    ranking: showRanking(found.ranking),
  }
}
