/** watched: which services and vantages there are, so that series exist from the start and go when what they are of goes. */
import type { EndpointRole, Service } from '../../model/service.ts'
import type { Vantage } from '../../model/vantage.ts'

/** What the configuration says is watched. */
export interface Scope {
  readonly services: readonly Pick<Service, 'id' | 'endpoints'>[]
  readonly vantages: readonly Pick<Vantage, 'id' | 'role'>[]
}

export interface Watched {
  readonly services: ReadonlySet<string>
  /** probes and controls */
  readonly vantages: ReadonlySet<string>
  readonly probes: ReadonlySet<string>
  readonly controls: ReadonlySet<string>
  readonly roles: ReadonlyMap<string, EndpointRole>
}

export function watchedIn({ services, vantages }: Scope): Watched {
  const ids = (role: 'probe' | 'control') =>
    new Set(vantages.flatMap((vantage) => (vantage.role === role ? [vantage.id] : [])))
  return {
    services: new Set(services.map(({ id }) => id)),
    vantages: new Set(vantages.map(({ id }) => id)),
    probes: ids('probe'),
    controls: ids('control'),
    roles: new Map(services.flatMap(({ endpoints }) => endpoints.map(({ id, role }) => [id, role] as const))),
  }
}

/** Every service from every probe vantage. */
export function pairsOf({ services, probes }: Watched): { service: string; vantage: string }[] {
  return [...services].flatMap((service) => [...probes].map((vantage) => ({ service, vantage })))
}
