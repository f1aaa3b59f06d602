/** What followed what, over the whole record. */
import { z } from 'zod'
import type { History } from '../../model/history.ts'
import {
  correlationLine,
  correlationLines,
  correlationsBody,
  showCorrelations,
} from '../../views/rows/ranking.ts'
import { sendCsv, negotiateFormat } from './answer.ts'
import type { Api } from './context.ts'
import { inOrder, nextPage, refuseParameter } from './list.ts'
import { cursor, format, id, limit, time, word } from './parameters.ts'
import { notFound } from './problem.ts'
import { responses } from './response-schemas.ts'

/** What is sent is put into words in the thread that listens: this bound keeps that to some 40 ms. */
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
      error: 'must be after since; swap the two, or correct the wrong one',
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
        response: responses({ 200: correlationsBody }, { csv: true, problems: [404, 406, 422] }),
      },
    },
    async (request, reply) => {
      const { format: wanted, ...query } = request.query
      const written = negotiateFormat(request, ['json', 'csv'], wanted)
      const found = await history.correlations(query).catch(refuseParameter)
      const unknown = query.incident !== undefined && query.kind === undefined && found.incidents.length === 0
      if (unknown) throw notFound('incident', 'incidents')
      const next = found.next === null ? null : nextPage(request.url, found.next, query)
      if (next !== null) reply.header('link', `<${next}>; rel="next"`)
      if (written === 'json') return reply.send({ ...showCorrelations(found), next })
      const rows = correlationLines(found.incidents)
      return sendCsv(reply, { name: 'correlations', schema: correlationLine, rows, only: null })
    },
  )
}
