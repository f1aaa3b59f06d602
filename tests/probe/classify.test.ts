import { expect, test } from 'vitest'
import { DialError } from '../../src/vantage/dial-error.ts'
import { classify, classifyVerification } from '../../src/probe/classify.ts'
import { Interrupted, TimeUp } from '../../src/probe/deadline.ts'

const systemError = (code: string, syscall?: string) =>
  Object.assign(new Error(code), { code, ...(syscall ? { syscall } : {}) })

test.each([
  ['ECONNREFUSED', 'connection_refused'],
  ['ECONNABORTED', 'connection_aborted'],
  ['EHOSTUNREACH', 'host_unreachable'],
  ['ENETUNREACH', 'network_unreachable'],
  ['ENETDOWN', 'network_down'],
  ['ENETRESET', 'network_reset'],
  ['EACCES', 'permission_denied'],
  ['EAFNOSUPPORT', 'address_family_not_supported'],
  ['EPROTOTYPE', 'wrong_protocol_type'],
  ['ENOTCONN', 'connection_already_closed'],
  ['ETIMEDOUT', 'timed_out'],
  ['EPIPE', 'connection_reset'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'ssl_failed_handshake'],
  ['ERR_HTTP2_STREAM_ERROR', 'http_request_failed'],
] as const)('%s -> %s, the network is to blame', (code, failure) => {
  expect(classify(systemError(code, 'connect'))).toEqual({ failure, unfit: null, detail: null })
})

test('ECONNRESET from a system call -> a reset; from Node about a FIN -> eof_error', () => {
  expect(classify(systemError('ECONNRESET', 'read')).failure).toBe('connection_reset')
  expect(classify(systemError('ECONNRESET')).failure).toBe('eof_error')
})

test.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])(
  '%s -> our_error, with detail',
  (code) => {
    expect(classify(systemError(code, 'connect'))).toMatchObject({
      unfit: 'our_error',
      detail: `Error: ${code}`,
    })
  },
)

test('no IPv6 source address -> network_unreachable, as a vantage without IPv6 is no fault of this machine', () => {
  const error = Object.assign(systemError('EADDRNOTAVAIL', 'connect'), { address: '2001:db8::1' })
  expect(classify(error)).toEqual({ failure: 'network_unreachable', unfit: null, detail: null })
})

test.each([
  { name: 'a bug', error: new TypeError('x is not a function') },
  { name: 'a thrown string', error: 'oops' },
])('$name -> our_error', ({ error }) => {
  expect(classify(error)).toMatchObject({ unfit: 'our_error' })
})

test('our own ends -> a timeout is data, an interruption is not', () => {
  expect(classify(new TimeUp())).toEqual({ failure: 'generic_timeout_error', unfit: null, detail: null })
  expect(classify(new Interrupted())).toMatchObject({ failure: 'interrupted', unfit: 'interrupted' })
})

test('a way out that failed -> unfit; what it says of the target -> data', () => {
  expect(classify(new DialError('vantage', 'connection_refused', 'Gone.'))).toEqual({
    failure: 'connection_refused',
    unfit: 'vantage_unreachable',
    detail: 'Gone. (connection_refused)',
  })
  expect(classify(new DialError('target', 'host_unreachable', 'No.'))).toEqual({
    failure: 'host_unreachable',
    unfit: null,
    detail: null,
  })
})

test.each([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'ssl_invalid_hostname'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'ssl_unknown_authority'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ssl_unknown_authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ssl_unknown_authority'],
  ['CERT_HAS_EXPIRED', 'ssl_invalid_certificate'],
  ['CERT_NOT_YET_VALID', 'ssl_invalid_certificate'],
  ['CERT_SIGNATURE_FAILURE', 'ssl_invalid_certificate'],
] as const)('verification: %s -> %s', (code, failure) => {
  expect(classifyVerification(code)).toBe(failure)
})

test('an error no word fits -> its text, scrubbed', () => {
  expect(classify(Object.assign(new Error('odd thing at 198.51.100.7'), { code: 'EODD' }))).toEqual({
    failure: 'unknown_failure: odd thing at [scrubbed]',
    unfit: null,
    detail: null,
  })
})
