/**
 * connections: single entries of `tcp_connect`, `tls_handshakes` and `requests` as our observations.
 *
 * @see OONI df-005-tcpconnect, df-006-tlshandshake, df-001-httpt
 */
import type { HttpObservation, TcpObservation, TlsObservation } from '../model/measurement.ts'
import { certificateOf, certificateSaid, chainOf } from './certificate.ts'
import { connectFailureOf, failureOf } from './failure.ts'
import { type Json, numberOf, objectOf, textOf } from './json.ts'
import { bodyOf, headersOf, titleOf } from './page.ts'
import { timesOf } from './step.ts'

/** Where a step went, which its neighbours of the same connection share. */
export type At = Pick<TcpObservation, 'depth' | 'address' | 'port' | 'source'>

/** As much of a page that could be a block page as is kept. */
const HEAD_CHARS = 65_536

export function tcpOf(entry: Json, at: At): TcpObservation {
  return { layer: 'tcp', ...at, ...timesOf(entry), failure: connectFailureOf(objectOf(entry['status'])) }
}

export function tlsOf(entry: Json, at: At): TlsObservation {
  const failure = failureOf(entry['failure'])
  const badCertificate = failure !== null && failure.startsWith('ssl_') && failure !== 'ssl_failed_handshake'
  const chain = failure === null ? [] : chainOf(entry)
  return {
    layer: 'tls',
    ...at,
    ...timesOf(entry),
    failure,
    serverName: textOf(entry['server_name']) ?? '',
    alpn: textOf(entry['negotiated_protocol']),
    version: textOf(entry['tls_version']),
    cipher: textOf(entry['cipher_suite']),
    verified: failure === null ? entry['no_tls_verify'] !== true : badCertificate ? false : null,
    certificate:
      certificateSaid(entry['x_certificate']) ?? (chain.length === 0 ? null : certificateOf(chain[0]!)),
    chain,
  }
}

/** @param trusted the bytes came over TLS that checked out */
export function httpOf(entry: Json, at: At, trusted: boolean): HttpObservation {
  const request = objectOf(entry['request'])
  const response = objectOf(entry['response'])
  const failure = failureOf(entry['failure'])
  const body = bodyOf(response['body'])
  const code = numberOf(response['code'])
  const alpn = textOf(entry['alpn'])
  return {
    layer: 'http',
    ...at,
    ...timesOf(entry),
    failure,
    url: textOf(request['url']) ?? '',
    protocol: alpn === 'h2' || alpn === 'http/1.1' ? alpn : null,
    trusted: trusted && failure === null,
    status: code !== null && code > 0 ? code : null,
    headers: headersOf(response),
    // Our own exports leave the body out, and say what it was.
    bodyBytes: numberOf(response['x_body_bytes']) ?? body.bytes,
    bodyTruncated: (response['x_body_is_truncated'] ?? response['body_is_truncated']) === true,
    bodySha256: textOf(response['x_body_sha256']),
    title: 'x_title' in response ? textOf(response['x_title']) : titleOf(body.text),
    bodyHead: trusted && failure === null ? null : body.text.slice(0, HEAD_CHARS),
  }
}
