/** match: which of our endpoints a URL that others measured belongs to. Pure. */
import { endpointsAt, type Endpoint, type Service } from '../model/service.ts'

/** A name, its `www.` and its `m.` are one to people, and which of them a list of URLs holds is chance. */
const PREFIX = /^(?:www|m)\./

/**
 * The endpoint in force at that time whose host it is: with the same scheme if there is one, spelled the same if there is one.
 *
 * @param at Unix ms
 * @returns `null` when the URL is of no service
 */
export function endpointFor(services: readonly Service[], url: string, at: number): Endpoint | null {
  const target = URL.parse(url)
  if (target === null) return null
  const host = target.hostname.replace(PREFIX, '')
  const same = services
    .flatMap((service) => endpointsAt(service, at))
    .flatMap((endpoint) => {
      const own = new URL(endpoint.url)
      if (own.hostname.replace(PREFIX, '') !== host) return []
      const likeness = (own.hostname === target.hostname ? 2 : 0) + (own.protocol === target.protocol ? 1 : 0)
      return [{ endpoint, likeness }]
    })
  return same.toSorted((a, b) => b.likeness - a.likeness)[0]?.endpoint ?? null
}
