/** Which hosts of the service fail by their own names, and over which family. */
import type { Diagnosed, Hit } from '../../model/finding.ts'
import { isLie, classifierFor } from './answers.ts'
import { type Connected, isCompleted, isIpv6, isNoWay, type Trials } from './trials.ts'

/** Hosts in the order of the setup. A host whose trials were tainted or left out is `null`. */
export function hostsHit(trials: Trials): Diagnosed['hosts'] {
  return trials.setup.hosts.map(({ host, role }) => {
    const own = ownTrials(trials, host).filter((trial) => !isIpv6(trial.address))
    const reached = hitOf(own.length > 0 ? own : ownTrials(trials, host))
    const kind = hitByDns(trials, host)
    if (kind === 'unproved') return { host, role, hit: reached === true ? true : null }
    return { host, role, hit: kind === true ? true : (reached ?? kind) }
  })
}

/** IPv6 counts only where the vantage has it: a neutral server answered over it. */
export function familiesHit(trials: Trials): Diagnosed['families'] {
  const own = ownTrials(trials, trials.setup.focus)
  const hasIpv6 = [...trials.tls, ...trials.http].some(({ address, answered }) => isIpv6(address) && answered)
  return {
    ipv4: hitOf(own.filter(({ address }) => !isIpv6(address))),
    ipv6: hasIpv6 ? hitOf(own.filter(({ address }) => isIpv6(address))) : null,
  }
}

/** Whole hellos and requests by the name at its own address. */
function ownTrials({ tls, http, setup }: Trials, host: string): Connected[] {
  const secure = tls.some(
    (trial) => trial.host === host && trial.at === 'target' && trial.port === setup.port,
  )
  const all: readonly Connected[] = secure ? tls.filter(({ hello }) => hello === 'small') : http
  return all.filter(
    (trial) => trial.name === 'target' && trial.at === 'target' && trial.host === host && !isNoWay(trial),
  )
}

function hitOf(trials: readonly Connected[]): Hit {
  if (trials.length === 0) return null
  const fine = trials.filter((trial) => isCompleted(trial) && isOurs(trial))
  return fine.length * 2 < trials.length
}

/** A certificate by an unknown authority is not the host's own; other troubles with it are. */
function isOurs({ failure }: Connected): boolean {
  return failure !== 'ssl_unknown_authority'
}

/**
 * For the focus by what was proved of its answers, for others by what denies them plainly. `unproved`: its own resolver sends people
 * where nobody else does, and whose server that is was not seen.
 */
function hitByDns(trials: Trials, host: string): Hit | 'unproved' {
  const classify = classifierFor({
    ...trials,
    setup: { ...trials.setup, focus: host, addresses: addressesOf(trials, host) },
  })
  if (classify === null) return null
  const kind = trials.dns
    .filter(
      (trial) =>
        trial.who === 'own' && trial.name === 'target' && trial.host === host && trial.queryType === 'A',
    )
    .map(classify)
  if (kind.length === 0) return null
  if (host === trials.setup.focus && kind.includes('strange')) return 'unproved'
  return (
    kind.filter((told) => isLie(told) || told === 'dead' || told === 'silent' || told === 'servfail').length *
      2 >
    kind.length
  )
}

function addressesOf({ setup, tls, http }: Trials, host: string): string[] {
  if (host === setup.focus) return [...setup.addresses]
  return [...tls, ...http].flatMap((trial) =>
    trial.at === 'target' && trial.name === 'target' && trial.host === host ? [trial.address] : [],
  )
}
