/** What may be written: events. Each write takes a token, is limited in number, and is noted with the token's name. */
import type { FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../model/error.ts'
import type { TriggerEvent } from '../../model/event.ts'
import { MINUTE_MS } from '../../model/time.ts'
import { nameOf } from './access.ts'
import type { Api, RecordAccess } from './context.ts'
import { notFound, Problem } from './problem.ts'
import { responses } from './response-schemas.ts'
import { READ_ONLY_KEYS, eventDetail, showEventDetail } from '../../views/rows/event.ts'
import { refuseUnknownServices } from './unknown-services.ts'

const REFUSALS = [400, 401, 413, 415, 422, 429] as const

const params = z.object({ id: z.string() })
const security = [{ token: [] }]

/** Adds POST /events, PUT and DELETE /events/{id}. */
export function writeRoutes(api: Api, access: RecordAccess): void {
  const guarded = {
    // One limit for all of them together.
    onRequest: api.rateLimit({ max: access.writesPerMinute, timeWindow: MINUTE_MS }),
    // After the limit, before the body is read.
    preParsing: async (request: FastifyRequest) => {
      writers.set(request, `token:${nameOf(request, access)}`)
    },
  }
  addRoute(api, access, guarded)
  putRoute(api, access, guarded)
  retractRoute(api, access, guarded)
}

type Guarded = Pick<RouteShorthandOptions, 'onRequest' | 'preParsing'>

function addRoute(api: Api, access: RecordAccess, guarded: Guarded): void {
  api.post(
    '/events',
    {
      ...guarded,
      schema: {
        tags: ['writing'],
        summary: 'Add an event',
        security,
        body: bodyOf(access),
        response: responses({ 201: eventDetail }, { problems: [409, ...REFUSALS] }),
      },
    },
    async (request, reply) => {
      const event: TriggerEvent = request.body
      await refuseUnknownServices(event, access)
      if (access.record.addEvent(event, writerOf(request)) === 'taken') {
        throw new Problem(
          409,
          `An event ${event.id} already exists, possibly retracted. To change it or bring it back, PUT /api/v1/events/${event.id}.`,
        )
      }
      return sendEvent(
        access.history,
        reply.code(201).header('location', `/api/v1/events/${event.id}`),
        event.id,
      )
    },
  )
}

function putRoute(api: Api, access: RecordAccess, guarded: Guarded): void {
  api.put(
    '/events/:id',
    {
      ...guarded,
      schema: {
        tags: ['writing'],
        summary: 'Add an event, change it, or bring a retracted one back',
        description: 'What GET returns may be sent back unchanged: read-only keys are ignored.',
        security,
        params,
        body: bodyOf(access),
        response: responses({ 200: eventDetail, 201: eventDetail }, { problems: [...REFUSALS] }),
      },
    },
    async (request, reply) => {
      const event: TriggerEvent = request.body
      if (event.id !== request.params.id) {
        throw new Problem(422, `id: must be ${request.params.id}, as in the path, not "${event.id}"`, {
          complaints: [{ in: 'body', at: 'id', detail: 'must be the id in the path' }],
        })
      }
      await refuseUnknownServices(event, access)
      const done = access.record.putEvent(event, writerOf(request))
      return sendEvent(access.history, reply.code(done === 'added' ? 201 : 200), event.id)
    },
  )
}

function retractRoute(api: Api, { record }: RecordAccess, guarded: Guarded): void {
  api.delete(
    '/events/:id',
    {
      ...guarded,
      schema: {
        tags: ['writing'],
        summary: 'Retract an event',
        description: 'It stays in the record, marked as retracted, and is no longer used.',
        security,
        params,
        response: {
          204: z.undefined().describe('Retracted'),
          ...responses({}, { problems: [401, 404, 429] }),
        },
      },
    },
    async (request, reply) => {
      try {
        record.retractEvent(request.params.id, writerOf(request))
      } catch (error) {
        throw error instanceof AppError && error.code === 'not_found' ? notFound('event', 'events') : error
      }
      return reply.code(204).send(undefined)
    },
  )
}

/** Answers a write with the event as it now is. */
async function sendEvent(history: RecordAccess['history'], reply: FastifyReply, id: string) {
  const kept = await history.event(id)
  if (kept === null) throw new Error('an event that was just written is not there')
  return reply.send(showEventDetail(kept))
}

function bodyOf({ eventSchema }: RecordAccess) {
  return z.preprocess(withoutReadOnlyKeys, eventSchema)
}

const writers = new WeakMap<FastifyRequest, string>()

function writerOf(request: FastifyRequest): string {
  const writer = writers.get(request)
  if (writer === undefined) throw new Error('a write for which no token was checked')
  return writer
}

function withoutReadOnlyKeys(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  return Object.fromEntries(Object.entries(body).filter(([key]) => !READ_ONLY_KEYS.includes(key)))
}
