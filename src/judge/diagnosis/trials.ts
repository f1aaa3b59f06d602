/** The trials of one diagnosis by kind, and what one of them says. */
import type {
  DnsExperiment,
  HttpExperiment,
  ResidualExperiment,
  SetupExperiment,
  TlsExperiment,
} from '../../model/differential.ts'
import { isSilence, type Failure } from '../../model/failure.ts'
import type { Measurement } from '../../model/measurement.ts'
import { canonical, publicTest } from '../../net/addresses.ts'
import { type Fingerprint, matchFingerprint } from '../fingerprints.ts'

export interface Trials {
  readonly setup: SetupExperiment
  readonly tls: readonly TlsExperiment[]
  readonly http: readonly HttpExperiment[]
  readonly dns: readonly DnsExperiment[]
  readonly residual: readonly ResidualExperiment[]
  /** addresses that the resolver gave before and that proved good then */
  readonly served: ReadonlySet<string>
  /** an address that a public service can have */
  readonly isPublic: (address: string) => boolean
  /** a known block page came */
  readonly isBlockPage: (trial: HttpExperiment) => boolean
}

export type Connected = TlsExperiment | HttpExperiment

/** How a connection was cut. */
export type Cut = 'reset' | 'closed' | 'silence'

/** What is said of each: what follows a name, as the subject of a sentence. */
export const FOLLOWING = {
  reset: 'Resets follow',
  closed: 'Closed connections follow',
  silence: 'Silence follows',
} as const satisfies Record<Cut, string>

/** @returns `null` for what is no diagnosis */
export function trialsOf(
  { experiments, publicPrefixes, served }: Pick<Measurement, 'experiments' | 'publicPrefixes' | 'served'>,
  fingerprints: readonly Fingerprint[],
): Trials | null {
  const setup = experiments.find((experiment) => experiment.kind === 'setup')
  if (setup === undefined) return null
  return {
    setup,
    tls: experiments.filter((experiment) => experiment.kind === 'tls'),
    http: experiments.filter((experiment) => experiment.kind === 'http'),
    dns: experiments.filter((experiment) => experiment.kind === 'dns'),
    residual: experiments.filter((experiment) => experiment.kind === 'residual'),
    served: new Set(served?.map(canonical)),
    isPublic: publicTest(publicPrefixes),
    isBlockPage: ({ title, location, bodyHead = null }) => {
      const headers = location === null ? [] : [['location', location] as const]
      return matchFingerprint({ trusted: false, title, bodyHead, headers }, fingerprints) !== null
    },
  }
}

/** `null`: it ended otherwise, or well. */
export function cutOf(failure: Failure | null): Cut | null {
  if (failure === 'connection_reset' || failure === 'connection_aborted' || failure === 'network_reset')
    return 'reset'
  if (failure === 'eof_error' || failure === 'connection_already_closed') return 'closed'
  return isSilence(failure) ? 'silence' : null
}

/** What a server, or somebody in its place, said instead of shaking hands. */
export type Refusal = `alert ${number}` | 'http' | 'not-tls'

/** `null`: a handshake came, or nothing. Records of before its kind was kept tell one alert alone, by the words it was put in. */
export function refusalOf({ came, alert, answered, failure, verified, host }: TlsExperiment): Refusal | null {
  if (came === 'alert') return `alert ${alert ?? 0}`
  if (came === 'http' || came === 'not-tls') return came
  const isNoSuchName =
    came === undefined && answered && failure === 'ssl_invalid_hostname' && verified === null && host !== ''
  return isNoSuchName ? `alert ${UNRECOGNIZED_NAME}` : null
}

/** @see RFC 6066 section 3 */
const UNRECOGNIZED_NAME = 112

/** Nothing came, or a handshake began and was cut in the midst; one that only goes slow is another matter. */
export function isCutAfterHello({ failedAt, answered, came, failure }: TlsExperiment): boolean {
  const cut = failedAt === 'after' ? cutOf(failure) : null
  return cut !== null && (!answered || (came === 'handshake' && cut !== 'silence'))
}

/** The handshake was completed, whatever its certificate says; over HTTP: an answer came. */
export function isCompleted(trial: Connected): boolean {
  return trial.failure === null || (trial.kind === 'tls' && trial.verified === false)
}

/** The commonest; `null` of none. */
export function commonest<T>(values: readonly T[]): T | null {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? null
}

/** The host in focus and harmless names at the neutral servers, over IPv4. */
export function atNeutral<T extends Connected>(trials: readonly T[], focus: string): T[] {
  return trials.filter(
    ({ at, name, host, address }) =>
      at === 'neutral' && !isIpv6(address) && (name !== 'target' || host === focus),
  )
}

/** The host in focus at its own addresses, over IPv4. */
export function atOwnAddress<T extends Connected>(trials: readonly T[], focus: string): T[] {
  return trials.filter(
    ({ at, name, host, address }) =>
      at === 'target' && name === 'target' && host === focus && !isIpv6(address),
  )
}

/** The host in focus and harmless names, each connected to by its own name, which a proxy resolves. */
export function namedTrials({ tls, http, setup }: Trials): Connected[] {
  const named: readonly Connected[] = [...tls, ...http]
  return named.filter(({ at, name, host }) => at === 'named' && (name !== 'target' || host === setup.focus))
}

/** Whom a trial talked to. */
export function serverOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address} ${port}`
}

export function isIpv6(address: string): boolean {
  return address.includes(':')
}

/** The vantage has no way there: that says nothing about whoever is there. */
export function isNoWay({ failure, address }: Connected): boolean {
  return (
    isIpv6(address) &&
    (failure === 'network_unreachable' ||
      failure === 'host_unreachable' ||
      failure === 'address_family_not_supported')
  )
}
