/**
 * Address: it fails there whatever the name, and neutral servers answer. A block by address looks so, and so does a site that is
 * down: only a control that connects to the very address tells them apart.
 */
import type { Finding } from '../../model/finding.ts'
import { type Failure, isSilence } from '../../model/failure.ts'
import type { Mechanism } from '../../model/verdict.ts'
import { tcpKey } from '../../net/endpoint.ts'
import type { ControlFacts } from '../control.ts'
import { WEIGHTS } from '../weights.ts'
import { commonest, type Connected, cutOf, isIpv6, isNoWay, type Trials } from './trials.ts'

/** Over IPv4, where the service has it. @returns `null` when some trial there was answered, or the neutral servers were not */
export function addressFinding(trials: Trials, facts: ControlFacts | null, overTls: boolean): Finding | null {
  const { setup } = trials
  const all: readonly Connected[] = [...trials.tls, ...trials.http]
  const there = atOwnAddress(trials, all)
  const neutralTrials = all.filter(
    ({ kind, at, name }) => at === 'neutral' && name !== 'target' && (kind === 'tls') === overTls,
  )
  if (there.length < 2 || there.some(({ answered }) => answered)) return null
  const names = new Set(there.map(({ name }) => name))
  const answered = neutralTrials.filter((trial) => trial.answered).length
  if (names.size < 2 || answered < 2 || answered * 2 < neutralTrials.length) return null
  const failure = commonest(there.map((trial) => trial.failure))
  const how = failure === null ? null : howOf(failure, there)
  if (how === null) return null
  const addresses = [...new Set(there.map(({ address }) => address))]
  const works = addresses.some((address) => facts?.tcp[tcpKey(address, setup.port)] === null)
  return {
    mechanism: how.mechanism,
    follows: 'address',
    decisive: false,
    nats: works ? Math.max(WEIGHTS.addressAlone, how.nats) : 0,
    sentence: works
      ? `The addresses of ${setup.focus} fail here whatever name is sent to them, and work for the control.`
      : `The addresses of ${setup.focus} fail whatever name is sent to them: blocked by address, or down.`,
    because: [
      `${addresses.join(', ')}: ${there.length} of ${there.length} trials failed, by ${names.size} names.`,
      `Neutral servers, in the same minute: answered ${answered} of ${neutralTrials.length} times.`,
    ],
    evasions: [],
    residualMs: null,
  }
}

/**
 * Whether the address takes connections and then falls silent whatever name is sent: no filter on the name does that, and a hole for large
 * packets on the way does. A small answer in cleartext passes such a hole: where that is silent too, it is the address.
 */
export function isSilentWhateverTheName(trials: Trials): boolean {
  const there = atOwnAddress(trials, trials.tls)
  const names = new Set(there.map(({ name }) => name))
  const small = atOwnAddress(trials, trials.http, HTTP_PORT)
  return (
    there.length >= LEAST_SILENT &&
    names.has('target') &&
    names.size >= 2 &&
    there.every(isSilentOnceOpen) &&
    !(small.length >= LEAST_SMALL && small.every(isSilentOnceOpen))
  )
}

const HTTP_PORT = 80
const LEAST_SILENT = 4
const LEAST_SMALL = 2

function isSilentOnceOpen({ answered, failure, failedAt }: Connected): boolean {
  return !answered && isSilence(failure) && failedAt === 'after'
}

/** Trials at an address of the service's own, over IPv4 where it has it. @param port absent = that of the service */
function atOwnAddress({ setup }: Trials, all: readonly Connected[], port: number = setup.port): Connected[] {
  const hasIpv4 = setup.addresses.some((address) => !isIpv6(address))
  return all.filter(
    (trial) =>
      trial.at === 'target' &&
      isIpv6(trial.address) !== hasIpv4 &&
      setup.addresses.includes(trial.address) &&
      trial.port === port &&
      !isNoWay(trial),
  )
}

function howOf(failure: Failure, there: readonly Connected[]): { mechanism: Mechanism; nats: number } | null {
  if (failure === 'connection_refused') return { mechanism: 'tcp.refused', nats: WEIGHTS.tcpRefused }
  if (failure === 'network_unreachable' || failure === 'host_unreachable')
    return { mechanism: 'tcp.unreachable', nats: WEIGHTS.tcpUnreachable }
  const cut = cutOf(failure)
  if (cut === null) return null
  if (cut !== 'silence') return { mechanism: 'tcp.reset', nats: WEIGHTS.tcpReset }
  // Silence only after what was sent is no matter of the address.
  const connects = there.some(({ failedAt }) => failedAt === 'after')
  return connects ? null : { mechanism: 'tcp.timeout', nats: WEIGHTS.silence }
}
