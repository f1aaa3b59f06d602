/** Answers over the whole record: what followed what, and strips ready to draw. */
import { z } from 'zod'
import type { History } from '../../model/history.ts'
import { DAY_MS } from '../../model/time.ts'
import { sendCsv, settleFormat } from './answer.ts'
import type { Api } from './kind.ts'
import { inOrder, nextPage, refusedBy } from './list.ts'
import { iso } from './outside.ts'
import { cursor, format, id, limit, time, word } from './parameters.ts'
import { answers } from './answers.ts'
import { notThere } from './one-routes.ts'
import {
  correlationLine,
  correlationLines,
  correlationsBody,
  showCorrelations,
} from '../../views/rows/ranking.ts'
import { showTimeline, stretchLine, stretchLines, timelineBody } from '../../views/rows/timeline.ts'

const TIMELINE_REACH_MS = 7 * DAY_MS
/** What is sent is put into words in the thread that listens: these bounds keep that to some 40 ms. */
const MOST_STRETCHES = 5_000
const MOST_RANKINGS = 200

/** Adds GET /correlations. @param now for relative times */
export function correlationsRoute(api: Api, history: History, now: () => number): void {
  const querystring = z
    .strictObject({
      incident: id('an incident').exactOptional(),
      kind: word(['measured', 'reported'], 'Only incidents of this kind').exactOptional(),
      since: time('since', now, 'Only what had not ended by then').exactOptional(),
      until: time('until', now, 'Only what began before then').exactOptional(),
      limit: limit(MOST_RANKINGS),
      after: cursor().exactOptional(),
      format: format().exactOptional(),
    })
    .refine(({ since, until }) => inOrder(since, until), {
      error: 'must lie after since; swap the two, or mend the wrong one',
      path: ['until'],
    })
  api.get(
    '/correlations',
    {
      schema: {
        tags: ['history'],
        summary: 'For each incident, the events it may have followed, and whether that is more than chance',
        description:
          'Every factor is shown, so that the result can be checked. The CSV has a row for each incident and candidate.',
        querystring,
        response: answers({ 200: correlationsBody }, { csv: true, problems: [404, 406, 422] }),
      },
    },
    async (request, reply) => {
      const { format: asked, ...query } = request.query
      const written = settleFormat(request, ['json', 'csv'], asked)
      const found = await history.correlations(query).catch((error: unknown) => {
        throw refusedBy(error, query.after) ?? error
      })
      const unknown = query.incident !== undefined && query.kind === undefined && found.incidents.length === 0
      if (unknown) throw notThere('incident', 'incidents')
      const next = found.next === null ? null : nextPage(request.url, found.next, query)
      if (next !== null) reply.header('link', `<${next}>; rel="next"`)
      if (written === 'json') return reply.send({ ...showCorrelations(found), next })
      const rows = correlationLines(found.incidents)
      return sendCsv(reply, { name: 'correlations', schema: correlationLine, rows, only: null })
    },
  )
}

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
          `A time range with more than ${MOST_STRETCHES.toLocaleString('en')} intervals is rejected.`,
        querystring,
        response: answers({ 200: timelineBody }, { csv: true, problems: [406, 422] }),
      },
    },
    async (request, reply) => {
      const { format: asked, since: from, until: to, ...query } = request.query
      const written = settleFormat(request, ['json', 'csv'], asked)
      const until = to ?? now()
      const since = from ?? until - TIMELINE_REACH_MS
      const found = await history
        .timeline({ ...query, since, until, atMost: MOST_STRETCHES })
        .catch((error: unknown) => {
          throw refusedBy(error, undefined) ?? error
        })
      if (written === 'csv')
        return sendCsv(reply, {
          name: 'timeline',
          schema: stretchLine,
          rows: stretchLines(found),
          only: null,
        })
      return reply.send({ since: iso(since), until: iso(until), ...showTimeline(found) })
    },
  )
}
