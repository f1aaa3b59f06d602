/** Interference one measurement proves, and what the site does to itself, which would look like it. */
import { isSilence } from '../../model/failure.ts'
import type { Evidence } from '../evidence.ts'
import { HERE_ONLY, type Rule } from '../rule.ts'
import { WEIGHTS } from '../weights.ts'

const PROVED = { outcome: 'confirmed', reached: 'no', weight: WEIGHTS.proved, silent: false } as const

/** The resolver's own word, about a name that others resolve. */
const SAID_BLOCKED = (
  [
    ['dns_nxdomain_said_blocked', 'dns_nxdomain_error', 'dns.nxdomain', 'denies the name'],
    ['dns_empty_said_blocked', 'dns_no_answer', 'dns.empty', 'gives no address'],
    ['dns_refused_said_blocked', 'dns_refused_error', 'dns.refused', 'refuses to answer'],
    ['dns_servfail_said_blocked', 'dns_servfail_error', 'dns.servfail', 'reports a failure'],
  ] as const
).map(([id, failure, mechanism, does]): Rule => ({
  ...PROVED,
  id,
  when: (e) =>
    e.fault?.layer === 'dns' &&
    e.dns.standing === 'failed' &&
    e.dns.failure === failure &&
    e.dns.saysBlocked &&
    (e.dns.trustedPublic || e.dns.controlResolves),
  mechanism,
  because: `The resolver here ${does} and says itself that the name is blocked or censored, while others resolve it.`,
}))

export const PROVED_RULES: readonly Rule[] = [
  {
    id: 'site_certificate_invalid',
    when: (e) => e.certificate?.controlAgrees === true,
    outcome: 'down',
    reached: 'no',
    mechanism: null,
    weight: WEIGHTS.down,
    silent: false,
    because:
      'The certificate is not valid, and the control meets an invalid one too: the site itself is at fault.',
  },
  {
    ...PROVED,
    id: 'known_blockpage',
    when: (e) => e.fault !== null && e.fingerprint !== null,
    mechanism: 'http.blockpage',
    because: 'The page shown is a known block page.',
  },
  {
    ...PROVED,
    id: 'dns_injected_reply',
    when: (e) => e.fault !== null && e.dns.injected && !isPageInDoubt(e),
    mechanism: 'dns.injection',
    because:
      'Two different answers came to one DNS question, so one was forged on the way, and the service was not reached.',
  },
  ...SAID_BLOCKED,
  {
    ...PROVED,
    id: 'dns_loopback_not_in_trusted',
    when: (e) => e.dns.standing === 'own-machine' && e.dns.trustedPublic,
    mechanism: 'dns.loopback',
    because:
      'The resolver here sends people to their own machine, while a trusted resolver gives a public address.',
  },
  {
    ...PROVED,
    id: 'dns_private_not_in_trusted',
    when: (e) => e.dns.standing === 'private' && e.dns.trustedPublic,
    mechanism: 'dns.bogus',
    because: 'The resolver here gives a private address, while a trusted resolver gives a public one.',
  },
  {
    ...PROVED,
    id: 'dns_bogus_unknown_authority',
    when: (e) =>
      e.dns.standing === 'stranger' &&
      e.certificate?.problem === 'ssl_unknown_authority' &&
      (e.certificate.otherName || e.certificate.controlVerifies),
    mechanism: 'dns.bogus',
    because:
      'The resolver here gives an address that others do not, and the server there shows a certificate by an unknown authority.',
  },
  {
    ...PROVED,
    id: 'tls_unknown_authority_not_in_control',
    when: (e) => e.certificate?.problem === 'ssl_unknown_authority' && e.certificate.controlVerifies,
    mechanism: 'tls.mitm',
    because: 'The certificate shown here is by an unknown authority, while the control gets a valid one.',
  },
  {
    ...PROVED,
    id: 'tls_stranger_by_unknown_authority',
    when: (e) => e.certificate?.problem === 'ssl_unknown_authority' && e.certificate.otherName,
    mechanism: 'tls.mitm',
    because: 'The certificate shown here is for another name and by an unknown authority.',
  },
]

const INSUFFICIENT = { outcome: 'insufficient', mechanism: null, weight: WEIGHTS.none } as const

/** A missing control is not a disagreeing control. */
export const UNCONTROLLED: readonly Rule[] = [
  {
    ...INSUFFICIENT,
    id: 'cleartext_without_control',
    when: isPageInDoubt,
    reached: 'unknown',
    silent: false,
    because:
      'A page came without encryption, and there is no page from the control to tell whether it is the right one.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_nxdomain_at_first_resolver',
    when: (e) =>
      e.control === null &&
      e.dns.failure === 'dns_nxdomain_error' &&
      e.fault?.layer === 'dns' &&
      e.dns.othersResolve,
    mechanism: 'dns.nxdomain',
    weight: WEIGHTS.dnsLie,
    because:
      'The first resolver here says the name does not exist, while another one gives an address for it.',
  },
  {
    ...HERE_ONLY,
    id: 'dns_empty_at_first_resolver',
    when: (e) =>
      e.control === null &&
      e.dns.failure === 'dns_no_answer' &&
      e.fault?.layer === 'dns' &&
      e.dns.othersResolve,
    mechanism: 'dns.empty',
    weight: WEIGHTS.dnsOddAnswer,
    because: 'The first resolver here gives no address for the name, while another one does.',
  },
  {
    ...INSUFFICIENT,
    id: 'no_control',
    when: (e) => e.fault !== null && e.control === null,
    reached: 'no',
    silent: (e) => isSilence(e.fault?.failure ?? null),
    because:
      'The service was not reached from here, and no control could be asked whether it works elsewhere.',
  },
]

/** A page came in cleartext, and there is none of the control's to hold it against. */
function isPageInDoubt(e: Evidence): boolean {
  return e.fault?.layer === 'http' && e.fault.failure === null && !e.controlReached
}
