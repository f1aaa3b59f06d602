/** TCP and TLS: the connection fails here, while the control gets the page. */
import type { Failure } from '../../model/failure.ts'
import type { Evidence } from '../evidence.ts'
import type { Rule } from '../rule.ts'
import { WEIGHTS } from '../weights.ts'

const HERE_ONLY = { outcome: 'anomaly', reached: 'no', silent: false } as const

const RESETS = ['connection_reset', 'connection_aborted', 'network_reset'] as const
const CLOSES = ['eof_error', 'connection_already_closed'] as const
const SILENCES = ['generic_timeout_error', 'timed_out'] as const

export const TCP_RULES: readonly Rule[] = [
  {
    ...HERE_ONLY,
    id: 'tcp_reset_not_in_control',
    when: (e) => failsAt(e, 'tcp', [...RESETS, ...CLOSES]),
    mechanism: 'tcp.reset',
    weight: WEIGHTS.tcpReset,
    because: 'Connections are cut here as soon as they are opened, while the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'tcp_refused_not_in_control',
    when: (e) => failsAt(e, 'tcp', ['connection_refused']),
    mechanism: 'tcp.refused',
    weight: WEIGHTS.tcpRefused,
    because: 'Connections are refused here, while the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'tcp_unreachable_not_in_control',
    when: (e) => failsAt(e, 'tcp', ['network_unreachable', 'host_unreachable']),
    mechanism: 'tcp.unreachable',
    weight: WEIGHTS.tcpUnreachable,
    because: 'There is no route to the address from here, while the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'tcp_timeout_not_in_control',
    when: (e) => failsAt(e, 'tcp', SILENCES),
    mechanism: 'tcp.timeout',
    weight: WEIGHTS.silence,
    silent: true,
    because: 'Nothing answers when we connect from here, while the control gets the page.',
  },
  {
    id: 'tcp_failed_otherwise',
    when: (e) => e.fault?.layer === 'tcp',
    outcome: 'insufficient',
    reached: 'unknown',
    mechanism: null,
    weight: WEIGHTS.none,
    silent: false,
    because: 'The connection failed here for a reason that points to the vantage point itself.',
  },
]

export const TLS_RULES: readonly Rule[] = [
  {
    ...HERE_ONLY,
    id: 'tls_other_name_not_in_control',
    when: (e) => e.certificate?.problem === 'ssl_invalid_hostname',
    mechanism: 'tls.mitm',
    weight: WEIGHTS.otherName,
    because: 'The certificate shown here is for another name, while the control gets the page.',
  },
  {
    ...HERE_ONLY,
    id: 'tls_reset_not_in_control',
    when: (e) => failsAt(e, 'tls', RESETS),
    mechanism: 'tls.sni-reset',
    weight: WEIGHTS.cutAfterHello,
    because:
      'The connection is reset here as soon as the name is sent, while the control completes the handshake.',
  },
  {
    ...HERE_ONLY,
    id: 'tls_eof_not_in_control',
    when: (e) => failsAt(e, 'tls', CLOSES),
    mechanism: 'tls.sni-eof',
    weight: WEIGHTS.cutAfterHello,
    because:
      'The connection is closed here as soon as the name is sent, while the control completes the handshake.',
  },
  {
    ...HERE_ONLY,
    id: 'tls_timeout_not_in_control',
    when: (e) => failsAt(e, 'tls', SILENCES),
    mechanism: 'tls.sni-timeout',
    weight: WEIGHTS.silenceAfterHello,
    silent: true,
    because:
      'The connection opens here and goes silent once the name is sent, while the control completes the handshake.',
  },
  {
    ...HERE_ONLY,
    id: 'tls_alert_not_in_control_there',
    when: (e) => e.refusal === 'alert' && e.controlShakesHandsThere,
    mechanism: 'tls.alert',
    weight: WEIGHTS.refusedAfterHello,
    because:
      'The name is refused here by a TLS alert, while the control completes the handshake at the same address.',
  },
  {
    ...HERE_ONLY,
    id: 'tls_alert_not_in_control',
    when: (e) => e.refusal === 'alert',
    mechanism: 'tls.alert',
    weight: WEIGHTS.tlsTrouble,
    because: 'The name is refused here by a TLS alert, while the control gets the page from another address.',
  },
  {
    ...HERE_ONLY,
    id: 'tls_not_tls_not_in_control_there',
    when: (e) => e.refusal === 'not-tls' && e.controlShakesHandsThere,
    mechanism: 'tls.not-tls',
    weight: WEIGHTS.refusedAfterHello,
    because:
      'What comes back here in place of the handshake is not TLS, while the control completes it at the same address.',
  },
  {
    ...HERE_ONLY,
    id: 'tls_not_tls_not_in_control',
    when: (e) => e.refusal === 'not-tls',
    mechanism: 'tls.not-tls',
    weight: WEIGHTS.tlsTrouble,
    because:
      'What comes back here in place of the handshake is not TLS, while the control gets the page from another address.',
  },
  {
    ...HERE_ONLY,
    id: 'tls_failed_not_in_control',
    when: (e) => e.fault?.layer === 'tls',
    mechanism: 'tls.failed',
    weight: WEIGHTS.tlsTrouble,
    because: 'The TLS handshake fails here, while the control gets the page.',
  },
]

function failsAt(e: Evidence, layer: 'tcp' | 'tls', failures: readonly Failure[]): boolean {
  const failure = e.fault?.layer === layer ? e.fault.failure : null
  return failure !== null && failures.includes(failure)
}
