import { expect, test } from 'vitest'
import type { DnsRule } from '../../src/lab/censor.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab } from './watch.ts'

const NAMES = ['www.youtube.com']

test.each([
  { action: 'nxdomain', mechanism: 'dns.nxdomain' },
  { action: 'empty', mechanism: 'dns.empty' },
  { action: 'refused', mechanism: 'dns.refused' },
  { action: 'loopback', mechanism: 'dns.loopback' },
  { action: 'private', mechanism: 'dns.bogus' },
  { action: 'bogus', mechanism: 'dns.bogus' },
] as const satisfies readonly { action: DnsRule['action']; mechanism: string }[])(
  'the provider’s resolver lies ($action) -> a lying resolver, and others tell the truth',
  async ({ action, mechanism }) => {
    const lab = await aLab()
    lab.network('babilon').censor.add({ layer: 'dns', names: NAMES, action, where: 'isp-resolver' })
    const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({ outcome: 'confirmed', rule: 'diagnosed_lying_resolver', mechanism })
    expect(diagnosed?.finding).toMatchObject({
      follows: 'resolver',
      evasions: ['other-resolver', 'dns-over-tcp', 'dns-over-https'],
    })
  },
)

test.each([{ action: 'inject' }, { action: 'nxdomain' }, { action: 'bogus' }] as const satisfies readonly {
  action: DnsRule['action']
}[])(
  'answers are made on the way ($action) -> injection, since an address without a resolver answers too',
  async ({ action }) => {
    const lab = await aLab()
    lab.network('babilon').censor.add({ layer: 'dns', names: NAMES, action })
    const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({
      outcome: 'confirmed',
      rule: 'diagnosed_forged_on_path',
      mechanism: 'dns.injection',
    })
    expect(diagnosed?.finding?.evasions).toContain('dns-over-https')
    expect(diagnosed?.finding?.evasions).not.toContain('other-resolver')
  },
)

test('questions for the name are dropped on the way -> silence that follows the name, whichever resolver', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'dns', names: NAMES, action: 'timeout' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({
    outcome: 'confirmed',
    rule: 'diagnosed_forged_on_path',
    mechanism: 'dns.timeout',
  })
})

test('a resolver that compares letters -> the name in mixed case gets the truth', async () => {
  const lab = await aLab()
  lab
    .network('babilon')
    .censor.add({ layer: 'dns', names: NAMES, action: 'nxdomain', where: 'isp-resolver', exactCase: true })
  const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'dns.nxdomain' })
  expect(diagnosed?.finding?.evasions).toContain('mixed-case')
})

test('the provider’s resolver is in trouble with the name -> not called a block', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'dns', names: NAMES, action: 'servfail', where: 'isp-resolver' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({
    outcome: 'anomaly',
    rule: 'diagnosed_resolver_fails_for_name',
    mechanism: 'dns.servfail',
    weight: 3,
  })
})

test('the whole resolver is dead -> nothing is told apart by name', async () => {
  const lab = await aLab()
  for (const action of ['timeout', 'servfail'] as const) {
    const lift = lab.network('babilon').censor.add({
      layer: 'dns',
      names: [...NAMES, 'i.ytimg.com', 'example.com', 'www.iana.org'],
      action,
      where: 'isp-resolver',
    })
    const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({ outcome: 'insufficient', rule: 'diagnosed_undecided', weight: 0 })
    lift()
  }
})

test.each(['refused', 'timeout'] as const)(
  'the resolver gives an address that nobody else gives, and nothing is there ($0) -> half a proof; a second service there, a whole one',
  async (how) => {
    const lab = await aLab()
    const address = '185.193.12.99'
    lab.addSite({ ...lab.site('news.tj').spec, host: 'nothing.example', aliases: [], addresses: [address] })
    lab.site('nothing.example').down(how)
    const both = [...NAMES, 'www.facebook.com']
    const add = (names: readonly string[]) =>
      lab
        .network('babilon')
        .censor.add({ layer: 'dns', names, action: 'bogus', address, where: 'isp-resolver' })
    const lift = add(NAMES)
    const told = { diagnosis: { otherHosts: ['www.facebook.com'] } }
    const one = await explained(lab, hostsOf(lab, ...YOUTUBE), told)
    expect(one.verdict).toMatchObject({
      outcome: 'anomaly',
      rule: 'diagnosed_resolver_gives_dead_address',
      mechanism: 'dns.bogus',
    })
    lift()
    add(both)
    const two = await explained(lab, hostsOf(lab, ...YOUTUBE), told)
    expect(two.verdict).toMatchObject({
      outcome: 'confirmed',
      rule: 'diagnosed_lying_resolver',
      mechanism: 'dns.bogus',
    })
  },
)
