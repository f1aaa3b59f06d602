/** Series of states, ready to draw, as they are seen outside. */
import { z } from 'zod'
import type { StateSeries, StateInterval } from '../../model/history.ts'
import { STATES } from '../../model/outage.ts'
import { isoOf } from '../iso.ts'
import { mechanism, moment, type Shown } from './shown.ts'

const interval = {
  from: moment(),
  until: moment().nullable().describe('null: ongoing'),
  state: z.enum(STATES),
  mechanism: mechanism(),
  ref: z.string().nullable().describe('The outage or report it comes from'),
}
const series = {
  kind: z.enum(['measured', 'reported']),
  service: z.string(),
  vantage: z.string().nullable().describe('null for reports: they rarely say'),
}

export const timelineBody = z
  .strictObject({
    since: moment(),
    until: moment(),
    rows: z.array(z.strictObject({ ...series, stretches: z.array(z.strictObject(interval)) })),
  })
  .meta({ id: 'Timeline' })

/** One line of the CSV: one interval. */
export const intervalLine = z.strictObject({ ...series, ...interval })

export function showTimeline(rows: readonly StateSeries[]): Pick<Shown<typeof timelineBody>, 'rows'> {
  return {
    rows: rows.map(({ kind, service, vantage, intervals }) => ({
      kind,
      service,
      vantage,
      stretches: intervals.map(showInterval),
    })),
  }
}

export function intervalLines(rows: readonly StateSeries[]): Shown<typeof intervalLine>[] {
  return rows.flatMap(({ kind, service, vantage, intervals }) =>
    intervals.map((interval) => ({ kind, service, vantage, ...showInterval(interval) })),
  )
}

/** Key by key: there are thousands of them in one answer, and `withIsoTimes` takes its time. */
function showInterval({ fromAt, untilAt, state, mechanism, ref }: StateInterval) {
  return { from: isoOf(fromAt), until: isoOf(untilAt), state, mechanism, ref }
}
