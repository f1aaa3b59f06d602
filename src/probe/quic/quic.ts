/**
 * A step beside the ladder: HTTP/3, where the page just fetched offers it, or the host's HTTPS record does. The target's name and a
 * neutral one to the same address in random order; when the first is not answered, beside the second a host elsewhere that is known
 * to speak QUIC.
 *
 * It is never the reason why a measurement is unfit: what cannot be tried leaves no observation.
 */
import { randomInt } from 'node:crypto'
import net from 'node:net'
import { http3Port } from '../../model/alt-svc.ts'
import type { HttpObservation, Observation, QuicObservation } from '../../model/measurement.ts'
import { isQuicAnswer } from '../../model/quic.ts'
import { choiceOf, connectable } from '../addresses.ts'
import { classify } from '../classify.ts'
import { startDeadline } from '../deadline.ts'
import type { Http3Offer } from '../dns/dns.ts'
import { hostOf } from '../../net/endpoint.ts'
import { shakeQuic, type QuicShaken } from './handshake.ts'
import type { Run } from '../run.ts'
import type { QuicSettings } from '../../model/probe-settings.ts'
import { since } from '../tcp.ts'

/** Less than this and a handshake that was lost could not be told from one that is dropped. */
const LEAST_MS = 300

/** For one handshake where nothing came over TCP: such a measurement has waited long enough, and only the name can be told from it. */
const ALONE_MS = 4_000

type Attempt = Pick<QuicObservation, 'address' | 'port' | 'source' | 'serverName' | 'name' | 'depth'>
type Place = Omit<Attempt, 'serverName' | 'name'>

/**
 * Tries HTTP/3 at the address that served a page over verified TLS.
 *
 * @param page the last of the way, redirects followed
 * @param record what the HTTPS record of its host offers; not waited for when the page itself makes the offer
 * @returns nothing where it is not offered, or where it cannot be tried: no datagrams, no literal address, no time
 */
export async function tryQuic(
  run: Run,
  page: HttpObservation,
  record: Promise<Http3Offer>,
): Promise<QuicObservation[]> {
  const { quic } = run.settings
  if (quic === null || !page.trusted) return []
  const host = hostOf(new URL(page.url))
  const port = http3Port(page.headers, host) ?? (await record) ?? null
  if (port === null || net.isIP(host) !== 0) return []
  const { address, source, depth } = page
  return tryPair(run, { address, port, source, depth }, host, quic.timeoutMs, quic.reference)
}

/**
 * Tries HTTP/3 where no connection came so far as a page, when the HTTPS record offers it: at an address of the trusted resolver's,
 * one that TCP was tried at if there is any, else at the control's.
 *
 * @param seen what came of the way there
 */
export async function tryQuicAlone(
  run: Run,
  host: string,
  seen: Promise<readonly Observation[]>,
): Promise<QuicObservation[]> {
  const { quic } = run.settings
  const all = await seen
  const trusted = all
    .filter((observation) => observation.layer === 'dns')
    .filter(({ role }) => role === 'trusted')
  const port =
    trusted.find((dnsObservation) => typeof dnsObservation.http3Port === 'number')?.http3Port ?? null
  if (quic === null || port === null || run.signal.aborted) return []
  const given = connectable(
    trusted.flatMap(({ answers }) => answers),
    choiceOf(run.settings),
  )
  const connected = all.filter((observation) => observation.layer === 'tcp')
  const { address, source } =
    connected.find((tcp) => given.includes(tcp.address)) ??
    (given[0] === undefined
      ? (connected.find((tcp) => tcp.source === 'control') ?? NOWHERE)
      : ({ address: given[0], source: 'trusted' } as const))
  const { depth } = trusted[0]!
  const timeoutMs = Math.min(quic.timeoutMs, ALONE_MS)
  return tryPair(run, { address, port, source, depth }, host, timeoutMs, null)
}

async function tryPair(
  run: Run,
  to: Place,
  host: string,
  atMostMs: number,
  elsewhere: QuicSettings['reference'],
): Promise<QuicObservation[]> {
  const { quic } = run.settings
  // One after the other, and both may wait to the end.
  const timeoutMs = Math.min(atMostMs, (run.settings.totalTimeoutMs - run.watch()) / 2)
  if (quic === null || net.isIP(to.address) === 0 || timeoutMs < LEAST_MS) return []

  const pair: Attempt[] = [
    { ...to, serverName: host, name: 'target' },
    { ...to, serverName: quic.neutralName, name: 'neutral' },
  ]
  if (randomInt(2) === 1) pair.reverse()
  const first = await attempt(run, timeoutMs, pair[0]!)
  const reference =
    elsewhere === null || (first !== null && isQuicAnswer(first.failure))
      ? null
      : attempt(run, timeoutMs, {
          address: elsewhere.address,
          port: 443,
          source: 'literal',
          serverName: elsewhere.host,
          name: 'reference',
          depth: to.depth,
        })
  const rest = await Promise.all([attempt(run, timeoutMs, pair[1]!), reference])
  return [first, ...rest].filter((seen) => seen !== null)
}

async function attempt(run: Run, timeoutMs: number, about: Attempt): Promise<QuicObservation | null> {
  const startedMs = run.watch()
  using deadline = startDeadline(run.signal, timeoutMs)
  const trust = about.name === 'neutral' ? null : run.settings.extraCa
  let shaken: QuicShaken
  try {
    const channel = await run.dialer.openDatagrams(about, deadline.signal)
    if (channel === null) return null
    shaken = await shakeQuic(channel, about.serverName, trust, deadline.signal).finally(() => channel.close())
  } catch (error) {
    shaken = { error, alpn: null, received: 0 }
  }
  const { error, alpn, received } = shaken
  const { failure, unfit } = error === null ? WELL : classify(error)
  // Ours, the way out's, or the whole measurement's time was up: nothing was learned of QUIC.
  if (unfit !== null || (failure !== null && run.signal.aborted)) return null
  const version = failure === null ? '1' : null
  return {
    ...about,
    layer: 'quic',
    startedMs,
    durationMs: since(run, startedMs),
    failure,
    alpn,
    version,
    received,
  }
}

const NOWHERE = { address: '', source: 'trusted' } as const
const WELL = { failure: null, unfit: null } as const
