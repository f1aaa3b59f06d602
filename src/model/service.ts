/** What is watched: services, their endpoints, and the canaries that tell us about the vantage itself. */

/** `primary`: the service is unusable without it. `asset`: pages look broken without it. `media`: the bytes people came for. */
export type EndpointRole = 'primary' | 'asset' | 'media'

/** One URL of a service. Hosts change hands and names, so an endpoint has a span of validity. */
export interface Endpoint {
  /** `<service>/<name>`, unique and stable: `facebook/www` */
  readonly id: string
  readonly service: string
  readonly url: string
  readonly role: EndpointRole
  /** what is fetched to see how fast bytes come, where the URL itself serves too few; absent = the URL itself */
  readonly transferUrl?: string
  /** Unix ms, inclusive; `null` = since ever */
  readonly validFromAt: number | null
  /** Unix ms, exclusive; `null` = until further notice */
  readonly validUntilAt: number | null
}

/** What people rely on, by name. */
export interface Service {
  readonly id: string
  readonly name: string
  readonly endpoints: readonly Endpoint[]
}

/** `international`: proves the outside world answers. `domestic`: proves the country does. */
export type CanaryGroup = 'international' | 'domestic'

/** An endpoint that tells us about the vantage, never about a service. */
export interface Canary {
  /** `canary/<name>` */
  readonly id: string
  readonly url: string
  readonly group: CanaryGroup
  /** Text the body must contain, so that a captive portal does not pass for the outside world; `null` = any final answer will do */
  readonly expectBody: string | null
  /** a neutral host of the diagnoses: it counts for a vantage once it has answered there */
  readonly optional?: true
}

/** Whether it is asked over TLS, as services are. */
export function isSecure({ url }: Pick<Canary, 'url'>): boolean {
  return url.startsWith('https:')
}

/** Endpoints that are in force at a moment. */
export function endpointsAt(service: Service, at: number): Endpoint[] {
  return service.endpoints.filter(
    (e) =>
      (e.validFromAt === null || e.validFromAt <= at) && (e.validUntilAt === null || at < e.validUntilAt),
  )
}

/** Endpoints whose bytes are timed: those with a URL for it and media; of a service with neither, the primary ones. */
export function transferEndpointsAt(service: Service, at: number): Endpoint[] {
  const inForce = endpointsAt(service, at)
  const heavy = inForce.filter(({ role, transferUrl }) => role === 'media' || transferUrl !== undefined)
  return heavy.length > 0 ? heavy : inForce.filter(({ role }) => role === 'primary')
}
