/** From what the files say to the nouns of model/. What comes in has been checked. */
import type { Canary, Service } from '../model/service.ts'
import type { Resolver, Route, Vantage } from '../model/vantage.ts'
import type { ScheduleConfig, Times } from './config.ts'
import { parseResolver } from './resolver.ts'
import type { FileShape, VantageShape } from './schema.ts'
import type { ServicesShape } from './services-schema.ts'

export function buildServices(shape: ServicesShape): Service[] {
  return Object.entries(shape.services).map(([id, { name, endpoints }]) => ({
    id,
    name,
    endpoints: Object.entries(endpoints).map(([key, { url, role, transfer, validFrom, validUntil }]) => ({
      id: `${id}/${key}`,
      service: id,
      url: new URL(url).href,
      role,
      ...(transfer === undefined ? {} : { transferUrl: new URL(transfer).href }),
      validFromAt: validFrom === null ? null : Date.parse(validFrom),
      validUntilAt: validUntil === null ? null : Date.parse(validUntil),
    })),
  }))
}

/** The canaries of services.yaml, and the neutral hosts of the diagnoses: what hits those too is the line's. */
export function buildCanaries({ canaries }: ServicesShape, diagnose: FileShape['diagnose']): Canary[] {
  const named = (['international', 'domestic'] as const).flatMap((group) =>
    Object.entries(canaries[group]).map(([key, { url, expectBody }]) => ({
      id: `canary/${key}`,
      url: new URL(url).href,
      group,
      expectBody,
    })),
  )
  const hosts = new Set(named.map(({ url }) => new URL(url).hostname))
  const neutral = (diagnose.enabled ? diagnose.neutralHosts : [])
    .filter((host) => !hosts.has(host))
    .map((host): Canary => {
      const url = `https://${host}/`
      return { id: `canary/${host}`, url, group: 'international', expectBody: null, optional: true }
    })
  return [...named, ...neutral]
}

export function buildVantages(vantages: FileShape['vantages']): Vantage[] {
  return vantages.flatMap((v) => (v === undefined ? [] : [buildVantage(v)]))
}

function buildVantage(shape: VantageShape): Vantage {
  const { id, role, country, asn, isp, city, maxInFlight } = shape
  const resolvers = (shape.resolvers ?? [shape.kind === 'direct' ? 'system' : 'proxy']).map(resolverOf)
  const trustedResolver = shape.trustedResolver === null ? null : resolverOf(shape.trustedResolver)
  return { id, role, route: routeOf(shape), country, asn, isp, city, resolvers, trustedResolver, maxInFlight }
}

function routeOf({ kind, host, port, username, password }: VantageShape): Route {
  if (kind === 'direct') return { kind }
  return { kind, host: host!, port: port!, username: username ?? null, password: password ?? null }
}

function resolverOf(text: string): Resolver {
  return parseResolver(text)!
}

export function buildSchedule(shape: FileShape): ScheduleConfig {
  const vantages: Record<string, Partial<Times>> = {}
  for (const vantage of shape.vantages) {
    if (vantage?.schedule !== undefined) vantages[vantage.id] = vantage.schedule as Partial<Times>
  }
  return { ...shape.schedule, services: shape.schedule.services as Record<string, Partial<Times>>, vantages }
}
