/**
 * The first rung: what the vantage's resolvers, and a trusted one, answer for a name. All are asked at once, for both families.
 *
 * Whoever climbs on waits only for the first resolver that gives something; the rest, and the wait for late second answers,
 * go on beside the other steps and are collected at the end.
 *
 * Beside the ladder: does the host's HTTPS record offer HTTP/3? Asked of the trusted resolver over HTTPS, which is hard to lie for.
 */
import net from 'node:net'
import type { Failure } from '../../model/failure.ts'
import type { DnsObservation } from '../../model/measurement.ts'
import { addressTypes, type DnsAnswer, type LateDnsReply, type ReplyDetails } from '../../model/dns.ts'
import type { Resolver } from '../../model/vantage.ts'
import { hostOf, tcpKey } from '../../net/endpoint.ts'
import { askServer, type Patience } from './ask-server.ts'
import { askSystem } from './ask-system.ts'
import { startDeadline } from '../deadline.ts'
import { askTcp } from './tcp.ts'
import { askUdp } from './udp.ts'
import type { Question, Reply } from './wire.ts'
import { askDoh } from './doh.ts'
import { failed, type Run } from '../run.ts'

/** One resolver, asked. Neither promise ever rejects. */
export interface NameLookup {
  /** what both families together gave */
  readonly answers: Promise<readonly DnsAnswer[]>
  /** the record, once every late answer had its time */
  readonly seen: Promise<readonly DnsObservation[]>
}

type Ask = (question: Question, signal: AbortSignal) => Promise<Got>

/** What one question came to. */
export interface Got {
  readonly engine: DnsObservation['engine']
  readonly failure: Failure | null
  readonly answers: readonly DnsAnswer[]
  readonly late: Promise<readonly LateDnsReply[]>
  readonly details: Promise<ReplyDetails>
}

const NO_DETAILS: Promise<ReplyDetails> = Promise.resolve({})
const NONE: Promise<readonly LateDnsReply[]> = Promise.resolve([])

/** Starts asking one resolver. */
export function ask(
  run: Run,
  resolver: Resolver,
  host: string,
  depth: number,
  role: DnsObservation['role'],
): NameLookup {
  const about = { layer: 'dns', depth, host, resolver: nameOf(resolver), role } as const
  if (resolver.kind === 'proxy') {
    const startedMs = run.watch()
    const steps = { startedMs, durationMs: 0, failure: null, late: [] }
    const seen = [{ ...about, ...steps, engine: 'proxy', queryType: 'ANY', answers: [] } as const]
    return { answers: Promise.resolve([]), seen: Promise.resolve(seen) }
  }
  const types = addressTypes(run.settings.ipv6)
  const queries = types.map((type) => askOne(run, resolver, type, about))
  return {
    answers: Promise.all(queries.map((a) => a.answers)).then((all) => all.flat()),
    seen: Promise.all(queries.map((a) => a.seen)),
  }
}

function askOne(
  run: Run,
  resolver: Exclude<Resolver, { kind: 'proxy' }>,
  queryType: 'A' | 'AAAA',
  about: Pick<DnsObservation, 'layer' | 'depth' | 'host' | 'resolver' | 'role'>,
): { answers: Promise<readonly DnsAnswer[]>; seen: Promise<DnsObservation> } {
  const startedMs = run.watch()
  const question: Question = { host: about.host, type: queryType }
  const got = waysToAsk(run, resolver)(question, run.signal)
    .catch((error: unknown): Got => ({
      engine: resolver.kind,
      failure: failed(run, error),
      answers: [],
      late: NONE,
      details: NO_DETAILS,
    }))
    .then((g) => ({ ...g, durationMs: run.watch() - startedMs }))
  return {
    answers: got.then((g) => g.answers),
    seen: got.then(async ({ engine, failure, answers, late, details, durationMs }) => ({
      ...about,
      engine,
      queryType,
      startedMs,
      durationMs: Math.round(durationMs * 1000) / 1000,
      failure,
      answers,
      late: await late,
      ...(await details),
    })),
  }
}

/** How one resolver is asked. The asking rejects with what went wrong. */
export function waysToAsk(
  run: Run,
  resolver: Exclude<Resolver, { kind: 'proxy' }>,
  reasons: Pick<Patience, 'asksReasons'> = {},
): Ask {
  const { dialer, settings } = run
  const timeoutMs = settings.dnsTimeoutMs
  const patience = { timeoutMs, lateReplyWindowMs: settings.lateReplyWindowMs, ...reasons }
  switch (resolver.kind) {
    case 'system':
      return async (question, signal) => {
        if (run.systemServers === null) throw new Error('A proxy has no system resolver.')
        const answer = await askSystem(dialer, run.systemServers(), question, patience, signal)
        return { ...answer, engine: 'system' }
      }
    case 'udp':
      return (question, signal) => askServer(dialer, resolver, question, patience, signal)
    case 'tcp':
      return async (question, signal) => {
        return gotBy('tcp', await askTcp(dialer, resolver, question, timeoutMs, signal))
      }
    case 'doh':
      return async (question, signal) => {
        using deadline = startDeadline(signal, timeoutMs)
        return gotBy('doh', await askDoh(run, resolver, question, deadline.signal))
      }
  }
}

/**
 * Asks an address by datagrams alone: that nothing listens there over TCP is plain, and is no news.
 *
 * @returns `null` where this way out carries none. Rejects with what went wrong.
 */
export async function askByDatagram(
  { dialer, settings, signal }: Run,
  server: { readonly address: string; readonly port: number },
  question: Question,
): Promise<Got | null> {
  const { dnsTimeoutMs: timeoutMs, lateReplyWindowMs } = settings
  const { first, late } = askUdp(dialer, server, question, { timeoutMs, lateReplyWindowMs }, signal)
  const reply = await first
  return reply === null ? null : gotBy('udp', reply, late)
}

function gotBy(engine: Got['engine'], { failure, answers, details }: Reply, late: Got['late'] = NONE): Got {
  return { engine, failure, answers, late, details: Promise.resolve(details) }
}

/** `ip:port` or URL; empty for the system's and a proxy's own. */
export function nameOf(resolver: Resolver): string {
  switch (resolver.kind) {
    case 'system':
    case 'proxy':
      return ''
    case 'doh':
      return resolver.url
    case 'udp':
    case 'tcp':
      return tcpKey(resolver.address, resolver.port)
  }
}

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
  using deadline = startDeadline(run.signal, dnsTimeoutMs)
  try {
    const reply = await askDoh(run, resolver, { host, type: 'HTTPS' }, deadline.signal)
    return reply.failure === null || reply.failure === 'dns_no_answer' ? reply.http3Port : undefined
  } catch {
    // The lookups of its addresses go the same way, and say in the record what is wrong with it.
    return undefined
  }
}
