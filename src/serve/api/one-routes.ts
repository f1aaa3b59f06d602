/** One outage, incident, event or report, with all that belongs to it. */
import { z } from 'zod'
import type { History } from '../../model/history.ts'
import { settleFormat } from './answer.ts'
import type { Api } from './kind.ts'
import { word } from './parameters.ts'
import { Problem } from './problem.ts'
import { answers } from './answers.ts'
import { eventDetail, showEventDetail } from '../../views/rows/event.ts'
import {
  incidentDetail,
  outageDetail,
  showIncidentDetail,
  showOutageDetail,
} from '../../views/rows/detail.ts'
import { reportRow, showReport } from '../../views/rows/report.ts'

/** Adds GET /outages/{id} and its like. */
export function oneRoutes(api: Api, history: History): void {
  oneRoute(api, {
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
  oneRoute(api, {
    name: 'incidents',
    what: 'incident',
    summary: 'One incident, with its outages or reports and the events it may have followed',
    body: incidentDetail,
    find: history.incident,
    show: showIncidentDetail,
  })
  oneRoute(api, {
    name: 'events',
    what: 'event',
    summary: 'One event, with every change that was made to it',
    body: eventDetail,
    find: history.event,
    show: showEventDetail,
  })
  oneRoute(api, {
    name: 'reports',
    what: 'report',
    summary: 'One reported outage',
    body: reportRow,
    find: history.report,
    show: showReport,
  })
}

function oneRoute<Found>(
  api: Api,
  one: {
    readonly name: string
    readonly what: string
    readonly summary: string
    readonly body: z.ZodType
    readonly find: (id: string) => Promise<Found | null>
    readonly show: (found: Found) => object
  },
): void {
  api.get(
    `/${one.name}/:id`,
    {
      schema: {
        tags: ['history'],
        summary: one.summary,
        params: z.object({ id: z.string() }),
        querystring: z.strictObject({ format: word(['json'], 'Format of the response').exactOptional() }),
        response: answers({ 200: one.body }, { problems: [404, 406, 422] }),
      },
    },
    async (request, reply) => {
      settleFormat(request, ['json'], request.query.format)
      const found = await one.find(request.params.id)
      if (found === null) throw notThere(one.what, one.name)
      return reply.send(one.show(found))
    },
  )
}

/** What is said of an id that is not there. */
export function notThere(what: string, list: string): Problem {
  return new Problem(404, `There is no ${what} with this id; GET /api/v1/${list} lists those there are.`)
}
