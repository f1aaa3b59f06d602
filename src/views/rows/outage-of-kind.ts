/** An outage as the list shows it: measured, or reported by others, each with what is known of its kind. */
import { z } from 'zod'
import { isoWindow } from '../iso.ts'
import type { Report } from '../../model/report.ts'
import type { OutageOfKind } from '../outages-of-kinds.ts'
import { outageRow, showOutage } from './outage.ts'
import { reportRow, showReport } from './report.ts'
import { between, type Shown } from './shown.ts'

const { onset: _onset, end: _end, ...facts } = reportRow.shape

/** A report with the windows of its onset and end, as incidents have them. */
export const reportedOutageRow = z
  .strictObject({
    ...facts,
    onset: between().describe('[earliest, latest] by what sources say; null: not known'),
    end: between().describe('The same; a latest of null: no source says it ended'),
    onsetStated: z.string().nullable().describe('The onset as sources state it'),
    endStated: z.string().nullable(),
  })
  .meta({ id: 'ReportedOutage' })

export const outageOfKindRow = z.discriminatedUnion('kind', [outageRow, reportedOutageRow])

export function showReportedOutage(report: Report): Shown<typeof reportedOutageRow> {
  const { onset, end } = report
  return {
    ...showReport(report),
    onset: isoWindow(onset),
    end: isoWindow(end),
    onsetStated: onset.stated,
    endStated: end.stated,
  }
}

export function showOutageOfKind(found: OutageOfKind): Shown<typeof outageOfKindRow> {
  return found.kind === 'measured' ? showOutage(found.outage) : showReportedOutage(found.report)
}
