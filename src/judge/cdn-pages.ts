/**
 * Walls: what the fronts of sites show in place of a page, by their own choice or because the site behind them is gone.
 *
 * Facts about headers and statuses, each with where it is documented. Over verified TLS such a page is the site's own; in cleartext
 * anybody on the way could have sent it.
 */
import { headerOf } from '../model/headers.ts'
import { isFinalStatus } from './endpoints.ts'
import type { Page } from './http-diff.ts'

/** `challenge`: a CAPTCHA or another test for visitors. `denied`: not for visitors from here. `site_down`: the site behind the front does not answer it. */
export type WallKind = 'challenge' | 'denied' | 'site_down'

export interface Wall {
  readonly id: string
  readonly kind: WallKind
  /** from, to; `null` = any */
  readonly status: readonly [number, number] | null
  readonly header: readonly [name: string, value: RegExp]
  /** `null` = whatever the title */
  readonly title: RegExp | null
  /** where it is documented */
  readonly source: string
}

const CLOUDFLARE = ['server', /^cloudflare$/i] as const

export const WALLS: readonly Wall[] = [
  {
    id: 'cloudflare/challenge',
    kind: 'challenge',
    status: null,
    header: ['cf-mitigated', /^challenge$/],
    title: null,
    source:
      'https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response',
  },
  {
    id: 'cloudflare/denied',
    kind: 'denied',
    status: [403, 429],
    header: CLOUDFLARE,
    // The front's own pages name it; a 403 of the site behind it carries the same header and the site's own title.
    title: /\bcloudflare\b/i,
    source:
      'https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/',
  },
  {
    id: 'cloudflare/site-down',
    kind: 'site_down',
    status: [520, 530],
    header: CLOUDFLARE,
    title: null,
    source:
      'https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/',
  },
  {
    id: 'aws-waf/challenge',
    kind: 'challenge',
    status: null,
    header: ['x-amzn-waf-action', /^(?:captcha|challenge)$/],
    title: null,
    source: 'https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html',
  },
  {
    id: 'cloudfront/denied',
    kind: 'denied',
    status: [403, 403],
    header: ['server', /^cloudfront$/i],
    title: null,
    source: 'https://repost.aws/knowledge-center/cloudfront-troubleshoot-403-errors',
  },
  {
    id: 'cloudfront/site-down',
    kind: 'site_down',
    status: [502, 504],
    header: ['server', /^cloudfront$/i],
    title: null,
    source: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html',
  },
]

/** The wall a page is, or `null`. */
export function wallOf(page: Page | null): Wall | null {
  if (page === null || !isFinalStatus(page.status)) return null
  const fits = ({ status, header: [name, value], title }: Wall) =>
    (status === null || (page.status! >= status[0] && page.status! <= status[1])) &&
    value.test(headerOf(page.headers, name) ?? '') &&
    (title === null || title.test(page.title ?? ''))
  return WALLS.find(fits) ?? null
}
