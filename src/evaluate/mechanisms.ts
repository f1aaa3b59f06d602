/** mechanisms: how each mechanism looks from where it acts, as facts. The judge has to name it again. */
import type { Mechanism } from '../model/verdict.ts'
import type { Failed } from './facts.ts'

/** What a probe may meet: a mechanism, or an address that only this network is given, that served well and is dead. */
export type Sight = Mechanism | 'edge.refused' | 'edge.timeout'

/** Those the simulated networks know. */
export const FACTS_OF = {
  'dns.nxdomain': { layer: 'dns', failure: 'dns_nxdomain_error' },
  'dns.bogus': { layer: 'dns', failure: 'stranger' },
  'dns.refused': { layer: 'dns', failure: 'dns_refused_error' },
  'dns.servfail': { layer: 'dns', failure: 'dns_servfail_error' },
  'dns.timeout': { layer: 'dns', failure: 'generic_timeout_error' },
  'tcp.reset': { layer: 'tcp', failure: 'connection_reset' },
  'tcp.refused': { layer: 'tcp', failure: 'connection_refused' },
  'tcp.unreachable': { layer: 'tcp', failure: 'host_unreachable' },
  'tcp.timeout': { layer: 'tcp', failure: 'generic_timeout_error' },
  'tls.sni-reset': { layer: 'tls', failure: 'connection_reset' },
  'tls.sni-eof': { layer: 'tls', failure: 'eof_error' },
  'tls.sni-timeout': { layer: 'tls', failure: 'generic_timeout_error' },
  'tls.mitm': { layer: 'tls', failure: 'mitm' },
  'http.blockpage': { layer: 'http', failure: 'foreign_page' },
  'http.reset': { layer: 'http', failure: 'connection_reset' },
  'edge.refused': { layer: 'tcp', failure: 'connection_refused', edge: true },
  'edge.timeout': { layer: 'tcp', failure: 'generic_timeout_error', edge: true },
} as const satisfies Partial<Record<Sight, Failed>>

export function factsOf(seen: Sight | null): Failed | null {
  return seen === null ? null : (FACTS_OF as Partial<Record<Sight, Failed>>)[seen]!
}
