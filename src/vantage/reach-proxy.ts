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
  ENODATA: 'dns_no_answer',
  ENOTFOUND: 'dns_nxdomain_error',
  EREFUSED: 'dns_refused_error',
  ESERVFAIL: 'dns_servfail_error',
  ETIMEOUT: 'generic_timeout_error',
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
    if (isOurs(error)) throw asError(error)
    const code = codeOf(error)
    const failure = signal.aborted ? 'generic_timeout_error' : (FAILURES[code] ?? 'network_unreachable')
    throw new DialError('vantage', failure, 'The proxy could not be reached.', { cause: error })
  }
}

/** This machine ran out of something: neither the proxy nor the target is to blame. */
export function isOurs(error: unknown): boolean {
  return OURS.has(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
