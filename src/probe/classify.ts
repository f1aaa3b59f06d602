/**
 * Errors into words: an OONI df-007 string for what the network did, and whether the error is ours instead.
 *
 * Codes are compared, never messages. What no word fits becomes `unknown_failure`, scrubbed of addresses.
 *
 * @see OONI df-007-errors
 */
import net from 'node:net'
import type { Failure } from '../model/failure.ts'
import type { Unfit } from '../model/measurement.ts'
import { DialError } from '../vantage/dial-error.ts'
import { scrub } from '../net/scrub.ts'
import { ProtocolError } from './protocol-error.ts'

/** What went wrong in a step. `unfit` is set when the network is not to blame. */
export interface Classified {
  readonly failure: Failure
  readonly unfit: Exclude<Unfit, 'late_thread'> | null
  /** for the log, when unfit */
  readonly detail: string | null
}

/** Reads an error of any step. */
export function classify(error: unknown): Classified {
  if (error instanceof DialError) {
    return error.side === 'target'
      ? fault(error.failure)
      : {
          failure: error.failure,
          unfit: 'vantage_unreachable',
          detail: `${error.message} (${error.failure})`,
        }
  }
  if (error instanceof ProtocolError) return fault(error.failure)
  const code = codeOf(error)
  if (code === 'DIDBON_INTERRUPTED') return { failure: 'interrupted', unfit: 'interrupted', detail: null }
  // Without IPv6 there is no source address for it either; only for IPv4 does this mean that our ports are used up.
  if (code === 'EADDRNOTAVAIL' && isIpv6(error)) return fault('network_unreachable')
  if (code === '' || OURS.has(code) || code.startsWith('ERR_INVALID_ARG') || code === 'ERR_OUT_OF_RANGE') {
    return { failure: unknown(error), unfit: 'our_error', detail: scrub(describe(error)) }
  }
  const known = BY_CODE[code]
  if (known !== undefined) return fault(code === 'ECONNRESET' && wasClosed(error) ? 'eof_error' : known)
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return fault('ssl_failed_handshake')
  if (code.startsWith('ERR_HTTP2_')) return fault('http_request_failed')
  return fault(unknown(error))
}

/** Why a certificate was not accepted. @param code of OpenSSL's verification, or Node's for the name */
export function classifyVerification(code: string): Failure {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'ssl_invalid_hostname'
  return UNKNOWN_AUTHORITY.has(code) ? 'ssl_unknown_authority' : 'ssl_invalid_certificate'
}

/** This machine ran out of something: nothing was learned. */
const OURS = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'UND_ERR_INVALID_ARG'])

const BY_CODE: Readonly<Record<string, Failure>> = {
  DIDBON_TIME_UP: 'generic_timeout_error',
  DIDBON_EOF: 'eof_error',
  EACCES: 'permission_denied',
  EPERM: 'permission_denied',
  EAFNOSUPPORT: 'address_family_not_supported',
  ECONNABORTED: 'connection_aborted',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EPIPE: 'connection_reset',
  EHOSTDOWN: 'host_unreachable',
  EHOSTUNREACH: 'host_unreachable',
  ENETDOWN: 'network_down',
  ENETRESET: 'network_reset',
  ENETUNREACH: 'network_unreachable',
  ENOTCONN: 'connection_already_closed',
  EPROTOTYPE: 'wrong_protocol_type',
  ETIMEDOUT: 'timed_out',
  EPROTO: 'ssl_failed_handshake',
  // TLS alert 112: the server has no such name
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'ssl_invalid_hostname',
  ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME: 'ssl_invalid_hostname',
  ERR_STREAM_PREMATURE_CLOSE: 'eof_error',
  UND_ERR_SOCKET: 'eof_error',
  UND_ERR_HEADERS_TIMEOUT: 'generic_timeout_error',
  UND_ERR_BODY_TIMEOUT: 'generic_timeout_error',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'eof_error',
  UND_ERR_INFO: 'eof_error',
}

const UNKNOWN_AUTHORITY = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'INVALID_CA',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function fault(failure: Failure): Classified {
  return { failure, unfit: null, detail: null }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Node calls a FIN during the TLS handshake ECONNRESET too; only a real reset comes from a system call. */
function wasClosed(error: unknown): boolean {
  return error instanceof Error && !('syscall' in error && typeof error.syscall === 'string')
}

function isIpv6(error: unknown): boolean {
  return error instanceof Error && 'address' in error && net.isIPv6(String(error.address))
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

function unknown(error: unknown): Failure {
  return `unknown_failure: ${scrub(error instanceof Error ? error.message : String(error)).slice(0, 200)}`
}
