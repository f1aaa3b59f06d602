import { expect, test } from 'vitest'
import { type Diagnosed, diagnosisOf } from '../../src/evaluate/trials.ts'
import { measurementOf } from '../../src/evaluate/facts.ts'
import { seeded } from '../../src/evaluate/random.ts'
import type { Episode } from '../../src/evaluate/world.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Mechanism } from '../../src/model/verdict.ts'

const ABOUT: Diagnosed = { service: 'facebook', endpoint: 'facebook/0', abroad: true }
const HOUR = { from: 0, to: 3_600_000 }
const AT = 60_000

function said(...episodes: Episode[]) {
  return judge(diagnosisOf(ABOUT, episodes, AT, seeded(1)), [measurementOf(null, true)], 'online')
}

function aBlock(mechanism: Mechanism, more: object = {}): Episode {
  return { kind: 'block', service: 'facebook', mechanism, together: false, ...HOUR, ...more }
}

test.each<Mechanism>([
  'dns.nxdomain',
  'dns.bogus',
  'dns.refused',
  'tls.sni-reset',
  'tls.sni-timeout',
  'tls.mitm',
])('a block of the name by %s -> proved, and named', (mechanism) => {
  expect(said(aBlock(mechanism))).toMatchObject({ outcome: 'confirmed', mechanism })
})

test.each([
  ['nothing', []],
  ['another service is blocked', [aBlock('tls.sni-reset', { service: 'youtube' })]],
  ['the block is over', [aBlock('tls.sni-reset', { to: AT })]],
  ['another host of the service is blocked', [aBlock('tls.sni-reset', { endpoint: 'facebook/1' })]],
] as [string, Episode[]][])('%s -> nothing differs', (_, episodes) => {
  expect(said(...episodes)).toMatchObject({ outcome: 'ok' })
})

test('a filter on the address -> it fails whatever the name, and the control connects', () => {
  expect(said(aBlock('tcp.refused'))).toMatchObject({ outcome: 'anomaly', mechanism: 'tcp.refused' })
})

test.each([
  ['large packets lost to one service', 'tls.sni-timeout', { service: 'facebook' }],
  ['large packets lost', 'tls.sni-timeout', {}],
  ['port 443 gone', 'tls.sni-reset', {}],
  ['resolver dead', 'dns.nxdomain', {}],
  ['edge dead', 'edge.refused', { service: 'facebook' }],
] as const)('%s (%s) -> proves nothing', (fault, seen, of) => {
  const verdict = said({ kind: 'line-fault', fault, seen, share: 1, ...of, ...HOUR })
  expect(verdict.outcome).not.toBe('confirmed')
  expect(verdict.weight).toBeLessThan(2)
})
