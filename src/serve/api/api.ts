/**
 * api: the REST API under /api/v1, and the document that describes it.
 *
 * request ─► may it? ─► zod ─► history, in its own thread ─► rows as seen outside ─► JSON or CSV ─► tag ─► gzip
 */
import accepts from '@fastify/accepts'
import compress from '@fastify/compress'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { nameOf } from './access.ts'
import { tag } from './answer.ts'
import { gatherDocument } from './document.ts'
import { correlationsRoute } from './correlation-routes.ts'
import type { Api, Live, RecordAccess } from './context.ts'
import { listRoutes } from './list-routes.ts'
import { liveRoutes, servicesRoute } from './live-routes.ts'
import { refuseOtherMethods } from './methods.ts'
import { detailRoutes } from './detail-routes.ts'
import { Problem } from './problem.ts'
import { referenceRoutes } from './reference.ts'
import { validatorCompiler } from './validate.ts'
import { timelineRoute } from './timeline-routes.ts'
import { writeRoutes } from './write-routes.ts'

/** Adds the API to a server. @param access the record; `null` = live state alone is served */
export function addApi(app: FastifyInstance, live: Live, access: RecordAccess | null): void {
  app.register(
    async (scope) => {
      const api = scope.withTypeProvider<ZodTypeProvider>()
      api.setValidatorCompiler(validatorCompiler)
      api.setSerializerCompiler(() => JSON.stringify)
      api.removeContentTypeParser('text/plain') // Fastify takes it for a string; an event is none
      await api.register(accepts)
      await api.register(rateLimit, { global: false, errorResponseBuilder: tooMany })
      answering(api)
      // Threads of the pool gzip, not this one.
      await api.register(compress, { encodings: ['gzip'], globalDecompression: false, syncThreshold: 0 })
      await gatherDocument(api)
      const refuseOthers = refuseOtherMethods(scope)
      referenceRoutes(api)
      await api.register(async (guarded: Api) => {
        if (access?.reads === 'token') closeReads(guarded, access)
        liveRoutes(guarded, live)
        if (access !== null) recordRoutes(guarded, access, live.now)
      })
      refuseOthers()
    },
    { prefix: '/api/v1' },
  )
}

function recordRoutes(api: Api, access: RecordAccess, now: () => number): void {
  servicesRoute(api, access.services)
  listRoutes(api, access.history, now)
  detailRoutes(api, access.history)
  correlationsRoute(api, access.history, now)
  timelineRoute(api, access.history, now)
  writeRoutes(api, access)
}

/** What all answers have in common. */
function answering(api: Api): void {
  api.addHook('onRequest', async (_request, reply) => {
    // Tagged, so asking again is cheap; and what was true a minute ago may be so no more.
    reply.headers({
      'cache-control': 'no-cache',
      vary: 'Accept, Authorization',
      'x-content-type-options': 'nosniff',
    })
  })
  api.addHook('onSend', async (request, reply, payload) => tag(request, reply, payload))
}

function closeReads(api: Api, access: RecordAccess): void {
  api.addHook('onRequest', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') nameOf(request, access)
  })
}

function tooMany(_request: unknown, { after }: { after: string }): Problem {
  return new Problem(429, `Too many writes within a minute; try again in ${after}.`)
}
