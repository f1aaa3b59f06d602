import { expect, test } from 'vitest'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import { createHarness, fine, SECOND, story, T0, TRUSTED } from './builders.ts'

const OVER_IPV6 = { ...fine, rule: 'reached_over_ipv6_alone', mechanism: 'dns.loopback' } as const
const OVER_IPV4 = { ...fine, rule: 'reached_over_ipv4_alone', mechanism: 'tcp.reset' } as const

function after(...verdicts: (typeof OVER_IPV6 | typeof OVER_IPV4 | typeof fine)[]) {
  const harness = createHarness()
  verdicts.forEach((verdict, n) => harness.measure(verdict, T0 + n * 30 * SECOND))
  const now = T0 + verdicts.length * 30 * SECOND
  const status = statusOf(harness.detector, now, TRUSTED, DEFAULTS).find(
    ({ service }) => service === 'facebook',
  )!
  return { harness, status }
}

test('IPv4 fails again and again, IPv6 does not -> ok, partial, and it says what is blocked', () => {
  const { harness, status } = after(fine, OVER_IPV6, OVER_IPV6, OVER_IPV6, OVER_IPV6)
  expect(status).toMatchObject({
    state: 'ok',
    partial: true,
    blockedOver: { family: 'ipv4', mechanism: 'dns.loopback' },
    because: 'Every primary endpoint can be reached. It can be reached over IPv6; IPv4 is blocked.',
  })
  expect(story(harness.changes)).toEqual([])
})

test('the other way round -> IPv6', () => {
  const { status } = after(OVER_IPV4, OVER_IPV4, OVER_IPV4, OVER_IPV4)
  expect(status).toMatchObject({ state: 'ok', blockedOver: { family: 'ipv6', mechanism: 'tcp.reset' } })
})

test.each([
  ['once', [fine, OVER_IPV6, fine]],
  ['by turns, as where packets are lost', [OVER_IPV6, fine, OVER_IPV6, fine, OVER_IPV6, fine, OVER_IPV6]],
  ['now one, now the other', [OVER_IPV6, OVER_IPV4, OVER_IPV6, OVER_IPV4]],
])('%s -> nothing', (_, verdicts) => {
  expect(after(...verdicts).status).toMatchObject({ partial: false, blockedOver: null })
})

test('lifted -> gone after as many that are fine', () => {
  const blocked = Array.from({ length: 6 }, () => OVER_IPV6)
  expect(after(...blocked, fine, fine).status.blockedOver).not.toBeNull()
  expect(after(...blocked, fine, fine, fine, fine).status).toMatchObject({
    partial: false,
    blockedOver: null,
  })
})
