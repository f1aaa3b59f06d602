/**
 * HTTP: cut, silent, or another page than the control's.
 *
 * A page in cleartext is a block page (`http.blockpage`) when the network sends people to another site that the control is never sent
 * to, or when the page has nothing in common with the control's; milder differences are `http.diff`.
 */
import { isSilence, type Failure } from '../../model/failure.ts'
import type { Evidence } from '../evidence.ts'
import { CANNOT_SAY, HERE_ONLY, type Rule } from '../rule.ts'
import { WEIGHTS } from '../weights.ts'

const RESETS = ['connection_reset', 'connection_aborted', 'network_reset'] as const
const CLOSES = ['eof_error', 'connection_already_closed'] as const
const SILENCES = ['generic_timeout_error', 'timed_out'] as const

/** Less of a page is lost by servers and lines as well: filters that count let some packets pass. */
const CUT_BYTES = 4096

/** More than the packets that a server sends before any of them is acknowledged, of which some may be lost. */
const ONE_PLACE_LEAST_BYTES = 8192
/** So many before it, and no further from it than a packet. */
const ONE_PLACE_CUTS = 2
const ONE_PLACE_BYTES = 1500

export const HTTP_RULES: readonly Rule[] = [
  {
    ...CANNOT_SAY,
    id: 'cleartext_wall_of_its_front',
    when: (e) =>
      e.fault?.layer === 'http' && e.fault.failure === null && e.wall !== null && e.wallIsOfItsFront,
    because:
      'The page shown here, without encryption, is one that the site’s CDN shows to visitors it challenges or denies, or for sites it does not serve; anyone on the path could have sent it.',
  },
  {
    ...HERE_ONLY,
    id: 'http_sent_to_foreign_site',
    when: (e) => e.foreignRedirect?.proven === true,
    mechanism: 'http.blockpage',
    weight: WEIGHTS.blockpage,
    because:
      'The answer here, without encryption, redirects to another site that the control is never redirected to.',
  },
  {
    ...HERE_ONLY,
    id: 'http_foreign_page_in_place',
    when: (e) => e.foreignPage,
    mechanism: 'http.blockpage',
    weight: WEIGHTS.blockpage,
    because: 'The page shown here, without encryption, has nothing in common with the one the control gets.',
  },
  {
    ...HERE_ONLY,
    id: 'http_cut_not_in_control',
    when: (e) => failsWith(e, [...RESETS, ...CLOSES]) && isCut(e),
    mechanism: 'http.cut',
    weight: WEIGHTS.httpCut,
    because:
      'The connection is cut here after some kilobytes of the page, over verified TLS, while the control gets more of it.',
  },
  {
    ...HERE_ONLY,
    id: 'http_cut_at_one_place_not_in_control',
    when: (e) => isStopped(e) && stopsAtOnePlace(e),
    mechanism: 'http.cut',
    weight: WEIGHTS.httpCut,
    because:
      'The page stops here after the same number of kilobytes, time and again, over verified TLS, while the control gets more of it.',
  },
  {
    ...HERE_ONLY,
    id: 'http_cut_silently_not_in_control',
    when: isStopped,
    mechanism: 'http.cut',
    weight: WEIGHTS.httpTrouble,
    because:
      'The page stops here after some kilobytes, over verified TLS, and nothing more comes, while the control gets more of it.',
  },
  {
    ...HERE_ONLY,
    id: 'http_truncated_not_in_control',
    when: (e) => failsWith(e, CLOSES),
    mechanism: 'http.truncated',
    weight: WEIGHTS.httpCut,
    because: 'The connection is closed here before the page is complete, while the control gets all of it.',
  },
  {
    ...HERE_ONLY,
    id: 'http_reset_not_in_control',
    when: (e) => failsWith(e, RESETS),
    mechanism: 'http.reset',
    weight: WEIGHTS.httpCut,
    because: 'The connection is reset here once the page is requested, while the control gets it.',
  },
  {
    ...HERE_ONLY,
    id: 'http_slow_not_in_control',
    when: (e) => failsWith(e, SILENCES) && hasBegun(e),
    mechanism: 'http.timeout',
    weight: WEIGHTS.httpTrouble,
    because:
      'The answer begins here and then arrives too slowly to finish, while the control gets all of it.',
  },
  {
    ...HERE_ONLY,
    id: 'http_timeout_not_in_control',
    when: (e) => e.fault?.layer === 'http' && isSilence(e.fault.failure),
    mechanism: 'http.timeout',
    weight: WEIGHTS.silence,
    silent: true,
    because: 'No answer comes here once the page is requested, while the control gets it.',
  },
  {
    ...HERE_ONLY,
    id: 'http_unusable_not_in_control',
    when: (e) => e.fault?.layer === 'http' && e.fault.failure !== null,
    mechanism: 'http.diff',
    weight: WEIGHTS.httpTrouble,
    because: 'The answer here cannot be used as a page, while the control gets one.',
  },
  {
    ...HERE_ONLY,
    id: 'http_diff',
    when: (e) => e.fault?.layer === 'http',
    mechanism: 'http.diff',
    weight: WEIGHTS.httpDiff,
    because: 'The page shown here, without encryption, is not the one the control gets.',
  },
]

function failsWith(e: Evidence, failures: readonly Failure[]): boolean {
  const failure = e.fault?.layer === 'http' ? e.fault.failure : null
  return failure !== null && failures.includes(failure)
}

/** Some kilobytes of the page came over verified TLS, and the control got more of it. */
function isCut({ fault, control }: Evidence): boolean {
  const page = fault?.record?.http
  if (!page?.trusted || (page.receivedBytes ?? 0) < CUT_BYTES) return false
  return control?.http?.failure === null && control.http.bodyBytes > page.bodyBytes
}

/** Nothing more came, though there was time. */
function isStopped(e: Evidence): boolean {
  return failsWith(e, SILENCES) && isCut(e) && e.fault?.record?.http?.stalled === true
}

/** Lost packets stop pages too, here and there, and most of them early. */
function stopsAtOnePlace({ fault, cuts }: Evidence): boolean {
  const at = fault?.record?.http?.receivedBytes ?? 0
  return (
    at >= ONE_PLACE_LEAST_BYTES &&
    cuts.length >= ONE_PLACE_CUTS &&
    cuts.every((before) => Math.abs(before - at) <= ONE_PLACE_BYTES)
  )
}

/** The status line had come. */
function hasBegun(e: Evidence): boolean {
  return (e.fault?.record?.http?.status ?? null) !== null
}
