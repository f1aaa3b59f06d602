import { expect, test } from 'vitest'
import { FAILURES, isSilence, OTHERS_FAILURES } from '../../src/model/failure.ts'
import { isQuicAnswer } from '../../src/model/quic.ts'
import { CAUSES } from '../../src/model/outage.ts'
import { MECHANISMS } from '../../src/model/verdict.ts'

test.each([
  { name: 'failures', words: [...FAILURES, ...OTHERS_FAILURES] },
  { name: 'mechanisms', words: MECHANISMS },
  { name: 'causes', words: CAUSES },
])('closed list of $name -> every word once, fit for a label', ({ words }) => {
  expect(new Set(words).size).toBe(words.length)
  expect(words.filter((word) => !/^[a-z0-9]+([._-][a-z0-9]+)*$/.test(word))).toEqual([])
})

test('silence -> the two words for time that ran out, and nothing that came back', () => {
  const silent = [...FAILURES, ...OTHERS_FAILURES].filter(isSilence)
  expect(silent).toEqual(['generic_timeout_error', 'timed_out'])
  expect([isSilence(null), isSilence('unknown_failure: timed_out')]).toEqual([false, false])
})

test('an answer over QUIC -> a handshake, a bad certificate or another version; never silence or a closed port', () => {
  const answers = FAILURES.filter(isQuicAnswer)
  expect(answers).toEqual([
    'quic_incompatible_version',
    'ssl_failed_handshake',
    'ssl_invalid_certificate',
    'ssl_invalid_hostname',
    'ssl_unknown_authority',
  ])
  expect([isQuicAnswer(null), isQuicAnswer('unknown_failure: ssl_')]).toEqual([true, false])
})
