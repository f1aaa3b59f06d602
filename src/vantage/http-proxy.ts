/**
 * The way out through an HTTP proxy: CONNECT (RFC 9110 section 9.3.6), with Basic credentials. It carries no datagrams.
 */
import http from 'node:http'
import type net from 'node:net'
import type { Failure } from '../model/failure.ts'
import type { ProxyRoute } from '../model/vantage.ts'
import { tcpKey } from '../net/endpoint.ts'
import type { Dialer } from './dialer.ts'
import { DialError } from './dial-error.ts'
import { discard } from './open-socket.ts'
import { reachProxy } from './reach-proxy.ts'

const MAX_HEAD_BYTES = 16_384

/** Connects through an HTTP proxy; names are resolved there when a name is given. */
export function httpProxyDialer(route: ProxyRoute): Dialer {
  return {
    async connect(host, port, signal) {
      return askForTunnel(await reachProxy(route, signal), route, host, port, signal)
    },
    openDatagrams: () => Promise.resolve(null),
  }
}

function askForTunnel(
  socket: net.Socket,
  route: ProxyRoute,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const target = tcpKey(host, port)
    const request = http.request({
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...credentials(route) },
      createConnection: () => socket,
      maxHeaderSize: MAX_HEAD_BYTES,
    })
    const settle = () => {
      signal.removeEventListener('abort', onAbort)
    }
    const fail = (error: DialError) => {
      settle()
      discard(socket)
      reject(error)
    }
    const onAbort = () => {
      // The request was on its way the moment there was a socket, so the wait is for what lies behind the proxy.
      fail(
        new DialError('target', 'generic_timeout_error', 'The proxy did not answer in time.', {
          cause: signal.reason,
        }),
      )
      request.destroy()
    }
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    request.on('error', (error) => fail(broken(error)))
    request.on('connect', (response, tunnel, head) => {
      const status = response.statusCode ?? 0
      if (status < 200 || status > 299) {
        fail(refused(status, response.headers))
        return
      }
      settle()
      tunnel.removeAllListeners('error')
      tunnel.pause()
      if (head.length > 0) tunnel.unshift(head)
      resolve(socket)
    })
    request.end()
  })
}

function credentials(route: ProxyRoute): { 'proxy-authorization'?: string } {
  if (route.username === null) return {}
  const pair = Buffer.from(`${route.username}:${route.password ?? ''}`, 'utf8').toString('base64')
  return { 'proxy-authorization': `Basic ${pair}` }
}

/** The connection ended in the middle: after the request that is what a censor behind the proxy looks like. */
function broken(error: Error & { code?: string; syscall?: string }): DialError {
  const reset = error.code === 'ECONNRESET' && error.syscall !== undefined
  if (reset || error.code === 'EPIPE')
    return new DialError('target', 'connection_reset', 'The proxy reset the connection.', { cause: error })
  if (error.code === 'ECONNRESET')
    return new DialError('target', 'eof_error', 'The proxy closed the connection.', { cause: error })
  return new DialError('vantage', 'http_request_failed', 'The proxy did not answer in HTTP.', {
    cause: error,
  })
}

/**
 * What a refusal means. 5xx of proxies that tried is about the target; everything else (407 first of all) is about us.
 *
 * Squid, nginx, HAProxy, Envoy, mitmproxy and tinyproxy say 500, 502 or 503 when the target refuses, cannot be routed to or
 * has no such name, and 504 when it stays silent. Where a header tells which, that is used; otherwise `connection_refused`,
 * the commonest reason for an answer that comes at once.
 */
function refused(status: number, headers: http.IncomingHttpHeaders): DialError {
  const message = `The proxy answered ${status}.`
  if (status === 504) return new DialError('target', 'generic_timeout_error', message)
  if (status === 500 || status === 502 || status === 503) {
    return new DialError('target', reasonIn(headers) ?? 'connection_refused', message)
  }
  return new DialError(
    'vantage',
    status === 407 || status === 401 || status === 403 ? 'permission_denied' : 'http_request_failed',
    message,
  )
}

function reasonIn(headers: http.IncomingHttpHeaders): Failure | null {
  const proxyStatus = /\berror="?([a-z_]+)/.exec(String(headers['proxy-status'] ?? ''))?.[1]
  const squid = /^[A-Z_]+ (\d+)/.exec(String(headers['x-squid-error'] ?? ''))?.[1]
  return PROXY_STATUS.get(proxyStatus ?? '') ?? LINUX_ERRNO[squid ?? ''] ?? null
}

/** RFC 9209 section 2.3. A map: the proxy may say any word, and `constructor` is one. */
const PROXY_STATUS: ReadonlyMap<string, Failure> = new Map([
  ['connection_refused', 'connection_refused'],
  ['connection_terminated', 'connection_reset'],
  ['connection_timeout', 'generic_timeout_error'],
  ['destination_ip_unroutable', 'network_unreachable'],
  ['destination_unavailable', 'host_unreachable'],
  ['dns_error', 'dns_server_misbehaving'],
  ['dns_timeout', 'generic_timeout_error'],
])

/** Squid adds the errno of its own connect, as Linux numbers it. */
const LINUX_ERRNO: Readonly<Record<string, Failure>> = {
  101: 'network_unreachable',
  104: 'connection_reset',
  110: 'timed_out',
  111: 'connection_refused',
  113: 'host_unreachable',
}
