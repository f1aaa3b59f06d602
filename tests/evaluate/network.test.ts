import { expect, test } from 'vitest'
import { openNetwork, type Outcome } from '../../src/evaluate/network.ts'
import { seeded } from '../../src/evaluate/random.ts'
import { HOUR, type Spell } from '../../src/evaluate/world.ts'

const block = (mechanism: Extract<Spell, { kind: 'block' }>['mechanism']): Spell => {
  return { kind: 'block', service: 'facebook', mechanism, together: false, from: 0, to: HOUR }
}
function look(spell: Spell, { service = 'facebook', at = 1000, http = false } = {}): Outcome {
  return openNetwork(0, seeded(1))(service, at, http, [spell])
}

test.each([
  { mechanism: 'dns.nxdomain', http: false, seen: 'dns.nxdomain', least: 0, most: 1000 },
  { mechanism: 'dns.timeout', http: false, seen: 'dns.timeout', least: 4000, most: 4000 },
  { mechanism: 'tcp.reset', http: false, seen: 'tcp.reset', least: 0, most: 1000 },
  { mechanism: 'tcp.timeout', http: false, seen: 'tcp.timeout', least: 10_000, most: 11_000 },
  { mechanism: 'tls.sni-reset', http: false, seen: 'tls.sni-reset', least: 0, most: 1000 },
  { mechanism: 'tls.sni-timeout', http: false, seen: 'tls.sni-timeout', least: 10_000, most: 11_000 },
  { mechanism: 'http.blockpage', http: false, seen: null, least: 0, most: 1000 },
  { mechanism: 'http.blockpage', http: true, seen: 'http.blockpage', least: 0, most: 1000 },
] as const)('$mechanism, http $http -> $seen', ({ mechanism, http, seen, least, most }) => {
  const outcome = look(block(mechanism), { http })
  expect(outcome.seen).toBe(seen)
  expect(outcome.durationMs).toBeGreaterThanOrEqual(least)
  expect(outcome.durationMs).toBeLessThanOrEqual(most)
})

test('another service, or another time -> fine', () => {
  expect(look(block('tcp.reset'), { service: 'youtube' }).seen).toBeNull()
  expect(look(block('tcp.reset'), { at: 2 * HOUR }).seen).toBeNull()
})

test('one draw for a calm network -> as often as step by step', () => {
  const elsewhere = block('tcp.reset')
  const failures = (spells: readonly Spell[]): number => {
    const network = openNetwork(0.3, seeded(9))
    let failed = 0
    for (let i = 0; i < 40_000; i++) if (network('youtube', 1000, false, spells).seen !== null) failed += 1
    return failed / 40_000
  }
  expect(failures([])).toBeCloseTo(failures([elsewhere]), 1)
  expect(Math.abs(failures([]) / failures([elsewhere]) - 1)).toBeLessThan(0.05)
})
