/**
 * doubts: what keeps "nothing differs" from being said though no cause was told apart. What people use must have been seen to work:
 * their own resolver's answer, a hello as large as browsers send, a handshake whose certificate checks out.
 */
import { classifierFor } from './answers.ts'
import { atOwnAddress, isIpv6, namedTrials, type Trials } from './trials.ts'

/** One sentence for each. */
export function doubtsAbout(trials: Trials, overTls: boolean): string[] {
  return [...byResolver(trials), ...byProxy(trials), ...byHello(trials, overTls)]
}

/** The answers of the vantage's own resolver, where they are not known to lead to the service. */
function byResolver(trials: Trials): string[] {
  const { dns, setup } = trials
  const classify = classifierFor(trials)
  const own = dns.filter(
    ({ who, name, host, queryType }) =>
      who === 'own' && name === 'target' && host === setup.focus && queryType === 'A',
  )
  if (classify === null || own.length === 0) return []
  const kinds = own.map(classify)
  if (kinds.filter((kind) => kind === 'true').length * 2 >= kinds.length) return []
  return kinds.includes('strange') || kinds.includes('dead')
    ? [`The network’s own resolver sends people of ${setup.focus} to an address that nobody else gives.`]
    : [`The network’s own resolver does not lead to ${setup.focus}.`]
}

/** Where a proxy resolves, the name itself was connected to. */
function byProxy(trials: Trials): string[] {
  const own = namedTrials(trials).filter(({ name }) => name === 'target')
  if (own.length === 0 || own.some(({ failure }) => failure === null)) return []
  return [`By its name, as people’s connections go through this proxy, ${trials.setup.focus} is not reached.`]
}

/** Every kind of whole hello that was sent to the service's own address got a handshake that checks out. */
function byHello({ tls, setup }: Trials, overTls: boolean): string[] {
  if (!overTls) return []
  const ipv4 = atOwnAddress(tls, setup.focus)
  const own = ipv4.length > 0 ? ipv4 : tls.filter(isOwn(setup.focus))
  const isVerified = (hello: string) =>
    own.filter((trial) => trial.hello === hello).some(({ failure }) => failure === null)
  if (!isVerified('small'))
    return [`No handshake by the name ${setup.focus} at its own address was completed and verified.`]
  return own.some(({ hello }) => hello === 'large') && !isVerified('large')
    ? [`A hello of two segments, as browsers send it, is not answered by ${setup.focus}; a small one is.`]
    : []
}

function isOwn(focus: string) {
  return ({ at, name, host, address }: Trials['tls'][number]): boolean =>
    at === 'target' && name === 'target' && host === focus && isIpv6(address)
}

/** HTTPS records (which offer ECH and HTTP/3) that others give and the vantage's own resolver does not: people get there, by less. */
export function httpsRecordsHidden({ dns, setup }: Trials): string[] {
  const asked = dns.filter(({ host, queryType }) => host === setup.focus && queryType === 'HTTPS')
  const own = asked.filter(({ who }) => who === 'own')
  const others = asked.filter(({ who }) => who === 'public' || who === 'trusted')
  // Silence may be a datagram that was lost.
  const isHidden =
    own.length > 0 &&
    own.every(({ failure }) => failure?.startsWith('dns_') === true) &&
    others.length > 1 &&
    others.every(({ failure }) => failure === null)
  return isHidden
    ? [`The network’s own resolver withholds the HTTPS records of ${setup.focus}, which others give.`]
    : []
}
