/** Endpoints people there can use. Content over verified TLS is the server's own, whatever it says. */
import type { Rule } from '../rule.ts'
import { WEIGHTS } from '../weights.ts'

const REACHED = {
  outcome: 'ok',
  reached: 'yes',
  mechanism: null,
  weight: WEIGHTS.none,
  silent: false,
} as const

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
