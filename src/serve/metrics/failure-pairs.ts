/** failure-pairs: which failures each layer can have, so that their series exist at 0; any other shows once it was seen. */
import type { KnownFailure } from '../../model/failure.ts'
import type { Layer } from '../../model/measurement.ts'

/** Whatever travels over the network can meet these. */
const ON_THE_WAY = [
  'connection_refused',
  'connection_reset',
  'generic_timeout_error',
  'host_unreachable',
  'network_unreachable',
  'unknown_failure',
] as const

const ENDED_EARLY = ['connection_reset', 'eof_error', 'generic_timeout_error', 'unknown_failure'] as const

const TLS = [
  'ssl_failed_handshake',
  'ssl_invalid_certificate',
  'ssl_invalid_hostname',
  'ssl_unknown_authority',
] as const

const BY_LAYER: Readonly<Record<Layer, readonly (KnownFailure | 'unknown_failure')[]>> = {
  dns: [
    ...ON_THE_WAY,
    'dns_bogon_error',
    'dns_no_answer',
    'dns_non_recoverable_failure',
    'dns_nxdomain_error',
    'dns_refused_error',
    'dns_server_misbehaving',
    'dns_servfail_error',
    'dns_temporary_failure',
  ],
  tcp: [...ON_THE_WAY, 'timed_out'],
  tls: [...ENDED_EARLY, ...TLS],
  http: [...ENDED_EARLY, 'http_invalid_redirect_location_host', 'http_request_failed'],
  quic: [...ON_THE_WAY, ...TLS, 'quic_incompatible_version'],
}

export const FAILURE_PAIRS = Object.entries(BY_LAYER).flatMap(([layer, failures]) =>
  failures.map((failure) => ({ layer, failure })),
)
