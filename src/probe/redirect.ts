/** Where a response leads, and the few things a browser carries along. */
import type { HttpObservation } from '../model/measurement.ts'
import { familyOf } from '../net/addresses.ts'
import { hostOf } from '../net/endpoint.ts'
import { fitsDns } from '../net/host-name.ts'
import { cookiesFor, type Cookies } from './cookies.ts'

const STATUSES = new Set([301, 302, 303, 307, 308])

/** `null`: it leads nowhere. `invalid`: it names no place the ladder can climb to. */
export function redirectOf(page: HttpObservation): URL | 'invalid' | null {
  if (page.status === null || !STATUSES.has(page.status)) return null
  const location = page.headers.find(([name]) => name === 'location')?.[1]
  if (location === undefined) return null
  // Header bytes arrive as Latin-1; a location with raw UTF-8 in it is read as browsers do.
  const text = Buffer.from(location, 'latin1').toString('utf8')
  if (!URL.canParse(text, page.url)) return 'invalid'
  const next = new URL(text, page.url)
  return canClimb(next) ? next : 'invalid'
}

/** http or https, to a name that DNS can carry or a literal address. */
export function canClimb(url: URL): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false
  if (url.port === '0') return false
  const host = hostOf(url)
  return familyOf(host) !== null || fitsDns(host)
}

/** `referer` and `cookie` for the next hop. */
export function carriedTo(next: URL, from: string, cookies: Cookies): Record<string, string> {
  const referer = new URL(from)
  referer.hash = ''
  referer.username = ''
  referer.password = ''
  const cookie = cookiesFor(cookies, next)
  return { referer: referer.href, ...(cookie === null ? {} : { cookie }) }
}
