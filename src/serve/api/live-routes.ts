/** The current state: the services and vantages there are, and how each service stands from each vantage. */
import { z } from 'zod'
import { sendCsv, negotiateFormat } from './answer.ts'
import type { Api, Live, RecordAccess } from './context.ts'
import { format } from './parameters.ts'
import { responses } from './response-schemas.ts'
import { serviceRow, showService, showStatus, statusBody, vantageRow } from '../../views/rows/live.ts'

/** Adds GET /status and /vantages. */
export function liveRoutes(api: Api, { status, vantages, heightened, now }: Live): void {
  api.get(
    '/status',
    {
      schema: {
        tags: ['now'],
        summary: 'State of each service from each vantage, since when and why',
        response: responses({ 200: statusBody }),
      },
    },
    async (_request, reply) =>
      reply.header('cache-control', 'no-store').send(showStatus(now(), vantages(), status(), heightened())),
  )
  allRoute(api, {
    name: 'vantages',
    summary: 'Vantage points and their health',
    row: vantageRow,
    rows: () => vantages().map((vantage) => ({ ...vantage })),
  })
}

/** Adds GET /services. */
export function servicesRoute(api: Api, services: RecordAccess['services']): void {
  allRoute(api, {
    name: 'services',
    summary: 'Watched services and their endpoints',
    row: serviceRow,
    rows: () => services().map(showService),
  })
}

/** Adds a route that gives all there are; a handful. */
function allRoute(
  api: Api,
  all: {
    readonly name: string
    readonly summary: string
    readonly row: z.ZodType
    readonly rows: () => readonly Readonly<Record<string, unknown>>[]
  },
): void {
  api.get(
    `/${all.name}`,
    {
      schema: {
        tags: ['now'],
        summary: all.summary,
        querystring: z.strictObject({ format: format().exactOptional() }),
        response: responses(
          { 200: z.strictObject({ rows: z.array(all.row) }) },
          { csv: true, problems: [406, 422] },
        ),
      },
    },
    async (request, reply) => {
      const written = negotiateFormat(request, ['json', 'csv'], request.query.format)
      const rows = all.rows()
      if (written === 'json') return reply.send({ rows })
      return sendCsv(reply, { name: all.name, schema: all.row, rows, only: null })
    },
  )
}
