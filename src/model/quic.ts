/** How HTTP/3 stands beside what was reached over TCP. Its own layer: it never makes a service blocked or unreachable. */
import type { Failure } from './failure.ts'

export const QUIC_STANDINGS = ['ok', 'drop', 'sni', 'insufficient', 'not_offered'] as const
/**
 * `drop`: QUIC to the address is not answered, whatever the name. `sni`: only the service's name is not. `insufficient`: cannot be
 * said. `not_offered`: the site does not say that it speaks HTTP/3, by Alt-Svc or in DNS.
 */
export type QuicStanding = (typeof QUIC_STANDINGS)[number]

/** What one measurement, or all of them so far, say of QUIC. */
export interface QuicVerdict {
  readonly standing: QuicStanding
  /** one sentence for people */
  readonly because: string
}

/** The server was heard, whatever it said: the handshake was completed, or failed over TLS or over the version. */
export function isQuicAnswer(failure: Failure | null): boolean {
  return failure === null || failure.startsWith('ssl_') || failure === 'quic_incompatible_version'
}
