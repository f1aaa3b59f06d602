/** The first leg through any proxy: TCP to the proxy itself. When that fails, the vantage has no way out. */
import type net from 'node:net'
import type { Failure } from '../model/failure.ts'
import { DialError } from './dial-error.ts'
import { asError, openSocket } from './open-socket.ts'

/** Errors of this machine, which say nothing about the proxy. */
const OURS = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])

const FAILURES: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EHOSTUNREACH: 'host_unreachable',
  ENETUNREACH: 'network_unreachable',
  ENOTFOUND: 'dns_nxdomain_error',
  ETIMEDOUT: 'timed_out',
}

/**
 * Opens TCP to the proxy.
 *
 * @throws DialError of side `vantage`, or Node's error when this machine ran out of something
 */
export async function reachProxy(
  proxy: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<net.Socket> {
  try {
    return await openSocket(proxy.host, proxy.port, signal)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (OURS.has(code)) throw asError(error)
    const failure = signal.aborted ? 'generic_timeout_error' : (FAILURES[code] ?? 'network_unreachable')
    throw new DialError('vantage', failure, 'The proxy could not be reached.', { cause: error })
  }
}
