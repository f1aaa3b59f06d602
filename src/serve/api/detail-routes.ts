/** One outage, incident, event or report, with all that belongs to it. */
import { z } from 'zod'
import type { History } from '../../model/history.ts'
import { negotiateFormat } from './answer.ts'
import type { Api } from './context.ts'
import { word } from './parameters.ts'
import { notFound, Problem } from './problem.ts'
import { responses } from './response-schemas.ts'
import { eventDetail, showEventDetail } from '../../views/rows/event.ts'
import {
  incidentDetail,
  outageDetail,
  showIncidentDetail,
  showOutageDetail,
} from '../../views/rows/detail.ts'
import { reportRow, showReport } from '../../views/rows/report.ts'

/** Adds GET /outages/{id} and its like. */
export function detailRoutes(api: Api, history: History): void {
  detailRoute(api, {
    name: 'outages',
    what: 'outage',
    summary: 'One outage, with the measurements that opened it or changed its cause',
    body: outageDetail,
    async find(id) {
      const found = await history.outage(id)
      if (found === null && (await history.report(id)) !== null)
        throw new Problem(404, `That outage was reported by others, not measured: GET /api/v1/reports/${id}.`)
      return found
    },
    show: showOutageDetail,
  })
  detailRoute(api, {
    name: 'incidents',
    what: 'incident',
    summary: 'One incident, with its outages or reports and the events it may have followed',
    body: incidentDetail,
    find: history.incident,
    show: showIncidentDetail,
  })
  detailRoute(api, {
    name: 'events',
    what: 'event',
    summary: 'One event, with every change that was made to it',
    body: eventDetail,
    find: history.event,
    show: showEventDetail,
  })
  detailRoute(api, {
    name: 'reports',
    what: 'report',
    summary: 'One reported outage',
    body: reportRow,
    find: history.report,
    show: showReport,
  })
}

function detailRoute<Found>(
  api: Api,
  detail: {
    readonly name: string
    readonly what: string
    readonly summary: string
    readonly body: z.ZodType
    readonly find: (id: string) => Promise<Found | null>
    readonly show: (found: Found) => object
  },
): void {
  api.get(
    `/${detail.name}/:id`,
    {
      schema: {
        tags: ['history'],
        summary: detail.summary,
        params: z.object({ id: z.string() }),
        querystring: z.strictObject({ format: word(['json'], 'Format of the response').exactOptional() }),
        response: responses({ 200: detail.body }, { problems: [404, 406, 422] }),
      },
    },
    async (request, reply) => {
      negotiateFormat(request, ['json'], request.query.format)
      const found = await detail.find(request.params.id)
      if (found === null) throw notFound(detail.what, detail.name)
      return reply.send(detail.show(found))
    },
  )
}
