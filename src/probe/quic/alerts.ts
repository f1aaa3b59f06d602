/** Why a server ended a QUIC handshake, in OONI's words. */
import type { Failure } from '../../model/failure.ts'

const CONNECTION_REFUSED = 0x2
/** A TLS alert is this and its number. @see RFC 9001 4.8 */
const CRYPTO_ERROR = 0x100
const ALERTS: Readonly<Record<number, Failure>> = {
  42: 'ssl_invalid_certificate',
  43: 'ssl_invalid_certificate',
  44: 'ssl_invalid_certificate',
  45: 'ssl_invalid_certificate',
  46: 'ssl_invalid_certificate',
  48: 'ssl_unknown_authority',
  112: 'ssl_invalid_hostname',
}

/** @param close what its CONNECTION_CLOSE said @see OONI df-007-errors */
export function failureFor({ isApp, code }: { readonly isApp: boolean; readonly code: number }): Failure {
  if (!isApp && code === CONNECTION_REFUSED) return 'connection_refused'
  const alert = code - CRYPTO_ERROR
  if (isApp || alert < 0 || alert > 255) return `unknown_failure: QUIC error ${code}`
  return ALERTS[alert] ?? 'ssl_failed_handshake'
}
