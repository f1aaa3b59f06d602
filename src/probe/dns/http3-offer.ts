/** A question beside the ladder: does the host's HTTPS record offer HTTP/3? Asked of a trusted resolver over HTTPS, which is hard to lie for. */
import net from 'node:net'
import type { Resolver } from '../../model/vantage.ts'
import { startDeadline } from '../deadline.ts'
import { askDoh } from './doh.ts'
import { hostOf } from '../../net/endpoint.ts'
import type { Run } from '../run.ts'

/** The UDP port it is offered at, `null` = it is not; `undefined` = not asked, or not answered. */
export type Http3Offer = number | null | undefined

/**
 * Asks, where it can matter: HTTP/3 is tried at all, and the URL is on the port the record is for.
 *
 * It never rejects: that nobody answers is no evidence, nor a fault of the measurement.
 */
export async function askHttp3Offer(run: Run, resolver: Resolver | null, url: URL): Promise<Http3Offer> {
  const { quic, dnsTimeoutMs } = run.settings
  const host = hostOf(url)
  if (quic === null || resolver?.kind !== 'doh' || net.isIP(host) !== 0) return undefined
  if (url.protocol !== 'https:' || url.port !== '') return undefined
  const deadline = startDeadline(run.signal, dnsTimeoutMs)
  try {
    const reply = await askDoh(run, resolver, { host, type: 'HTTPS' }, deadline.signal)
    return reply.failure === null || reply.failure === 'dns_no_answer' ? reply.http3Port : undefined
  } catch {
    // The lookups of its addresses go the same way, and say in the record what is wrong with it.
    return undefined
  } finally {
    deadline.clear()
  }
}
