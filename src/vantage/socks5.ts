/**
 * The way out through a SOCKS5 proxy (RFC 1928, RFC 1929): CONNECT by address or name.
 *
 * reach the proxy -> greeting -> (credentials) -> request -> the socket, paused, with all that came behind the reply
 *
 * Whose fault a failure is depends on how far that got: until the request is sent nothing was learned about the target.
 */
import type net from 'node:net'
import type { Failure } from '../model/failure.ts'
import type { ProxyRoute } from '../model/vantage.ts'
import { DialError } from './dial-error.ts'
import type { Dialer } from './dialer.ts'
import { type Broken, exchange } from './exchange.ts'
import { discard } from './open-socket.ts'
import { reachProxy } from './reach-proxy.ts'
import { type Established, associate } from './socks5-datagrams.ts'
import {
  COMMAND,
  MAX_TEXT_BYTES,
  METHOD,
  REPLY,
  readMethod,
  readReply,
  readStatus,
  writeCredentials,
  writeGreeting,
  writeRequest,
} from './socks-message.ts'

/** How long a proxy may take, whatever the caller allows. */
export interface StepLimits {
  /** to answer the greeting, and again to answer credentials */
  readonly admitMs: number
  /** to answer the request: it connects to the target first */
  readonly replyMs: number
}

const LIMITS: StepLimits = { admitMs: 15_000, replyMs: 60_000 }

/** Connects through a SOCKS5 proxy; names are resolved there when a name is given. */
export function socks5Dialer(route: ProxyRoute, limits: StepLimits = LIMITS): Dialer {
  return {
    async connect(host, port, signal) {
      if (Buffer.byteLength(host) > MAX_TEXT_BYTES)
        throw new DialError('target', 'host_unreachable', 'The name is too long for SOCKS5.')
      const request = writeRequest(COMMAND.connect, host, port)
      const { socket } = await converse(route, request, limits, signal)
      return socket
    },
    openDatagrams(to, signal) {
      const request = writeRequest(COMMAND.associate, '0.0.0.0', 0)
      return associate(() => converse(route, request, limits, signal), to, signal)
    },
  }
}

/** @throws DialError, or Node’s error when this machine ran out of something; the socket is gone then */
async function converse(
  route: ProxyRoute,
  request: Buffer,
  limits: StepLimits,
  signal: AbortSignal,
): Promise<Established> {
  const credentials = credentialsOf(route)
  const socket = await reachProxy(route, signal)
  try {
    await enter(socket, credentials, limits.admitMs, signal)
    const answer = await exchange(socket, request, readReply, limits.replyMs, signal)
    if (answer.kind !== 'read') throw unanswered(answer)
    const { code, bound } = answer.value
    if (code !== REPLY.open) throw refused(code)
    if (bound === null) throw new DialError('vantage', MALFORMED, 'The SOCKS5 proxy answered nonsense.')
    if (socket.destroyed || socket.readableEnded)
      throw new DialError('target', 'eof_error', 'The tunnel closed at once.')
    return { socket, bound }
  } catch (error) {
    discard(socket)
    throw error
  }
}

function credentialsOf({ username, password }: ProxyRoute): Buffer | null {
  if (username === null) return null
  if ([username, password ?? ''].some((text) => Buffer.byteLength(text) > MAX_TEXT_BYTES))
    throw new DialError('vantage', 'permission_denied', 'The user name or password is too long for SOCKS5.')
  return writeCredentials(username, password ?? '')
}

/** Greets, and shows credentials where the proxy asks for them. */
async function enter(
  socket: net.Socket,
  credentials: Buffer | null,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const methods = credentials === null ? [METHOD.none] : [METHOD.none, METHOD.password]
  const chosen = await exchange(socket, writeGreeting(methods), readMethod, limitMs, signal)
  if (chosen.kind !== 'read') throw notAdmitted(chosen)
  const { method } = chosen.value
  if (method === METHOD.none) return
  if (method === METHOD.unacceptable || (method === METHOD.password && credentials === null))
    throw new DialError(
      'vantage',
      'permission_denied',
      'The SOCKS5 proxy wants credentials, or refuses ours.',
    )
  if (method !== METHOD.password || credentials === null) {
    const message = `The SOCKS5 proxy chose method ${method}, which it was not offered.`
    throw new DialError('vantage', MALFORMED, message)
  }
  const judged = await exchange(socket, credentials, readStatus, limitMs, signal)
  if (judged.kind !== 'read') throw notAdmitted(judged)
  if (judged.value.status !== 0)
    throw new DialError('vantage', 'permission_denied', 'The SOCKS5 proxy did not take the credentials.')
}

const MALFORMED: Failure = 'unknown_failure: malformed SOCKS5 reply'

function notAdmitted({ kind, cause }: Broken): DialError {
  const failure = kind === 'silent' ? 'generic_timeout_error' : kind === 'malformed' ? MALFORMED : 'eof_error'
  return new DialError('vantage', failure, 'The SOCKS5 proxy did not let us in.', { cause })
}

/** After the request an end, or another protocol, looks like what a censor behind the proxy does. */
function unanswered({ kind, cause }: Broken): DialError {
  const failure =
    kind === 'silent' ? 'generic_timeout_error' : kind === 'reset' ? 'connection_reset' : 'eof_error'
  return new DialError('target', failure, 'The SOCKS5 proxy was asked and did not answer.', { cause })
}

function refused(code: number): DialError {
  const failure = REFUSALS[code]
  return failure === undefined
    ? new DialError('vantage', 'permission_denied', `The SOCKS5 proxy refused with code ${code}.`)
    : new DialError('target', failure, `The SOCKS5 proxy answered with code ${code}.`)
}

/** RFC 1928 section 6. Codes 2 (its rules forbid it) and 7 (no such command) are the proxy's, so they are missing here. */
const REFUSALS: Readonly<Record<number, Failure>> = {
  [REPLY.generalFailure]: 'unknown_failure: general SOCKS server failure',
  [REPLY.networkUnreachable]: 'network_unreachable',
  [REPLY.hostUnreachable]: 'host_unreachable',
  [REPLY.refused]: 'connection_refused',
  6: 'generic_timeout_error',
  8: 'address_family_not_supported',
}
