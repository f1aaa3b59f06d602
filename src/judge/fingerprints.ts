/**
 * Known block pages. A page that matches proves the block without a control.
 *
 * The list is empty: no block page of a Tajik network is published. HTTP 451 is not one: the server itself says that
 * the law keeps it from answering (RFC 7725), which is not the network's doing.
 */
import { headerOf } from '../model/headers.ts'
import type { HttpObservation } from '../model/measurement.ts'

/** Where a pattern is looked for. */
export type FingerprintPlace = 'title' | 'body' | { readonly header: string }

export interface Fingerprint {
  /** stable and public */
  readonly id: string
  /** ISO 3166-1 alpha-2 of the country whose networks show it; `null` = anywhere */
  readonly country: string | null
  readonly place: FingerprintPlace
  /** without the flags `g` and `y` */
  readonly pattern: RegExp
  /** where it is documented */
  readonly source: string
}

/** What of a page a fingerprint is looked for in. */
type Shown = Pick<HttpObservation, 'trusted' | 'title' | 'bodyHead' | 'headers'>

export const FINGERPRINTS: readonly Fingerprint[] = []

/** The first fingerprint that matches a page which did not come over verified TLS; a page that did is the server's own. */
export function matchFingerprint(page: Shown, fingerprints: readonly Fingerprint[]): Fingerprint | null {
  if (page.trusted) return null
  return fingerprints.find(({ place, pattern }) => pattern.test(textAt(page, place) ?? '')) ?? null
}

function textAt(page: Shown, place: FingerprintPlace): string | null {
  if (place === 'title') return page.title
  if (place === 'body') return page.bodyHead
  return headerOf(page.headers, place.header)
}
