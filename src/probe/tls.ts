/** The third rung: the TLS handshake over a socket that is open. What does not verify is recorded, and climbed on from. */
import type net from 'node:net'
import type tls from 'node:tls'
import type { TlsObservation } from '../model/measurement.ts'
import type { Target } from './addresses.ts'
import { certificateOf, chainOf } from './certificate.ts'
import { classifyVerification } from './classify.ts'
import { startDeadline } from './deadline.ts'
import { serverNameOf, shakeHands } from './handshake.ts'
import { failed, type Run } from './run.ts'
import { since } from './tcp.ts'

/**
 * Shakes hands for a host name over one connection.
 *
 * @param tcp owned from here on
 * @returns what was seen, and the secure socket or `null`. With a socket, `failure` can still say `ssl_*`: not verified.
 * @see OONI df-006-tlshandshake
 */
export async function secure(
  run: Run,
  tcp: net.Socket,
  host: string,
  at: Target & { readonly port: number; readonly depth: number },
): Promise<{ seen: TlsObservation; socket: tls.TLSSocket | null }> {
  const startedMs = run.watch()
  using deadline = startDeadline(run.signal, run.settings.tlsTimeoutMs)
  const about = {
    layer: 'tls',
    depth: at.depth,
    address: at.address,
    port: at.port,
    source: at.source,
    serverName: serverNameOf(host),
    startedMs,
  } as const
  try {
    const { socket, leaf, verification } = await shakeHands(tcp, host, run.roots, deadline.signal)
    const seen: TlsObservation = {
      ...about,
      durationMs: since(run, startedMs),
      failure: verification === null ? null : classifyVerification(verification),
      alpn: socket.alpnProtocol || null,
      version: socket.getProtocol(),
      cipher: socket.getCipher().standardName,
      verified: verification === null,
      certificate: leaf === null ? null : certificateOf(leaf),
      chain: verification === null ? [] : chainOf(socket),
    }
    return { seen, socket }
  } catch (error) {
    const nothing = { alpn: null, version: null, cipher: null, verified: null, certificate: null, chain: [] }
    return {
      seen: {
        ...about,
        durationMs: since(run, startedMs),
        failure: failed(run, error),
        ...nothing,
        ...refusalIn(error),
      },
      socket: null,
    }
  }
}

/** What came in place of a handshake. OpenSSL has one code for each alert it knows; the number stands in its text alone. */
function refusalIn(error: unknown): Pick<TlsObservation, 'refused'> {
  if (!(error instanceof Error) || !('code' in error)) return {}
  if (error.code === 'ERR_SSL_WRONG_VERSION_NUMBER') return { refused: 'not-tls' }
  const [, alert] = /SSL alert number (\d+)/.exec(error.message) ?? []
  return alert === undefined ? {} : { refused: Number(alert) }
}
