/**
 * server: what didbon shows over HTTP. Reads live state only; history belongs to the reader.
 *
 * GET /healthz        200 while the process answers
 * GET /readyz         200 when the database is open and the schedule runs, 503 with the reasons otherwise
 * GET /metrics        Prometheus text
 * GET /api/v1/status  each service by vantage: state, since when, why
 */
import fastify, { type FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { AppError } from '../model/error.ts'
import type { ServiceStatus } from '../model/outage.ts'
import type { Health } from '../model/vantage.ts'

export interface VantageStatus {
  readonly id: string
  readonly role: 'probe' | 'control'
  readonly country: string
  readonly asn: number | null
  readonly isp: string | null
  readonly city: string | null
  readonly health: Health
}

export interface ServerOptions {
  readonly host: string
  readonly port: number
  readonly registry: Registry
  readonly status: () => readonly ServiceStatus[]
  readonly vantages: () => readonly VantageStatus[]
  /** what keeps the daemon from being ready, in plain words; empty when it is */
  readonly notReady: () => readonly string[]
  readonly now: () => number
}

export interface Server {
  /** where it listens, port filled in */
  readonly url: string
  /** Ends open connections and stops listening. */
  readonly close: () => Promise<void>
}

/**
 * Starts listening.
 *
 * @throws AppError `listen_failed` when the address cannot be had, naming it and the way out
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 65_536, requestTimeout: 10_000 })
  routes(app, options)
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

function routes(app: FastifyInstance, { registry, status, vantages, notReady, now }: ServerOptions): void {
  app.get('/healthz', async () => ({ status: 'alive' }))

  app.get('/readyz', async (_request, reply) => {
    const reasons = notReady()
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons })
  })

  app.get('/metrics', async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )

  app.get('/api/v1/status', async (_request, reply) =>
    reply.header('cache-control', 'no-store').send({
      at: iso(now()),
      vantages: vantages(),
      services: status().map(({ sinceAt, lastLookAt, ...rest }) => ({
        ...rest,
        since: iso(sinceAt),
        lastLook: lastLookAt === null ? null : iso(lastLookAt),
      })),
    }),
  )
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
