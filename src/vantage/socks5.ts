/**
 * The way out through a SOCKS5 proxy (RFC 1928, RFC 1929): CONNECT by address or name, UDP ASSOCIATE for datagrams.
 *
 * The `socks` library speaks the protocol over a socket we open ourselves. What comes in is watched beside it, because
 * whose fault a failure is depends on how far the conversation had got.
 */
import net from 'node:net'
import { SocksClient } from 'socks'
import type { Failure } from '../model/failure.ts'
import type { Route } from '../model/vantage.ts'
import { MINUTE_MS } from '../model/time.ts'
import type { DatagramChannel, Dialer } from './dialer.ts'
import { DialError } from './dial-error.ts'
import { openUdp } from './direct.ts'
import { Handset } from './handset.ts'
import { discard } from './open-socket.ts'
import { isOurs, reachProxy } from './reach-proxy.ts'

type ProxyRoute = Extract<Route, { username: unknown }>

/** Connects through a SOCKS5 proxy; names are resolved there when a name is given. */
export function socks5Dialer(route: ProxyRoute): Dialer {
  return {
    async connect(host, port, signal) {
      const { socket } = await converse(route, 'connect', { host, port }, signal)
      return socket
    },
    openDatagrams: (to, signal) => associate(route, to, signal),
  }
}

interface Established {
  readonly socket: net.Socket
  readonly relay: { readonly host: string; readonly port: number } | null
}

/** Longer than any real connect: the library's own clock must never be the one that rings. It cannot be stopped, see handset.ts. */
const LIBRARY_TIMEOUT_MS = MINUTE_MS

async function converse(
  route: ProxyRoute,
  command: 'connect' | 'associate',
  destination: { host: string; port: number },
  signal: AbortSignal,
): Promise<Established> {
  if (Buffer.byteLength(destination.host) > 255) {
    throw new DialError('target', 'host_unreachable', 'The name is too long for SOCKS5.')
  }
  const socket = await reachProxy(route, signal)
  const handset = new Handset(socket)
  const client = new SocksClient({
    command,
    destination,
    timeout: LIBRARY_TIMEOUT_MS,
    proxy: {
      type: 5,
      ipaddress: socket.remoteAddress ?? route.host,
      port: route.port,
      ...(route.username === null ? {} : { userId: route.username, password: route.password ?? '' }),
    },
  })
  try {
    return await established(client, handset, socket, route.username !== null, signal)
  } finally {
    handset.hangUp()
    handset.removeAllListeners()
    client.removeAllListeners()
    client.on('error', ignore)
    // Four kilobytes of a pool of 64, which the clock would hold on to as well. Not at once: the library still looks into it in a
    // setImmediate of its own when the reply came, and whoever aborts in between would have it throw there.
    setImmediate(() => Reflect.deleteProperty(client, 'receiveBuffer'))
  }
}

/** What the library says once its clock has rung is about something long settled. */
function ignore(): void {}

/** Resolves with the socket as the proxy leaves it: paused, without listeners, nothing lost of what came with the last reply. */
function established(
  client: SocksClient,
  handset: Handset,
  socket: net.Socket,
  withCredentials: boolean,
  signal: AbortSignal,
): Promise<Established> {
  return new Promise((resolve, reject) => {
    let heard = Buffer.alloc(0)
    let lost: Error | null = null
    let done = false
    const onSocketError = (error: Error) => {
      lost ??= error
    }
    const settle = () => {
      done = true
      signal.removeEventListener('abort', onAbort)
      socket.off('error', onSocketError)
    }
    const fail = (error: DialError) => {
      if (done) return
      settle()
      handset.hangUp()
      discard(socket)
      reject(error)
    }
    const onAbort = () => fail(whoseFault(heard, 'silent', withCredentials, signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    // Before the library hears of it.
    socket.prependListener('error', onSocketError)
    handset.on('data', (data: Buffer) => {
      if (heard.length < 8) heard = Buffer.concat([heard, data.subarray(0, 8)])
    })
    client.on('error', (error) => {
      fail(whoseFault(heard, isReset(lost) ? 'reset' : 'closed', withCredentials, lost ?? error))
    })
    client.on('established', ({ remoteHost }) => {
      if (remoteHost === undefined) {
        // An address of no kind there is: the library would pass the rest of the reply for the target's first bytes.
        const failure = 'unknown_failure: malformed SOCKS5 reply'
        fail(new DialError('vantage', failure, 'The SOCKS5 proxy answered nonsense.'))
        return
      }
      handset.hangUp()
      const early: Buffer[] = []
      handset.on('data', (data: Buffer) => early.push(data))
      // The library hands over what came with the reply in a setImmediate of its own, set before this one.
      setImmediate(() => {
        if (done) return
        settle()
        for (const data of early.toReversed()) socket.unshift(data)
        if (lost === null && !socket.destroyed) {
          resolve({ socket, relay: remoteHost })
          return
        }
        discard(socket)
        const failure = isReset(lost) ? 'connection_reset' : 'eof_error'
        reject(new DialError('target', failure, 'The tunnel closed at once.'))
      })
    })
    // All that the library ever does with a socket, the handset does.
    client.connect(handset as unknown as net.Socket)
  })
}

/** Reads off what the proxy has said so far how far we got. Exported for its test. */
export function whoseFault(
  heard: Uint8Array,
  ending: 'silent' | 'closed' | 'reset',
  withCredentials: boolean,
  cause: unknown,
): DialError {
  const [version, method, authVersion, authStatus] = heard
  const authenticates = method === 2
  const asked =
    version === 5 &&
    (method === 0 || (authenticates && withCredentials && authVersion !== undefined && authStatus === 0))
  if (!asked) {
    const why: Failure =
      ending === 'silent'
        ? 'generic_timeout_error'
        : method === 0xff || authStatus
          ? 'permission_denied'
          : 'eof_error'
    return new DialError('vantage', why, 'The SOCKS5 proxy did not take us in.', { cause })
  }
  const reply = heard[authenticates ? 5 : 3]
  if (reply !== undefined && reply !== 0) return replied(reply, cause)
  const failure: Failure =
    ending === 'silent' ? 'generic_timeout_error' : ending === 'reset' ? 'connection_reset' : 'eof_error'
  return new DialError('target', failure, 'The SOCKS5 proxy was asked and did not answer.', { cause })
}

function replied(code: number, cause: unknown): DialError {
  const failure = REPLIES[code]
  if (failure !== undefined) {
    return new DialError('target', failure, `The SOCKS5 proxy answered with code ${code}.`, { cause })
  }
  return new DialError('vantage', 'permission_denied', `The SOCKS5 proxy refused with code ${code}.`, {
    cause,
  })
}

/** RFC 1928 section 6. Codes 2 (its rules forbid it) and 7 (no such command) are the proxy's, so they are missing here. */
const REPLIES: Readonly<Record<number, Failure>> = {
  1: 'unknown_failure: general SOCKS server failure',
  3: 'network_unreachable',
  4: 'host_unreachable',
  5: 'connection_refused',
  6: 'generic_timeout_error',
  8: 'address_family_not_supported',
}

function isReset(error: Error | null): boolean {
  return error !== null && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

/** Datagrams are relayed as long as the TCP connection that asked for the relay stays open. */
async function associate(
  route: ProxyRoute,
  to: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<DatagramChannel | null> {
  let established: Established
  try {
    established = await converse(route, 'associate', { host: '0.0.0.0', port: 0 }, signal)
  } catch (error) {
    if (error instanceof DialError && refusesDatagrams(error, signal)) return null
    throw error
  }
  const { socket, relay } = established
  const peer = socket.remoteAddress ?? route.host
  const host = relay === null || relay.host === '::' || net.isIP(relay.host) === 0 ? peer : relay.host
  let udp: DatagramChannel
  try {
    udp = await openUdp({ address: host, port: relay?.port ?? 0 }, signal)
  } catch (error) {
    discard(socket)
    if (signal.aborted || isOurs(error)) throw error
    // There is no way to the relay it named.
    return null
  }
  let onLost: (error: Error) => void = () => undefined
  let open = true
  const lose = () => {
    if (open) onLost(new DialError('vantage', 'eof_error', 'The SOCKS5 proxy ended the UDP association.'))
  }
  socket.on('error', lose)
  socket.on('close', lose)
  socket.resume()
  return {
    send: (message) =>
      udp.send(
        SocksClient.createUDPFrame({
          remoteHost: { host: to.address, port: to.port },
          data: Buffer.from(message),
        }),
      ),
    listen(onMessage, onError) {
      onLost = onError
      udp.listen((frame) => {
        const data = unframe(frame)
        if (data !== null) onMessage(data)
      }, onError)
    },
    close() {
      open = false
      udp.close()
      socket.destroy()
    },
  }
}

/** The proxy took us in and then would not relay datagrams, by whatever code or by hanging up. */
function refusesDatagrams(error: DialError, signal: AbortSignal): boolean {
  return !signal.aborted && (error.side === 'target' || error.failure === 'permission_denied')
}

/** The datagram inside, or `null` for a fragment (RFC 1928 lets us drop those) and for what is not a frame at all. */
function unframe(frame: Buffer): Buffer | null {
  try {
    const { frameNumber, data } = SocksClient.parseUDPFrame(frame)
    return frameNumber ? null : data
  } catch {
    return null
  }
}
