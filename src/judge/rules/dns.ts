/** DNS: lies that stand against the control's lookup alone, and troubles that need it to have got the page. */
import { isSilence, type Failure } from '../../model/failure.ts'
import type { Evidence } from '../evidence.ts'
import { CANNOT_SAY, HERE_ONLY, type Rule } from '../rule.ts'
import { WEIGHTS } from '../weights.ts'

/** Judged by the lookup alone, so that a lie shows even while the site is down. */
export const DNS_LIES: readonly Rule[] = [
  {
    ...HERE_ONLY,
    id: 'dns_nxdomain_not_in_control',
    when: (e) => failedWith(e, ['dns_nxdomain_error']) && e.dns.controlResolves,
    mechanism: 'dns.nxdomain',
    weight: WEIGHTS.dnsLie,
    because: 'The resolver here says the name does not exist, while it resolves for the control.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_empty_not_in_control',
    when: (e) => failedWith(e, ['dns_no_answer']) && e.dns.controlResolves,
    mechanism: 'dns.empty',
    weight: WEIGHTS.dnsOddAnswer,
    because: 'The resolver here gives no address for the name, while it gives one to the control.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_loopback_not_in_control',
    when: (e) => e.dns.standing === 'own-machine' && e.dns.controlPublic,
    mechanism: 'dns.loopback',
    weight: WEIGHTS.dnsLie,
    because: 'The resolver here gives a loopback address, while the control gets a public one.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_private_not_in_control',
    when: (e) => e.dns.standing === 'private' && e.dns.controlPublic,
    mechanism: 'dns.bogus',
    weight: WEIGHTS.dnsOddAnswer,
    because: 'The resolver here gives a private address, while the control gets a public one.',
  },
]

/** Come after the rule for sites that are down for the control too. */
export const DNS_RULES: readonly Rule[] = [
  {
    ...HERE_ONLY,
    id: 'dns_refused_not_in_control',
    when: (e) => failedWith(e, ['dns_refused_error']),
    mechanism: 'dns.refused',
    weight: WEIGHTS.dnsRefused,
    because: 'The resolver here refuses to answer for the name, while the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_servfail_not_in_control',
    when: (e) =>
      failedWith(e, ['dns_servfail_error', 'dns_server_misbehaving', 'dns_non_recoverable_failure']),
    mechanism: 'dns.servfail',
    weight: WEIGHTS.dnsTrouble,
    because: 'The resolver here reports a failure of its own for the name, while the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_timeout_not_in_control',
    // The system resolver says "temporary failure" when nobody answered it.
    when: (e) => failedWith(e, ['generic_timeout_error', 'timed_out', 'dns_temporary_failure']),
    mechanism: 'dns.timeout',
    weight: WEIGHTS.dnsTrouble,
    silent: true,
    because: 'The resolver here does not answer for the name, while the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_unexplained_not_in_control',
    // Android gives no reason: whatever went wrong, it has "no data".
    when: (e) => failedWith(e, ['android_dns_cache_no_data']),
    mechanism: 'dns.empty',
    weight: WEIGHTS.dnsTrouble,
    because: 'The system here gives no address for the name and no reason, while the control gets the page.',
  },
  {
    ...CANNOT_SAY,
    id: 'dns_failed_otherwise',
    when: (e) => e.fault?.layer === 'dns' && e.dns.standing === 'failed',
    reached: 'no',
    because:
      'The name could not be looked up here for a reason that points to the resolver, while the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_bogus_stranger',
    when: (e) => e.fault !== null && e.dns.standing === 'stranger',
    mechanism: 'dns.bogus',
    weight: WEIGHTS.dnsStranger,
    because:
      'The resolver here gives an address that others do not, and another server answers there; the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'served_address_refuses',
    when: (e) => hasDied(e, ['connection_refused']),
    mechanism: 'tcp.refused',
    weight: WEIGHTS.none,
    because:
      'The address that the resolver here gives served well before and now refuses; the control gets the page elsewhere.',
  },
  {
    ...HERE_ONLY,
    id: 'served_address_unreachable',
    when: (e) => hasDied(e, ['network_unreachable', 'host_unreachable']),
    mechanism: 'tcp.unreachable',
    weight: WEIGHTS.none,
    because:
      'The address that the resolver here gives served well before, and there is no route to it now; the control gets the page elsewhere.',
  },
  {
    ...HERE_ONLY,
    id: 'served_address_silent',
    when: (e) => hasDied(e, ['generic_timeout_error', 'timed_out']),
    mechanism: 'tcp.timeout',
    weight: WEIGHTS.none,
    silent: true,
    because:
      'The address that the resolver here gives served well before and now is silent; the control gets the page elsewhere.',
  },
  {
    ...HERE_ONLY,
    id: 'served_address_fails_once_open',
    when: (e) => e.fault?.layer === 'tls' && e.dns.standing === 'served' && e.certificate === null,
    mechanism: 'tls.failed',
    weight: WEIGHTS.none,
    silent: (e) => isSilence(e.fault?.failure ?? null),
    because:
      'The address that the resolver here gives served well before; now it takes connections and no handshake is completed there, while the control gets the page elsewhere.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_bogus_changed',
    when: (e) => e.fault !== null && e.dns.standing === 'changed',
    mechanism: 'dns.bogus',
    weight: WEIGHTS.dnsStranger,
    because:
      'The resolver here gives an address that does not work and that nobody else is given; one that served well here before still does.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_bogus_outvoted',
    when: (e) => e.fault !== null && e.dns.standing === 'outvoted',
    mechanism: 'dns.bogus',
    weight: WEIGHTS.dnsUnsharedDead,
    because:
      'The resolver here gives an address that does not work, while a trusted resolver and the control agree on another that does.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_bogus_dead_address',
    when: (e) => e.fault !== null && e.dns.standing === 'dead',
    mechanism: 'dns.bogus',
    weight: WEIGHTS.dnsUnsharedDead,
    silent: (e) => isSilence(e.fault?.failure ?? null),
    because:
      'The resolver here gives an address that nobody else is given and that does not work; the control gets the page.',
  },
]

function failedWith(e: Evidence, failures: readonly Failure[]): boolean {
  const failure = e.fault?.layer === 'dns' && e.dns.standing === 'failed' ? e.dns.failure : null
  return failure !== null && failures.includes(failure)
}

function hasDied(e: Evidence, failures: readonly Failure[]): boolean {
  const failure = e.fault?.layer === 'tcp' && e.dns.standing === 'served' ? e.fault.failure : null
  return failure !== null && failures.includes(failure)
}
