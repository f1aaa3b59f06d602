/** methods: a path that is there, asked with a method it does not have, is 405 and not 404. */
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { Problem } from './problem.ts'

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Watches which routes are added. @returns to be called once all are: refuses the other methods of their paths */
export function refuseOtherMethods(api: FastifyInstance): () => void {
  const methodsOf = new Map<string, Set<HTTPMethods>>()
  let adding = true
  api.addHook('onRoute', ({ routePath, method }) => {
    if (!adding) return
    const methods = methodsOf.get(routePath) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    methodsOf.set(routePath, methods)
  })
  return () => {
    adding = false
    for (const [url, methods] of methodsOf) {
      const allow = [...methods].sort().join(', ')
      api.route({
        method: METHODS.filter((method) => !methods.has(method)),
        url,
        schema: { hide: true },
        exposeHeadRoute: false,
        // Before the body is read: it may be anything.
        onRequest: (request, _reply, done) => {
          done(
            new Problem(405, `${request.method} is not allowed here; allowed: ${allow}.`, {
              headers: { allow },
            }),
          )
        },
        handler: () => null,
      })
    }
  }
}
