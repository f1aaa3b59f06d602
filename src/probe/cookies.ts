/**
 * Cookies of one probe, as RFC 6265 section 5 has user agents keep and send them: some sites redirect to themselves for ever without.
 *
 * Nothing outlives the probe, so that lists of public suffixes, which guard other sites of later visits, are not needed.
 */
import { familyOf } from '../net/addresses.ts'
import { hostOf } from '../net/endpoint.ts'

interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly withSubdomains: boolean
  readonly path: string
  readonly isSecure: boolean
}

/** By domain, path and name, in the order they were first set. */
export type Cookies = Map<string, Cookie>

/** A header that a server made must not grow without end, nor break the next request. */
const MAX_COOKIES = 50
/** Name and value, as browsers have it. */
const MAX_BYTES = 4096
const CONTROL = /\p{Cc}/u
const SECONDS = /^-?\d+$/

/**
 * Keeps what a response sets, and forgets what it lets expire; what is malformed, or not for it to set, is dropped.
 *
 * @param now Unix ms
 */
export function keepCookies(
  cookies: Cookies,
  url: URL,
  headers: readonly (readonly [string, string])[],
  now: number,
): void {
  const host = hostOf(url)
  for (const [header, text] of headers) {
    if (header !== 'set-cookie') continue
    const [pair = '', ...parts] = text.split(';')
    const [name, value] = halvesOf(pair)
    if (name === '' || value === null || pair.length > MAX_BYTES || CONTROL.test(pair)) continue
    const attributes = new Map(
      parts.map(halvesOf).map(([attribute, of]) => [attribute.toLowerCase(), of ?? '']),
    )
    const given = (attributes.get('domain') ?? '').replace(/^\./, '').toLowerCase()
    const isSecure = attributes.has('secure')
    if ((given !== '' && !covers(given, host)) || (isSecure && url.protocol !== 'https:')) continue
    const domain = given === '' ? host : given
    const wanted = attributes.get('path') ?? ''
    const path = wanted.startsWith('/') ? wanted : folderOf(url.pathname)
    const key = `${domain};${path};${name}`
    if (isExpired(attributes, now)) cookies.delete(key)
    else if (cookies.size < MAX_COOKIES || cookies.has(key))
      cookies.set(key, { name, value, domain, withSubdomains: given !== '', path, isSecure })
  }
}

/** The `cookie` header for a request; `null` where there is nothing to send. Longer paths come first, then what was set first. */
export function cookiesFor(cookies: Cookies, url: URL): string | null {
  const host = hostOf(url)
  const sent = [...cookies.values()]
    .filter((c) => (c.withSubdomains ? covers(c.domain, host) : c.domain === host))
    .filter((c) => isWithin(url.pathname, c.path) && (!c.isSecure || url.protocol === 'https:'))
    .toSorted((a, b) => b.path.length - a.path.length)
  return sent.length === 0 ? null : sent.map(({ name, value }) => `${name}=${value}`).join('; ')
}

/** About the first `=`; without one there is no second half. */
function halvesOf(part: string): [string, string | null] {
  const at = part.indexOf('=')
  return at === -1 ? [part.trim(), null] : [part.slice(0, at).trim(), part.slice(at + 1).trim()]
}

/** Max-Age before Expires; what is neither seconds nor a date counts as not given. */
function isExpired(attributes: ReadonlyMap<string, string>, now: number): boolean {
  const maxAge = attributes.get('max-age') ?? ''
  return SECONDS.test(maxAge) ? Number(maxAge) <= 0 : Date.parse(attributes.get('expires') ?? '') <= now
}

/** An address has no subdomains. */
function covers(domain: string, host: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && familyOf(host) === null)
}

/** The default path, section 5.1.4. */
function folderOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')))
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
