/** Resolvers that say why (RFC 8914): their own word is proof; who does not take EDNS is judged as before. */
import { expect, test } from 'vitest'
import type { DnsRule } from '../../src/lab/censor.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab, expectQuickBlock, expectSlowBlock, watch } from './watch.ts'

const FACEBOOK = { layer: 'dns', names: ['www.facebook.com'] } as const
const YOUTUBE_HERE = { layer: 'dns', names: ['www.youtube.com'], where: 'isp-resolver' } as const

test.each([
  ['nxdomain', 'dns.nxdomain'],
  ['empty', 'dns.empty'],
  ['refused', 'dns.refused'],
  ['servfail', 'dns.servfail'],
] as const)('%s, and the resolver says that it is blocked -> blocked at once', async (action, mechanism) => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    const says = { code: 16, text: 'Blocked by order of the regulator' }
    lab.network('babilon').censor.add({ ...FACEBOOK, action, says })
  })
  expectQuickBlock(watched, mechanism)
})

test.each([
  ['which says that no server of the zone can be reached', { says: { code: 22 } }],
  ['which drops questions with EDNS', { says: { code: 16 }, dropsEdns: true }],
] as const)('SERVFAIL by a resolver %s -> no proof, and blocked only when it lasts', async (_, more) => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ ...FACEBOOK, action: 'servfail', ...more })
  })
  expectSlowBlock(watched, 'dns.servfail')
})

test.each([
  {
    rule: { action: 'servfail', says: { code: 15, text: 'CR36' } },
    outcome: 'confirmed',
    mechanism: 'dns.servfail',
  },
  { rule: { action: 'servfail', says: { code: 18 } }, outcome: 'anomaly', mechanism: 'dns.servfail' },
  {
    rule: { action: 'bogus', says: { code: 4 }, address: '185.53.178.99' },
    outcome: 'confirmed',
    mechanism: 'dns.bogus',
  },
] as const satisfies readonly { rule: Partial<DnsRule>; outcome: string; mechanism: string }[])(
  'a diagnosis of $rule -> $outcome',
  async ({ rule, outcome, mechanism }) => {
    const lab = await aLab()
    lab.network('babilon').censor.add({ ...YOUTUBE_HERE, ...rule })
    const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({ outcome, mechanism })
    expect(diagnosed?.finding?.because.join(' ')).toMatch(/Its own reason: \w+/)
  },
)

test('SERVFAIL for the name alone, without a reason -> trouble, no proof', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ ...YOUTUBE_HERE, action: 'servfail' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict.outcome).toBe('anomaly')
})
