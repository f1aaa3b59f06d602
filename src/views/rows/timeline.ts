/** Strips of states, ready to draw, as they are seen outside. */
import { z } from 'zod'
import type { TimelineRow, TimelineStretch } from '../../model/history.ts'
import { CAUSES } from '../../model/outage.ts'
import { isoOf } from '../iso.ts'
import { mechanism, moment, type Shown } from './shown.ts'

const stretch = {
  from: moment(),
  until: moment().nullable().describe('null: ongoing'),
  state: z.enum(['ok', 'insufficient', ...CAUSES]),
  mechanism: mechanism(),
  ref: z.string().nullable().describe('The outage or report it comes from'),
}
const strip = {
  kind: z.enum(['measured', 'reported']),
  service: z.string(),
  vantage: z.string().nullable().describe('null for reports: they rarely say'),
}

export const timelineBody = z
  .strictObject({
    since: moment(),
    until: moment(),
    rows: z.array(z.strictObject({ ...strip, stretches: z.array(z.strictObject(stretch)) })),
  })
  .meta({ id: 'Timeline' })

/** One line of the CSV: one stretch. */
export const stretchLine = z.strictObject({ ...strip, ...stretch })

export function showTimeline(rows: readonly TimelineRow[]): Pick<Shown<typeof timelineBody>, 'rows'> {
  return {
    rows: rows.map(({ kind, service, vantage, stretches }) => ({
      kind,
      service,
      vantage,
      stretches: stretches.map(showStretch),
    })),
  }
}

export function stretchLines(rows: readonly TimelineRow[]): Shown<typeof stretchLine>[] {
  return rows.flatMap(({ kind, service, vantage, stretches }) =>
    stretches.map((each) => ({ kind, service, vantage, ...showStretch(each) })),
  )
}

/** Key by key: there are thousands of them in one answer, and `withIsoTimes` takes its time. */
function showStretch({ fromAt, untilAt, state, mechanism, ref }: TimelineStretch) {
  return { from: isoOf(fromAt), until: isoOf(untilAt), state, mechanism, ref }
}
