/** Compares the page fetched here with the one the control got. @see OONI ts-017-web-connectivity */
import { headerOf } from '../model/headers.ts'
import type { ControlPage } from './control.ts'

/** What a page is compared by. */
export interface Page {
  readonly status: number | null
  readonly headers: readonly (readonly [string, string])[]
  readonly title: string | null
  readonly bodyBytes: number
  readonly bodyTruncated: boolean
}

/** OONI's keys of the comparison; `null` = could not be compared. */
export interface HttpDiff {
  readonly bodyProportion: number
  readonly bodyLengthMatch: boolean | null
  readonly statusCodeMatch: boolean | null
  readonly headersMatch: boolean | null
  readonly titleMatch: boolean | null
  /** the pages are not the same */
  readonly differs: boolean
}

/** Headers so common that sharing them means nothing. */
const COMMON_HEADERS = new Set([
  'accept-ranges',
  'age',
  'cache-control',
  'cf-ray',
  'content-encoding',
  'content-language',
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'link',
  'location',
  'p3p',
  'pragma',
  'server',
  'set-cookie',
  'strict-transport-security',
  'vary',
  'via',
  'x-content-type-options',
  'x-frame-options',
  'x-powered-by',
  'x-varnish',
  'x-xss-protection',
])

/** Headers of the connection rather than the page; OONI's list leaves them in, which makes any two HTTP/1.1 pages alike. */
const FRAMING_HEADERS = new Set([
  ...COMMON_HEADERS,
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
])

/** Compares as OONI does: the status must match, and one of body size, header names or title words. */
export function compareHttp(page: Page, control: ControlPage): HttpDiff {
  const comparable = !page.bodyTruncated && page.bodyBytes > 0 && control.bodyBytes > 0
  const bodyProportion = comparable
    ? Math.min(page.bodyBytes, control.bodyBytes) / Math.max(page.bodyBytes, control.bodyBytes)
    : 0
  const bodyLengthMatch = comparable ? bodyProportion > 0.7 : null
  const statusCodeMatch = matchStatus(page.status, control.status)
  const hasControl = (control.status ?? 0) > 0
  const headersMatch = hasControl ? sharesHeader(page.headers, control.headers, COMMON_HEADERS) : null
  const titleMatch = hasControl ? sameWords(titleWords(page.title), titleWords(control.title)) : null
  const same =
    statusCodeMatch === true && (bodyLengthMatch === true || headersMatch === true || titleMatch === true)
  return { bodyProportion, bodyLengthMatch, statusCodeMatch, headersMatch, titleMatch, differs: !same }
}

/**
 * A page that has nothing in common with the control's: no title word, no telling header, not the size of the body. Where OONI
 * takes two such pages for one because both carry a `content-length`, this does not.
 * Error pages of the site's own front are left out: 429, 451 and 5xx, and a 403 by the same `server` (a CAPTCHA, a rate limit).
 *
 * @param sizeCounts a body of about the same size speaks for the same page; not so where the address itself is in doubt
 */
export function isForeignPage(page: Page, control: ControlPage, sizeCounts: boolean): boolean {
  if (sizeCounts && compareHttp(page, control).bodyLengthMatch === true) return false
  if (sharesHeader(page.headers, control.headers, FRAMING_HEADERS)) return false
  const status = page.status ?? 0
  if (status === 429 || status === 451 || status >= 500) return false
  const server = headerOf(page.headers, 'server')
  if (status === 403 && server !== null && server === headerOf(control.headers, 'server')) return false
  const here = titleWords(page.title)
  const there = titleWords(control.title)
  return here.size + there.size > 0 && !sharesWord(here, there)
}

/** `null` when they differ and the control's own is no success, for then its page is no measure. */
function matchStatus(here: number | null, there: number | null): boolean | null {
  if (here === null || there === null || here <= 0 || there <= 0) return null
  if (here === there) return true
  return there >= 200 && there < 300 ? false : null
}

function sharesHeader(here: Page['headers'], there: Page['headers'], ignored: ReadonlySet<string>): boolean {
  const names = new Set(there.map(([name]) => name.toLowerCase()))
  return here.some(([name]) => names.has(name.toLowerCase()) && !ignored.has(name.toLowerCase()))
}

/** Lower-cased words of at least 5 bytes (three Cyrillic letters make six). */
function titleWords(title: string | null): Set<string> {
  const words = (title ?? '').split(' ').filter((word) => Buffer.byteLength(word) >= 5)
  return new Set(words.map((word) => word.toLowerCase()))
}

function sameWords(one: Set<string>, other: Set<string>): boolean {
  return one.size === other.size && [...one].every((word) => other.has(word))
}

function sharesWord(one: Set<string>, other: Set<string>): boolean {
  return [...one].some((word) => other.has(word))
}
