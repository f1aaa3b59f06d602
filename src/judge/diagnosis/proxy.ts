/**
 * proxy: the vantage's proxy resolves, as people's resolver does. The name fails when the proxy is asked for it, every time; other names
 * do not, and at its true addresses the same name is answered over the same path. Then it is the resolver there.
 */
import type { Finding } from '../../model/finding.ts'
import type { Mechanism } from '../../model/verdict.ts'
import { fisherNats } from '../../model/statistics.ts'
import { type Connected, cutOf, isCompleted, namedTrials, refusalOf, type Trials } from './trials.ts'

/** Once is an accident. */
const LEAST_FAILED = 2
const LEAST_HARMLESS = 3
/** Somebody else's certificate is no accident; of all else it could be one dead edge of a content network. */
const LIE_NATS = 8
const MOST_UNPROVED_NATS = 3

/** `null` where no proxy resolves, and when the name makes no difference. */
export function proxyFinding(trials: Trials): Finding | null {
  const { focus } = trials.setup
  const named = namedTrials(trials)
  const own = named.filter(({ name }) => name === 'target')
  const harmless = named.filter(({ name }) => name !== 'target')
  const failed = own.filter((trial) => trial.failure !== null)
  const bad = harmless.filter((trial) => !isCompleted(trial)).length
  const all: readonly Connected[] = [...trials.tls, ...trials.http]
  const there = all.filter(({ at, name, host }) => at === 'target' && name === 'target' && host === focus)
  const fine = there.filter(({ failure }) => failure === null).length
  if (failed.length < LEAST_FAILED || failed.length < own.length || fine === 0) return null
  if (harmless.length < LEAST_HARMLESS || bad * 2 > harmless.length) return null
  const forged = failed.every(({ failure }) => failure === 'ssl_unknown_authority')
  const nats = fisherNats(failed.length, own.length, bad, harmless.length)
  const last = failed.at(-1)!
  return {
    mechanism: mechanismOf(last),
    follows: forged ? 'resolver' : isAnswered(last) ? 'resolver-address' : 'resolver-failure',
    decisive: forged && bad === 0,
    nats: forged && bad === 0 ? LIE_NATS : Math.min(MOST_UNPROVED_NATS, nats),
    sentence: `By its name ${focus} is not reached through this proxy, which resolves it; at its true addresses it is.`,
    because: [
      `${focus}, by name: failed ${failed.length} of ${own.length} times.`,
      `Other names, by name: reached ${harmless.length - bad} of ${harmless.length} times.`,
      `${focus}, at its true addresses: reached ${fine} of ${there.length} times.`,
    ],
    evasions: ['other-resolver'],
    residualMs: null,
  }
}

/** Somebody is at the address that the proxy went to. */
function isAnswered(trial: Connected): boolean {
  return trial.answered || (trial.kind === 'tls' && refusalOf(trial) !== null)
}

/** A proxy says seldom why it does not connect. */
function mechanismOf(trial: Connected): Mechanism {
  if (isAnswered(trial)) return 'dns.bogus'
  if (trial.failure === 'dns_nxdomain_error') return 'dns.nxdomain'
  return cutOf(trial.failure) === 'silence' ? 'dns.timeout' : 'dns.empty'
}
