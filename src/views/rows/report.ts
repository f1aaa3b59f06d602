/** A reported outage as it is seen outside: the form the file has. */
import { z } from 'zod'
import { REPORT_MODES, type Report } from '../../model/report.ts'
import { confidence, dating, showDating, sources, type Shown } from './shown.ts'

export const reportRow = z
  .strictObject({
    id: z.string(),
    kind: z.literal('reported'),
    episode: z.string(),
    mode: z.enum(REPORT_MODES),
    services: z.array(z.string()),
    otherTargets: z.array(z.string()),
    onset: dating(),
    end: dating().describe('A latest of null: no source says it ended'),
    timeZone: z.string(),
    country: z.string(),
    regions: z.array(z.string()),
    isps: z.array(z.string()),
    reportedBy: z.string(),
    attribution: z.string().nullable(),
    documentedTrigger: z.string().nullable(),
    documentedRelease: z.string().nullable(),
    confidence: confidence(),
    sources: sources(),
    notes: z.string().nullable(),
  })
  .meta({ id: 'Report' })

export function showReport({ id, ...report }: Report): Shown<typeof reportRow> {
  return {
    id,
    kind: 'reported',
    ...report,
    onset: showDating(report.onset),
    end: showDating(report.end),
  }
}
