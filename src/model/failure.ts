/**
 * The words for what failed on the network: OONI's df-007 strings.
 *
 * `null` means the step succeeded. What no word fits is `unknown_failure: <text>`, with addresses scrubbed.
 */

/** Every failure string didbon itself produces; a label list for metrics. @see OONI df-007-errors */
export const FAILURES = [
  'address_family_not_supported',
  'connection_aborted',
  'connection_already_closed',
  'connection_refused',
  'connection_reset',
  'dns_bogon_error',
  'dns_no_answer',
  'dns_non_recoverable_failure',
  'dns_nxdomain_error',
  'dns_refused_error',
  'dns_reply_with_wrong_query_id',
  'dns_server_misbehaving',
  'dns_servfail_error',
  'dns_temporary_failure',
  'eof_error',
  'generic_timeout_error',
  'host_unreachable',
  'http_invalid_redirect_location_host',
  'http_request_failed',
  'interrupted',
  'network_down',
  'network_reset',
  'network_unreachable',
  'permission_denied',
  'quic_incompatible_version',
  'ssl_failed_handshake',
  'ssl_invalid_certificate',
  'ssl_invalid_hostname',
  'ssl_unknown_authority',
  'timed_out',
  'wrong_protocol_type',
] as const

/** More of the same words, which only measurements made by others bring. */
export const OTHERS_FAILURES = [
  'address_in_use',
  'address_not_available',
  'already_connected',
  'android_dns_cache_no_data',
  'bad_address',
  'bad_file_descriptor',
  'connection_already_in_progress',
  'destination_address_required',
  'http_unexpected_redirect_url',
  'http_unexpected_status_code',
  'invalid_argument',
  'json_parse_error',
  'message_size',
  'no_buffer_space',
  'no_protocol_option',
  'not_a_socket',
  'not_connected',
  'operation_would_block',
  'protocol_not_supported',
] as const

export type KnownFailure = (typeof FAILURES)[number]

/** What failed, or `null` when nothing did. */
export type Failure = KnownFailure | (typeof OTHERS_FAILURES)[number] | `unknown_failure: ${string}`

/** Nothing came back within the time allowed: the peer may be gone, or the packets were dropped on the way. */
export function isSilence(failure: Failure | null): boolean {
  return failure === 'generic_timeout_error' || failure === 'timed_out'
}
