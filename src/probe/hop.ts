/**
 * One climb of the ladder, for one URL: dns, tcp and tls to every address at once, then http over the best connection.
 *
 *   dns ──► addresses ──┬─► tcp ─► tls ─┐
 *                       ├─► tcp ─► tls ─┼─► the best one ─► http
 *                       └─► tcp ─► tls ─┘
 */
import net from 'node:net'
import type { HttpObservation, Observation, TcpObservation, TlsObservation } from '../model/measurement.ts'
import { literalAnswer } from '../model/dns.ts'
import type { Vantage } from '../model/vantage.ts'
import { discard } from '../vantage/open-socket.ts'
import { choiceOf, connectable, controlAddress, type Target } from './addresses.ts'
import { best, type Climbed } from './best.ts'
import { ask, askHttp3Offer, type NameLookup, type Http3Offer } from './dns/dns.ts'
import { fetchPage, type Connection } from './http.ts'
import { hostOf, portOf } from '../net/endpoint.ts'
import type { Run } from './run.ts'
import { connectTcp } from './tcp.ts'
import { secure } from './tls.ts'

export interface Hop {
  readonly url: URL
  readonly depth: number
  readonly vantage: Vantage
  readonly extraAddresses: readonly string[]
  /** climb up to http; otherwise stop after tls */
  readonly withHttp: boolean
  /** ask whether the host's HTTPS record offers HTTP/3 */
  readonly asksHttp3: boolean
  /** `referer` and `cookie` */
  readonly headers: Record<string, string>
}

export interface Climb {
  /** what was served; `null` when no connection got that far, or http was not wanted */
  readonly page: HttpObservation | null
  /** Everything that was seen, layer by layer, when the slowest address and the last late answer are in. */
  readonly seen: Promise<Observation[]>
  /** what the host's HTTPS record says of HTTP/3 */
  readonly http3: Promise<Http3Offer>
}

/**
 * Climbs, and is back as soon as the page is: slower addresses and late answers are still awaited in `seen`.
 *
 * Everything it opened is closed when `seen` is there.
 */
export async function climb(run: Run, hop: Hop): Promise<Climb> {
  const host = hostOf(hop.url)
  const port = portOf(hop.url)
  const http3 = askHttp3Offer(run, hop.asksHttp3 ? hop.vantage.trustedResolver : null, hop.url)
  const { targets, names } = await resolve(run, hop, host)
  const climbs = targets.map((target) => climbTo(run, hop, host, target, port))
  const chosen = hop.withHttp ? await best(climbs, hop.url.protocol === 'https:', run.signal) : null
  const page = chosen === null ? null : await fetchPage(run, chosen, hop.url, hop.depth, hop.headers)
  return { page, seen: collect(climbs, names, page, http3), http3 }
}

async function collect(
  climbs: readonly Promise<Climbed>[],
  names: readonly NameLookup[],
  page: HttpObservation | null,
  http3: Promise<Http3Offer>,
): Promise<Observation[]> {
  const climbed = await Promise.all(climbs)
  for (const { connection } of climbed) if (connection !== null) discard(connection.socket)
  const dns = (await Promise.all(names.map((n) => n.seen))).flat()
  const http3Port = await http3
  const trusted = dns.findIndex((lookup) => lookup.role === 'trusted')
  if (http3Port !== undefined && trusted !== -1) dns[trusted] = { ...dns[trusted]!, http3Port }
  const steps = climbed.flatMap((c) => c.seen)
  const of = (layer: 'tcp' | 'tls') => steps.filter((s) => s.layer === layer)
  return [...dns, ...of('tcp'), ...of('tls'), ...(page === null ? [] : [page])]
}

async function climbTo(run: Run, hop: Hop, host: string, target: Target, port: number): Promise<Climbed> {
  const seen: (TcpObservation | TlsObservation)[] = []
  const tcp = await connectTcp(run, target, port, hop.depth)
  seen.push(tcp.seen)
  if (tcp.socket === null) return { seen, connection: null }
  if (hop.url.protocol === 'http:')
    return {
      seen,
      connection: held({ socket: tcp.socket, line: tcp.socket, target, alpn: null, verified: false }),
    }
  const tls = await secure(run, tcp.socket, host, { ...target, port, depth: hop.depth })
  seen.push(tls.seen)
  if (tls.socket === null) return { seen, connection: null }
  const verified = tls.seen.verified === true
  return {
    seen,
    connection: held({ socket: tls.socket, line: tcp.socket, target, alpn: tls.seen.alpn, verified }),
  }
}

/** A socket that waits its turn can fail meanwhile; nobody listening would end the thread. http.ts finds it closed. */
function held(connection: Connection): Connection {
  connection.socket.on('error', () => undefined)
  return connection
}

/** Asks all resolvers at once and picks what to connect to; what is still being asked goes on in `names`. */
export async function resolve(
  run: Run,
  hop: Pick<Hop, 'vantage' | 'depth' | 'extraAddresses'>,
  host: string,
): Promise<{ targets: Target[]; names: NameLookup[] }> {
  const { vantage, depth } = hop
  const choice = choiceOf(run.settings)
  if (net.isIP(host) !== 0) {
    return {
      targets: connectable([literalAnswer(host)], choice).map((address) => ({ address, source: 'literal' })),
      names: [],
    }
  }
  const queries = vantage.resolvers.map((resolver) => ask(run, resolver, host, depth, 'vantage'))
  const trusted =
    vantage.trustedResolver === null ? null : ask(run, vantage.trustedResolver, host, depth, 'trusted')
  const names = trusted === null ? queries : [...queries, trusted]
  if (vantage.resolvers[0]?.kind === 'proxy')
    return { targets: [{ address: host, source: 'vantage' }], names }

  // The first resolver is what people have; the others are compared.
  const given = (await queries[0]?.answers) ?? []
  const targets: Target[] = connectable(given, choice).map((address) => ({ address, source: 'vantage' }))
  const control = controlAddress(given, hop.extraAddresses, choice)
  if (control !== null) {
    targets.push({ address: control, source: 'control' })
  } else if (trusted !== null && targets.every((t) => run.isBogon(t.address))) {
    const [address] = connectable(await trusted.answers, choice)
    if (address !== undefined && targets.every((t) => t.address !== address))
      targets.push({ address, source: 'trusted' })
  }
  return { targets, names }
}
