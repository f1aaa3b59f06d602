import { expect, test } from 'vitest'
import { aLab, verdictOn } from './watch.ts'

const URL = 'https://www.youtube.com/'

/** A network with IPv6, and a site that has it. */
async function dualStack() {
  const lab = await aLab()
  const addresses = ['142.250.186.78', '142.250.186.110']
  lab.addSite({
    host: 'www.youtube.com',
    addresses: [...addresses, '2a00:1450:4001:82b::200e'],
    title: 'YouTube',
  })
  for (const network of ['babilon', 'outside']) lab.network(network).set({ ipv6: 'up' })
  return { lab, addresses }
}

test.each([
  [
    'IPv4 is filtered by name',
    { layer: 'tls', names: ['www.youtube.com'], action: 'reset', family: 4 },
    'tls.sni-reset',
  ],
] as const)('%s -> ok over IPv6, and how IPv4 is blocked', async (_, rule, mechanism) => {
  const { lab } = await dualStack()
  expect(await verdictOn(lab, 'babilon', URL)).toMatchObject({ outcome: 'ok', mechanism: null })
  lab.network('babilon').censor.add(rule)
  expect(await verdictOn(lab, 'babilon', URL)).toMatchObject({
    outcome: 'ok',
    reached: 'yes',
    rule: 'reached_over_ipv6_alone',
    mechanism,
  })
})

test('the IPv4 addresses are dropped -> the same', async () => {
  const { lab, addresses } = await dualStack()
  lab.network('babilon').censor.add({ layer: 'tcp', to: addresses, action: 'drop' })
  expect(await verdictOn(lab, 'babilon', URL)).toMatchObject({
    outcome: 'ok',
    rule: 'reached_over_ipv6_alone',
    mechanism: 'tcp.timeout',
  })
})

test('IPv6 does not work here -> ok, and nothing beside it', async () => {
  const { lab } = await dualStack()
  lab.network('babilon').set({ ipv6: 'network-unreachable' })
  expect(await verdictOn(lab, 'babilon', URL)).toMatchObject({ outcome: 'ok', mechanism: null })
})
