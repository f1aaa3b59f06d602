/**
 * given: whose servers stand at the addresses that only the vantage's own resolver gives. A certificate or a page shows it. Where
 * nothing shows it, an edge of a content network may have died; that two services which have nothing in common are sent to the same
 * dead address, no network does.
 */
import type { DnsExperiment } from '../../model/differential.ts'
import { canonical } from '../../net/addresses.ts'
import { addressesOf } from '../lookups.ts'
import { isCompleted, isIpv6, type Trials } from './trials.ts'

export interface Given {
  /** the name's own certificate is there */
  readonly proved: ReadonlySet<string>
  /** somebody else's server: another certificate, a known block page, or a place where unrelated names are sent */
  readonly foreign: ReadonlySet<string>
  /** never known to be good, and no handshake is completed there, while one that checks out is at the true addresses */
  readonly dead: ReadonlySet<string>
}

/** Once is an accident. */
const LEAST_DEAD = 2

export function serversGiven(trials: Trials): Given {
  const { tls, http, isBlockPage, served } = trials
  const given = tls.filter(({ at }) => at === 'given')
  const dead = isWellElsewhere(trials) ? deadAmong(given).difference(served) : new Set<string>()
  const certificates = given.filter(
    ({ verified, failure }) => verified === false && failure !== 'ssl_invalid_certificate',
  )
  const pages = http.filter((trial) => trial.at === 'given' && isBlockPage(trial))
  const foreign = [...certificates, ...pages].map(({ address }) => canonical(address))
  const shared = givenElsewhere(trials)
  return {
    proved: new Set(
      given.filter(({ verified }) => verified === true).map(({ address }) => canonical(address)),
    ),
    foreign: new Set([...foreign, ...[...dead].filter((address) => shared.has(address))]),
    dead,
  }
}

/** The name completes a handshake that checks out at an address that others vouch for. */
function isWellElsewhere({ tls, setup }: Trials): boolean {
  return tls.some(
    ({ at, name, host, failure }) =>
      at === 'target' && name === 'target' && host === setup.focus && failure === null,
  )
}

function deadAmong(given: Trials['tls']): Set<string> {
  const byAddress = Map.groupBy(given, ({ address }) => canonical(address))
  return new Set(
    [...byAddress].flatMap(([address, there]) =>
      there.length >= LEAST_DEAD && !there.some(isCompleted) ? [address] : [],
    ),
  )
}

/** What the own resolver gives for a name of another service, where the truth is another address in another network under another name. */
function givenElsewhere({ dns, setup }: Trials): Set<string> {
  const about = (host: string) =>
    dns.filter((trial) => trial.who === 'trusted' && trial.host === host && trial.failure === null)
  const mine = [...marksOf(setup.focus, about(setup.focus)), ...setup.addresses.map(networkOf)]
  const others = dns.filter(
    ({ name, who, failure }) => name === 'elsewhere' && who === 'own' && failure === null,
  )
  return new Set(
    others.flatMap(({ host, answers }) => {
      const truth = about(host)
      const known = new Set(truth.flatMap(({ answers }) => addressesOf(answers)))
      const marks = marksOf(host, truth)
      if (known.size === 0 || mine.some((mark) => marks.has(mark))) return []
      return addressesOf(answers).filter((address) => !known.has(address))
    }),
  )
}

/** By what two names are known to be served by one operator: networks, and the domains of names and aliases. */
function marksOf(host: string, truth: readonly DnsExperiment[]): Set<string> {
  const answers = truth.flatMap((trial) => trial.answers)
  const names = answers.flatMap(({ type, value }) => (type === 'CNAME' ? [value] : []))
  return new Set([...[host, ...names].map(domainOf), ...addressesOf(answers).map(networkOf)])
}

/** The last two labels. */
function domainOf(name: string): string {
  return name.toLowerCase().replace(/\.$/, '').split('.').slice(-2).join('.')
}

/** The first 16 bits of an IPv4 address, 32 of an IPv6 one. */
function networkOf(address: string): string {
  const known = canonical(address)
  return known
    .split(isIpv6(known) ? ':' : '.')
    .slice(0, 2)
    .join('.')
}
