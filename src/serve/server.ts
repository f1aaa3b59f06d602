/**
 * server: what didbon shows over HTTP.
 *
 * GET /healthz        200 while the process answers
 * GET /readyz         200 when the database is open and the schedule runs, 503 with the reasons otherwise
 * GET /metrics        Prometheus text, or OpenMetrics with exemplars where Accept asks for it
 * /api/v1/            the REST API: live state, and the record where it is given
 */
import accepts from '@fastify/accepts'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { AppError } from '../model/error.ts'
import { addApi } from './api/api.ts'
import type { Live, RecordAccess } from './api/context.ts'
import { Problem, problemOf, sendProblem } from './api/problem.ts'
import { CONTENT_TYPES, type Exposition } from './metrics/exposition.ts'

export interface ServerOptions extends Live {
  readonly host: string
  readonly port: number
  /** the text of one scrape */
  readonly expose: (format: Exposition) => Promise<string>
  /** what keeps the daemon from being ready, in plain words; empty when it is */
  readonly notReady: () => readonly string[]
  /** left out: live state alone is served */
  readonly record?: RecordAccess
  /** hears of each request that failed through a fault of ours */
  readonly onError?: (error: unknown) => void
}

export interface Server {
  /** where it listens, port filled in */
  readonly url: string
  /** Ends open connections and stops listening. */
  readonly close: () => Promise<void>
}

/** Starts listening. @throws AppError `listen_failed` when the address cannot be had, naming it and the way out */
export async function startServer(options: ServerOptions): Promise<Server> {
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: 65_536,
    requestTimeout: 10_000,
    // An outage's id holds two names and a time.
    routerOptions: { maxParamLength: 200 },
    frameworkErrors(error, _request, reply) {
      void sendProblem(reply, problemOf(error))
    },
  })
  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error)
    if (problem === null) options.onError?.(error)
    return sendProblem(reply, problem)
  })
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, new Problem(404, 'Not found; GET /api/v1/docs lists what there is.')),
  )
  app.register(async (scope) => {
    await scope.register(accepts)
    operatorRoutes(scope, options)
  })
  addApi(app, options, options.record ?? null)
  try {
    const url = await app.listen({ host: options.host, port: options.port })
    return { url, close: () => app.close() }
  } catch (error) {
    throw new AppError(
      'listen_failed',
      `cannot listen on ${options.host}:${options.port} (${(error as NodeJS.ErrnoException).code ?? 'error'}): ` +
        'stop what already listens there, or set serve.port to another port (0 picks a free one)',
      { cause: error },
    )
  }
}

/** What monitoring and process managers ask for. */
function operatorRoutes(app: FastifyInstance, { expose, notReady }: ServerOptions): void {
  app.get('/healthz', async () => ({ status: 'alive' }))

  app.get('/readyz', async (_request, reply) => {
    const reasons = notReady()
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons })
  })

  app.get('/metrics', async (request, reply) => {
    const format = expositionFor(request)
    return reply
      .type(CONTENT_TYPES[format])
      .header('vary', 'Accept')
      .send(await expose(format))
  })
}

/** OpenMetrics where it is named and nothing that plain text fits is liked better; whoever does not say gets plain text. */
function expositionFor(request: FastifyRequest): Exposition {
  const liked = request.accepts().types()
  const types = typeof liked === 'string' ? [liked] : liked || []
  const openmetrics = types.indexOf('application/openmetrics-text')
  const text = types.findIndex((type) => type === 'text/plain' || type === 'text/*' || type === '*/*')
  return openmetrics !== -1 && (text === -1 || openmetrics < text) ? 'openmetrics' : 'text'
}
