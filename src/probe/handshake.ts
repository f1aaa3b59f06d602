/** The TLS handshake itself, shared by the ladder's step and by DNS over HTTPS. Verification is told, not enforced. */
import type { X509Certificate } from 'node:crypto'
import net from 'node:net'
import tls from 'node:tls'
import { withoutDot } from '../net/host-name.ts'
import { discard } from '../vantage/open-socket.ts'
import { leafOf } from './certificate.ts'

export interface Shaken {
  readonly socket: tls.TLSSocket
  /** what was presented; `null` when nothing was */
  readonly leaf: X509Certificate | null
  /** why the chain or the name does not check out: OpenSSL's code, or Node's for the name; `null` when they do */
  readonly verification: string | null
}

const ALPN = ['h2', 'http/1.1']
const NOT_READ = {} as tls.DetailedPeerCertificate

/** Contexts by what they trust besides the bundled roots: reading the bundle takes some ms, so never once per probe. */
const contexts = new Map<string, tls.SecureContext>()

/**
 * The roots to verify against.
 *
 * @param extraCa PEM, besides the bundled ones
 * @param groups key exchanges to offer, in place of Node's own choice
 */
export function rootsWith(extraCa: readonly string[], groups?: string): tls.SecureContext {
  const key = [groups ?? '', ...extraCa].join('\n')
  const known = contexts.get(key)
  if (known !== undefined) return known
  const ca = [...tls.rootCertificates, ...extraCa]
  const made = tls.createSecureContext(groups === undefined ? { ca } : { ca, ecdhCurve: groups })
  contexts.set(key, made)
  return made
}

/** The name to send in SNI: none for a literal address (RFC 6066 section 3), and without the root's dot. */
export function serverNameOf(host: string): string {
  return net.isIP(host) === 0 ? withoutDot(host) : ''
}

/**
 * Shakes hands over an open socket, with SNI and ALPN as a browser would, and never resumes a session.
 *
 * @param tcp owned from here on: destroyed when this rejects or the signal ends it
 * @param host to be verified: a name or a literal address
 * @param alpn protocols offered
 */
export function shakeHands(
  tcp: net.Socket,
  host: string,
  roots: tls.SecureContext,
  signal: AbortSignal,
  alpn: readonly string[] = ALPN,
): Promise<Shaken> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      discard(tcp)
      reject(signal.reason as Error)
      return
    }
    const servername = serverNameOf(host)
    const socket = tls.connect({
      socket: tcp,
      host: withoutDot(host),
      ...(servername === '' ? {} : { servername }),
      ALPNProtocols: [...alpn],
      secureContext: roots,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    })
    // Node reads the whole chain, the root's too, into objects before it checks the name: a sixth of a probe's work. The
    // name is checked below instead, by OpenSSL.
    socket.getPeerCertificate = () => NOT_READ
    const settle = () => {
      signal.removeEventListener('abort', onAbort)
      socket.off('secureConnect', onSecure)
      socket.off('error', onError)
    }
    const onSecure = () => {
      settle()
      const leaf = leafOf(socket)
      resolve({ socket, leaf, verification: verify(socket, leaf, withoutDot(host)) })
    }
    const onError = (error: Error) => {
      settle()
      discard(socket)
      discard(tcp)
      reject(error)
    }
    const onAbort = () => onError(signal.reason as Error)
    socket.once('secureConnect', onSecure)
    socket.once('error', onError)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** OpenSSL's word on the chain, then the name; a common name counts only where there are no other names. */
export function verify(socket: tls.TLSSocket, leaf: X509Certificate | null, host: string): string | null {
  const why: unknown = socket.authorizationError
  if (!socket.authorized) return why instanceof Error ? why.message : String(why)
  const isForHost = (net.isIP(host) === 0 ? leaf?.checkHost(host) : leaf?.checkIP(host)) !== undefined
  return isForHost ? null : 'ERR_TLS_CERT_ALTNAME_INVALID'
}
