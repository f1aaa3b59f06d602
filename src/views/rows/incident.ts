/** An incident as it is seen outside. */
import { z } from 'zod'
import { isoWindow } from '../iso.ts'
import type { Incident } from '../../model/incident.ts'
import { CAUSES } from '../../model/outage.ts'
import { REPORT_MODES } from '../../model/report.ts'
import { MECHANISMS } from '../../model/verdict.ts'
import { between, type Shown } from './shown.ts'

const common = {
  country: z.string(),
  onset: between().describe('Where its first member began: [earliest, latest]; null: not known'),
  end: between().describe(
    'Where its last member ended; a latest of null: ongoing, or no source gives an end',
  ),
  services: z.array(z.string()),
  members: z.array(z.string()).describe('Ids of its outages or reports, the earliest first'),
}

export const incidentRow = z
  .discriminatedUnion('kind', [
    z.strictObject({
      id: z.string(),
      kind: z.literal('measured'),
      ...common,
      vantages: z.array(z.string()).describe('Vantages it was observed from'),
      vantagesWatched: z.int().describe('All vantages in the country'),
      asns: z.array(z.int()),
      causes: z.array(z.enum(CAUSES)),
      mechanisms: z.array(z.enum(MECHANISMS)),
    }),
    z.strictObject({
      id: z.string(),
      kind: z.literal('reported'),
      ...common,
      episode: z.string(),
      regions: z.array(z.string()),
      otherTargets: z.array(z.string()),
      modes: z.array(z.enum(REPORT_MODES)),
      isps: z.array(z.string()),
      documentedTriggers: z.array(z.string()).describe('Events that sources name as its trigger'),
      documentedReleases: z.array(z.string()),
    }),
  ])
  .meta({ id: 'Incident' })

export function showIncident(incident: Incident): Shown<typeof incidentRow> {
  return { ...incident, onset: isoWindow(incident.onset), end: isoWindow(incident.end) }
}
