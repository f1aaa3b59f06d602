/** The machines behind the world's addresses: one per address, made when first connected to. */
import type { Authority, Identity } from './ca.ts'
import { readQuestion, writeRecords } from './dns-message.ts'
import { openOrigin, type Origin, type OriginRequest, type TurnedAway } from './origin.ts'
import { errorPage, frontPage, redirectPage, type Page } from './page.ts'
import { nameIn, type Quiche } from './quic-library.ts'
import { servedNames, type Site, type World } from './world.ts'

const ALT_SVC = 'h3=":443"; ma=86400'

/** What a connection to an address and port meets: a machine, a resolver, `refused`, or nothing that answers. */
export type Meets = Origin | 'dns' | 'refused' | 'silence'

export interface Machines {
  meet(address: string, port: number): Meets
  readonly quic: {
    /** `null`: this platform has none, and nobody speaks QUIC */
    readonly library: Quiche | null
    /** The name in a client's first datagram, as anybody on the path can read it. */
    nameIn(datagram: Buffer): string | null
    /** Who answers QUIC at an address: the certificate for a name. `null`: nobody does. */
    at(address: string): ((serverName: string | null) => Identity) | null
  }
  /** Cuts what is open to these addresses. */
  cut(addresses: readonly string[]): void
  close(): Promise<void>
}

/** Machines for a world whose honest certificates come from `authority`. @param library for QUIC; `null` = nobody speaks it */
export function openMachines(world: World, authority: Authority, library: Quiche | null): Machines {
  const origins = new Map<string, Origin>()
  const identityAt =
    (address: string) =>
    (serverName: string | null): Identity => {
      const sites = world.at(address)
      const site =
        sites.find(({ spec }) => serverName !== null && servedNames(spec).includes(serverName)) ?? sites[0]
      if (site?.spec.certificate === 'other-name') return authority.identityFor(['parked.invalid'])
      const names = [...(site ? servedNames(site.spec) : ['unnamed.invalid']), address]
      return authority.identityFor(names, site?.spec.certificate ?? 'valid')
    }
  const start = (address: string): Origin => {
    const origin = openOrigin({
      identityFor: identityAt(address),
      answer: (request) => answer(world, world.at(address), request, library !== null),
      turnsAway: (serverName) => turnedAway(world.at(address), serverName),
    })
    origins.set(address, origin)
    return origin
  }
  return {
    meet(address, port) {
      const sites = world.at(address)
      if (sites.length === 0) return 'silence'
      if (sites.every(({ downAs }) => downAs === 'timeout')) return 'silence'
      if (sites.every(({ downAs }) => downAs === 'timeout' || downAs === 'refused')) return 'refused'
      if (port === 53 && sites.some(({ spec }) => spec.resolver)) return 'dns'
      const open = sites.some(({ spec }) =>
        port === 443 ? spec.https !== 'closed' : port === 80 && spec.http !== 'closed',
      )
      return open ? (origins.get(address) ?? start(address)) : 'refused'
    },
    quic: {
      library,
      nameIn: (datagram) =>
        library === null ? null : nameIn(library, authority.identityFor(['unnamed.invalid']), datagram),
      at(address) {
        const speaks = world
          .at(address)
          .some(
            ({ spec, downAs, quic }) => spec.http3 && quic === 'on' && (downAs ?? 'nxdomain') === 'nxdomain',
          )
        return speaks ? identityAt(address) : null
      },
    },
    cut(addresses) {
      for (const address of addresses) origins.get(address)?.cut()
    },
    async close() {
      await Promise.all([...origins.values()].map((origin) => origin.close()))
    },
  }
}

/** One that sends no name is served like a friend. */
function turnedAway(sites: readonly Site[], serverName: string | null): TurnedAway | null {
  if (serverName === null || sites.some(({ spec }) => servedNames(spec).includes(serverName))) return null
  return sites.find(({ spec }) => spec.strangers !== undefined)?.spec.strangers ?? null
}

/** What is served, with word of HTTP/3 where it is spoken: also by a site that lately stopped to. */
function answer(world: World, sites: readonly Site[], request: OriginRequest, quic: boolean): Page {
  const page = pageFor(world, sites, request)
  const speaks =
    quic &&
    request.scheme === 'https' &&
    sites.some(({ spec: { http3 = false } }) => http3 === true || http3 === 'alt-svc')
  return speaks ? { ...page, headers: { ...page.headers, 'alt-svc': ALT_SVC } } : page
}

function pageFor(world: World, sites: readonly Site[], request: OriginRequest): Page {
  const site = sites.find(({ spec }) => servedNames(spec).includes(request.host)) ?? sites[0]
  if (!site) return errorPage(404, 'Not Found')
  const { spec } = site
  if (site.downAs !== null && site.downAs !== 'nxdomain') return errorPage(503, 'Service Unavailable')
  if (spec.doh && request.scheme === 'https' && request.path === '/dns-query')
    return answerDoh(world, request)
  const secure = request.scheme === 'https'
  if (!servedNames(spec).includes(request.host)) return frontPage(spec.host, spec.title ?? spec.host)
  if (!secure && (spec.http ?? 'redirect') === 'redirect')
    return redirectPage(`https://${spec.host}${request.path}`)
  const own = spec.pages?.[request.path]
  if (own) return own
  if (spec.serves?.includes(request.host)) return frontPage(request.host, spec.title ?? request.host)
  if (request.host !== spec.host) return redirectPage(`${request.scheme}://${spec.host}${request.path}`)
  return frontPage(spec.host, spec.title ?? spec.host)
}

/** RFC 8484: GET with ?dns=, or POST. Always the truth. */
function answerDoh(world: World, { method, query, body }: OriginRequest): Page {
  const question = readQuestion(method === 'POST' ? body : Buffer.from(query.get('dns') ?? '', 'base64url'))
  if (!question) return errorPage(400, 'Bad Request')
  return {
    headers: { 'content-type': 'application/dns-message', 'cache-control': 'max-age=0' },
    body: writeRecords(question, world.records(question.name)),
  }
}
