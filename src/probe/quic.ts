/**
 * A step beside the ladder: HTTP/3, where the page just fetched offers it. The target's name and a neutral one to the same address
 * in random order; when the first is not answered, beside the second a host elsewhere that is known to speak QUIC.
 *
 * It is never the reason why a measurement is unfit: what cannot be tried leaves no observation.
 */
import { randomInt } from 'node:crypto'
import net from 'node:net'
import { http3Port } from '../model/alt-svc.ts'
import type { HttpObservation, QuicObservation } from '../model/measurement.ts'
import { isQuicAnswer } from '../model/quic.ts'
import { classify } from './classify.ts'
import { startDeadline } from './deadline.ts'
import { shakeQuic, type QuicShaken } from './quic-handshake.ts'
import type { Run } from './run.ts'
import { since } from './tcp.ts'

/** Less than this and a handshake that was lost could not be told from one that is dropped. */
const LEAST_MS = 300

type Attempt = Pick<QuicObservation, 'address' | 'port' | 'source' | 'serverName' | 'name' | 'depth'>

/**
 * Tries HTTP/3 at the address that served a page over verified TLS.
 *
 * @param page the last of the way, redirects followed
 * @returns nothing where it is not offered, or where it cannot be tried: no datagrams, no literal address, no time
 */
export async function tryQuic(run: Run, page: HttpObservation): Promise<QuicObservation[]> {
  const { quic } = run.settings
  const host = new URL(page.url).hostname
  const port = page.trusted ? http3Port(page.headers, host) : null
  if (quic === null || port === null || net.isIP(page.address) === 0 || net.isIP(host) !== 0) return []
  // One after the other, and both may wait to the end.
  const timeoutMs = Math.min(quic.timeoutMs, (run.settings.totalTimeoutMs - run.watch()) / 2)
  if (timeoutMs < LEAST_MS) return []

  const { address, source, depth } = page
  const to = { address, port, source, depth } as const
  const pair: Attempt[] = [
    { ...to, serverName: host, name: 'target' },
    { ...to, serverName: quic.neutralName, name: 'neutral' },
  ]
  if (randomInt(2) === 1) pair.reverse()
  const first = await attempt(run, timeoutMs, pair[0]!)
  const reference =
    quic.reference === null || (first !== null && isQuicAnswer(first.failure))
      ? null
      : attempt(run, timeoutMs, {
          address: quic.reference.address,
          port: 443,
          source: 'literal',
          serverName: quic.reference.host,
          name: 'reference',
          depth,
        })
  const rest = await Promise.all([attempt(run, timeoutMs, pair[1]!), reference])
  return [first, ...rest].filter((seen) => seen !== null)
}

async function attempt(run: Run, timeoutMs: number, about: Attempt): Promise<QuicObservation | null> {
  const startedMs = run.watch()
  const deadline = startDeadline(run.signal, timeoutMs)
  const trust = about.name === 'neutral' ? null : run.settings.extraCa
  let shaken: QuicShaken
  try {
    const channel = await run.dialer.openDatagrams(about, deadline.signal)
    if (channel === null) return null
    shaken = await shakeQuic(channel, about.serverName, trust, deadline.signal).finally(() => channel.close())
  } catch (error) {
    shaken = { error, alpn: null, received: 0 }
  } finally {
    deadline.clear()
  }
  const { error, alpn, received } = shaken
  const { failure, unfit } = error === null ? WELL : classify(error)
  // Ours, the way out's, or the whole look's time was up: nothing was learned of QUIC.
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

const WELL = { failure: null, unfit: null } as const
