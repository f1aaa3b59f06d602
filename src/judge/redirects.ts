/** Redirects in cleartext, which anybody on the way can forge: do they stay within the site? */
import { headerOf } from '../model/headers.ts'
import type { HttpObservation } from '../model/measurement.ts'
import { controlReached, type ControlFacts } from './control.ts'
import { fromVantageResolver, type EndpointRecord } from './endpoints.ts'
import { hostIn } from '../net/endpoint.ts'
import { isSameSite } from './site.ts'

/** A cleartext answer that sends people to another site. */
export interface ForeignRedirect {
  readonly depth: number
  /** the control got its page and was never sent there; otherwise it is not known */
  readonly proven: boolean
}

/** An answer that sends people on. */
export function isRedirect(page: HttpObservation): boolean {
  return page.failure === null && page.status !== null && Math.floor(page.status / 100) === 3
}

/** Where a redirect leads; `null` when the page is none. */
export function redirectHost(page: HttpObservation): string | null {
  if (!isRedirect(page)) return null
  const location = headerOf(page.headers, 'location')
  return location === null ? null : hostIn(location, page.url)
}

/**
 * The first redirect in cleartext to a site that neither the URL nor the control's way to the page knows. Where the control's way
 * is not recorded (OONI's control) nothing can be called foreign.
 */
export function findForeignRedirect(
  records: readonly EndpointRecord[],
  facts: ControlFacts | null,
  host: string | null,
): ForeignRedirect | null {
  const hops = records
    .filter((r) => fromVantageResolver(r) && r.layer === 'http')
    .toSorted((a, b) => a.depth - b.depth)
  const reached = controlReached(facts)
  const known = facts?.http?.hosts ?? (reached ? null : [])
  for (const { http: page, depth } of hops) {
    const to = page === null || page.trusted ? null : redirectHost(page)
    if (page === null || to === null || known === null) continue
    const from = [host, hostIn(page.url), ...known].filter((h) => h !== null)
    if (!from.some((h) => isSameSite(h, to))) return { depth, proven: reached && known.length > 0 }
  }
  return null
}
