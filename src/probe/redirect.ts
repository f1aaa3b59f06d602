/** Where a response leads, and the few things a browser carries along. */
import type { HttpObservation } from '../model/measurement.ts'
import { familyOf } from '../net/addresses.ts'
import { hostOf } from '../net/endpoint.ts'
import { fitsDns } from '../net/host-name.ts'

const STATUSES = new Set([301, 302, 303, 307, 308])
/** A header that a server made must not grow without end, nor break the next request. */
const MAX_COOKIES = 50
/** Any octets but control characters, as RFC 6265 section 5.2 has user agents read them. */
const COOKIE = /^([^=\p{Cc}]{1,200}?) *= *([^\p{Cc}]{0,4000})$/u

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

interface Cookie {
  readonly domain: string
  readonly withSubdomains: boolean
  readonly pair: string
}

/** Cookies of one probe: some sites redirect to themselves for ever without. */
export type Cookies = Map<string, Cookie>

/** Keeps what a response sets; what is malformed or meant for somebody else's domain is dropped. */
export function keepCookies(cookies: Cookies, page: HttpObservation): void {
  const host = hostOf(new URL(page.url))
  for (const [name, value] of page.headers) {
    if (name !== 'set-cookie') continue
    const [pair = '', ...attributes] = value.split(';').map((part) => part.trim())
    const named = COOKIE.exec(pair)?.[1]
    if (named === undefined) continue
    const cookieDomain = attributes
      .find((a) => /^domain=/i.test(a))
      ?.slice(7)
      .replace(/^\./, '')
      .toLowerCase()
    if (cookieDomain !== undefined && !covers(cookieDomain, host)) continue
    const domain = cookieDomain ?? host
    const key = `${domain} ${named}`
    if (cookies.size < MAX_COOKIES || cookies.has(key)) {
      cookies.set(key, { domain, withSubdomains: cookieDomain !== undefined, pair })
    }
  }
}

/** `referer` and `cookie` for the next hop. */
export function carriedTo(next: URL, from: string, cookies: Cookies): Record<string, string> {
  const host = hostOf(next)
  const pairs = [...cookies.values()]
    .filter((c) => (c.withSubdomains ? covers(c.domain, host) : c.domain === host))
    .map((c) => c.pair)
  const referer = new URL(from)
  referer.hash = ''
  referer.username = ''
  referer.password = ''
  return { referer: referer.href, ...(pairs.length > 0 ? { cookie: pairs.join('; ') } : {}) }
}

function covers(domain: string, host: string): boolean {
  return host === domain || host.endsWith(`.${domain}`)
}
