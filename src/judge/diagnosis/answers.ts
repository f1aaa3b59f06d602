/** What each DNS answer for the focus is worth: compared with addresses that others vouch for. */
import type { DnsExperiment } from '../../model/differential.ts'
import { saysForged } from '../../model/dns.ts'
import type { Mechanism } from '../../model/verdict.ts'
import { canonical, isOwnMachine } from '../../net/addresses.ts'
import { addressesOf } from '../lookups.ts'
import { serversGiven } from './given.ts'
import type { Trials } from './trials.ts'

/**
 * `true`: shared with others, or proved by a certificate. `strange`: nobody else gives it, and nothing is proved either way.
 * Between them the ways to lie (`forged`: somebody else's certificate is there, or the resolver says so), `dead` (nobody else gives it,
 * and no handshake is completed there, while one that checks out is at the true addresses), and ways to be in trouble.
 */
export type AnswerKind =
  | 'true'
  | 'strange'
  | 'nxdomain'
  | 'empty'
  | 'refused'
  | 'loopback'
  | 'private'
  | 'forged'
  | 'dead'
  | 'servfail'
  | 'silent'
  | 'unreached'

const MECHANISM = {
  nxdomain: 'dns.nxdomain',
  empty: 'dns.empty',
  refused: 'dns.refused',
  loopback: 'dns.loopback',
  private: 'dns.bogus',
  forged: 'dns.bogus',
  dead: 'dns.bogus',
  servfail: 'dns.servfail',
  silent: 'dns.timeout',
} as const satisfies Partial<Record<AnswerKind, Mechanism>>

const BY_FAILURE: Readonly<Record<string, AnswerKind>> = {
  dns_nxdomain_error: 'nxdomain',
  dns_no_answer: 'empty',
  dns_refused_error: 'refused',
  generic_timeout_error: 'silent',
  timed_out: 'silent',
  // Nobody answered, or with too much for a datagram and not over TCP.
  dns_temporary_failure: 'silent',
}

/** What healthy resolvers do not say of a name that exists. */
const LIES = new Set<AnswerKind>(['nxdomain', 'empty', 'refused', 'loopback', 'private', 'forged'])

export function isLie(kind: AnswerKind): boolean {
  return LIES.has(kind)
}

/** By what mechanism people are kept away, if that is all they are told; `null` when it keeps nobody away. */
export function mechanismOf(kind: AnswerKind): Mechanism | null {
  return kind in MECHANISM ? MECHANISM[kind as keyof typeof MECHANISM] : null
}

/** Reads answers to A questions for the focus. `null`: nobody vouches for any address, so nothing can be compared with it. */
export function classifierFor(trials: Trials): ((trial: DnsExperiment) => AnswerKind) | null {
  const { setup, dns, isPublic } = trials
  const trusted = dns.filter((trial) => trial.who === 'trusted' && trial.host === setup.focus)
  const truth = new Set(
    [...setup.addresses, ...trusted.flatMap(({ answers }) => addressesOf(answers))].map(canonical),
  )
  if (![...truth].some(isPublic)) return null
  const { proved, foreign, dead } = serversGiven(trials)

  return ({ failure, answers, extendedErrors }) => {
    if (failure !== null)
      return BY_FAILURE[failure] ?? (failure.startsWith('dns_') ? 'servfail' : 'unreached')
    const addresses = addressesOf(answers)
    if (addresses.some((address) => truth.has(address) || proved.has(address))) return 'true'
    if (addresses.every(isOwnMachine)) return 'loopback'
    if (!addresses.some(isPublic)) return 'private'
    if (addresses.some((address) => foreign.has(address))) return 'forged'
    if (saysForged(extendedErrors)) return 'forged'
    return addresses.every((address) => dead.has(address)) ? 'dead' : 'strange'
  }
}
