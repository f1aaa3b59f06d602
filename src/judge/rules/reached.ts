/** Endpoints that users of the network can use. Content over verified TLS is the server's own, whatever it says. */
import type { Rule } from '../rule.ts'
import { WEIGHTS } from '../weights.ts'

const REACHED = {
  outcome: 'ok',
  reached: 'yes',
  mechanism: null,
  weight: WEIGHTS.none,
  silent: false,
} as const

/** Forbidden, too many requests, and what some fronts say in their place. */
const DENIALS = new Set([403, 429, 503])

function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300
}

/** Answers of the server itself that are no page; whether others get one tells more of them. */
const TURNED_AWAY = new Set([
  'server_challenge',
  'cdn_error',
  'server_denies',
  'server_error_page',
  'server_answer_unusable',
])

/** The server answered, and not with what people came for: the control says whether it does so to everybody. */
export function isTurnedAway(rule: string): boolean {
  return TURNED_AWAY.has(rule)
}

export const REACHED_RULES: readonly Rule[] = [
  {
    ...REACHED,
    id: 'reached_despite_dns_injection',
    when: (e) => e.reach !== null && e.dns.injected,
    because:
      'Two different answers came to one DNS question, as when one is forged, but the service was reached.',
  },
  {
    ...REACHED,
    id: 'server_legal_notice',
    when: (e) => e.reach === 'page' && e.status === 451,
    because: 'The server itself answered over verified TLS that legal reasons keep it from showing the page.',
  },
  {
    ...REACHED,
    id: 'server_challenge',
    when: (e) => e.reach === 'page' && e.wall?.kind === 'challenge',
    because:
      'The server’s own front answered over verified TLS with a CAPTCHA or another test for visitors: it doubts who asks, and the network let it through.',
  },
  {
    ...REACHED,
    id: 'cdn_error_not_in_control',
    when: (e) => e.reach === 'page' && e.wall?.kind === 'site_down' && isSuccess(e.controlStatus),
    because:
      'The content network in front of the site answered over verified TLS that it cannot reach it, while the control gets the page: its edge here is at fault.',
  },
  {
    ...REACHED,
    id: 'cdn_error',
    when: (e) => e.reach === 'page' && e.wall?.kind === 'site_down',
    because:
      'The content network in front of the site answered over verified TLS that it cannot reach it: the site is down behind it.',
  },
  {
    ...REACHED,
    id: 'server_denies_not_in_control',
    when: (e) => e.reach === 'page' && DENIALS.has(e.status ?? 0) && isSuccess(e.controlStatus),
    because:
      'The server itself turned us away over verified TLS while it serves the control: it does not want visitors from here, and the network let it through.',
  },
  {
    ...REACHED,
    id: 'server_denies',
    when: (e) => e.reach === 'page' && e.wall?.kind === 'denied',
    because:
      'The server’s own front turned us away over verified TLS: that is the server’s doing, and the network let it through.',
  },
  {
    ...REACHED,
    id: 'server_error_page',
    when: (e) => e.reach === 'page' && (e.status ?? 0) >= 400,
    because: 'The server itself answered over verified TLS, with an error page: the network let it through.',
  },
  {
    ...REACHED,
    id: 'page_over_verified_tls',
    when: (e) => e.reach === 'page',
    because: 'The page came over TLS with a valid certificate.',
  },
  {
    ...REACHED,
    id: 'server_answer_unusable',
    when: (e) => e.reach === 'unusable',
    because:
      'The server itself answered over verified TLS with something that cannot be used as a page: an answer that cannot be read, a redirect that leads nowhere or never ends, or a stream that it broke off. The network let it through.',
  },
  {
    ...REACHED,
    id: 'verified_tls_handshake',
    when: (e) => e.reach === 'tls',
    because: 'The TLS handshake was completed with a valid certificate for the name; no page was asked for.',
  },
  {
    ...REACHED,
    id: 'cleartext_page_as_for_control',
    when: (e) => e.reach === 'cleartext',
    because: 'The page came without encryption, and it is like the one the control got.',
  },
  {
    ...REACHED,
    id: 'redirected_within_site',
    when: (e) => e.reach === 'redirect',
    because: 'The server answered by sending us on within the same site; the plan does not follow.',
  },
]
