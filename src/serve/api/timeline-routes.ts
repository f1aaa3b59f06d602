/** Series of states, ready to draw. */
import { z } from 'zod'
import type { History } from '../../model/history.ts'
import { DAY_MS } from '../../model/time.ts'
import { isoOf } from '../../views/iso.ts'
import { showTimeline, intervalLine, intervalLines, timelineBody } from '../../views/rows/timeline.ts'
import { sendCsv, negotiateFormat } from './answer.ts'
import type { Api } from './context.ts'
import { inOrder, refuseParameter } from './list.ts'
import { format, id, time } from './parameters.ts'
import { responses } from './response-schemas.ts'

const REACH_MS = 7 * DAY_MS
/** What is sent is put into words in the thread that listens: this bound keeps that to some 40 ms. */
const MOST_INTERVALS = 5_000

/** Adds GET /timeline. @param now for relative times */
export function timelineRoute(api: Api, history: History, now: () => number): void {
  const querystring = z
    .strictObject({
      since: time('since', now, 'Start of the time range; default: a week before `until`').exactOptional(),
      until: time('until', now, 'End of the time range; default: now').exactOptional(),
      service: id('a service, such as facebook').exactOptional(),
      vantage: id('a vantage').exactOptional(),
      format: format().exactOptional(),
    })
    .refine(({ since, until }) => inOrder(since, until ?? now()), {
      error: 'must lie before until, or before now where until is left out',
      path: ['since'],
    })
  api.get(
    '/timeline',
    {
      schema: {
        tags: ['history'],
        summary: 'For each service and vantage, its states and how long each lasted, ready to draw',
        description:
          'Measured and reported series are separate. Time that no interval covers is not known. The CSV has a row for each interval. ' +
          `A time range with more than ${MOST_INTERVALS.toLocaleString('en')} intervals is rejected.`,
        querystring,
        response: responses({ 200: timelineBody }, { csv: true, problems: [406, 422] }),
      },
    },
    async (request, reply) => {
      const { format: wanted, since: from, until: to, ...query } = request.query
      const written = negotiateFormat(request, ['json', 'csv'], wanted)
      const until = to ?? now()
      const since = from ?? until - REACH_MS
      const found = await history
        .timeline({ ...query, since, until, atMost: MOST_INTERVALS })
        .catch(refuseParameter)
      if (written === 'csv')
        return sendCsv(reply, {
          name: 'timeline',
          schema: intervalLine,
          rows: intervalLines(found),
          only: null,
        })
      return reply.send({ since: isoOf(since), until: isoOf(until), ...showTimeline(found) })
    },
  )
}
