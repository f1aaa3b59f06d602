/** Questions to a resolver over HTTPS (RFC 8484): one verified connection through the vantage's own way out, all questions on it. */
import net from 'node:net'
import type { Failure } from '../../model/failure.ts'
import type { Resolver } from '../../model/vantage.ts'
import { connectable } from '../addresses.ts'
import { hostOf, portOf } from '../../net/endpoint.ts'
import { addressTypes } from '../../model/dns.ts'
import { askSystem } from './ask-system.ts'
import { encodeQuestion, readReply, type Question, type Reply } from './wire.ts'
import { exchange } from '../exchange.ts'
import { ProtocolError } from '../protocol-error.ts'
import type { Run } from '../run.ts'
import { classifyVerification } from '../classify.ts'
import { shakeHands } from '../handshake.ts'

type DohResolver = Extract<Resolver, { kind: 'doh' }>

const MAX_REPLY_BYTES = 65_535
const MEDIA_TYPE = 'application/dns-message'

/** Asks one question over a connection of its own. Rejects with what went wrong. */
export async function askDoh(
  run: Run,
  resolver: DohResolver,
  question: Question,
  signal: AbortSignal,
): Promise<Reply> {
  const url = new URL(resolver.url)
  const host = hostOf(url)
  const port = portOf(url)
  const address = resolver.address ?? (await locate(run, host, signal))
  const tcp = await run.dialer.connect(address, port, signal)
  const { socket, verification } = await shakeHands(tcp, host, run.roots, signal)
  if (verification !== null) {
    socket.destroy()
    throw new ProtocolError(
      classifyVerification(verification),
      'The certificate of the resolver does not check out.',
    )
  }
  const response = await exchange(
    socket,
    {
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      headers: { accept: MEDIA_TYPE, 'content-type': MEDIA_TYPE, 'user-agent': run.settings.userAgent },
      // RFC 8484 section 4.1: id 0, so that caches work; the connection itself says which answer is whose.
      body: encodeQuestion(0, question),
    },
    MAX_REPLY_BYTES,
    signal,
  )
  if (response.error !== null) throw response.error
  if (response.status !== 200)
    throw new ProtocolError('http_request_failed', 'The resolver did not answer with 200.')
  const reply = readReply(response.body.bytes, question)
  if (reply === null)
    throw new ProtocolError('dns_server_misbehaving', 'The resolver sent no answer to the question.')
  return reply
}

/** The resolver's own address, when the configuration does not give it: from the system's servers, or left to the proxy. */
async function locate(run: Run, host: string, signal: AbortSignal): Promise<string> {
  if (net.isIP(host) !== 0 || run.systemServers === null) return host
  const patience = { timeoutMs: run.settings.dnsTimeoutMs, lateReplyWindowMs: 0 }
  const choice = { perFamily: 1, ipv6: run.settings.ipv6, connectToLoopback: true }
  let failure: Failure | null = null
  for (const type of addressTypes(choice.ipv6)) {
    const lookup = await askSystem(run.dialer, run.systemServers(), { host, type }, patience, signal)
    const [address] = connectable(lookup.answers, choice)
    if (address !== undefined) return address
    failure ??= lookup.failure
  }
  throw new ProtocolError(failure ?? 'dns_no_answer', 'The resolver could not be found by its name.')
}
