/** Blocks that take only a part of a service, or of its addresses. */
import { expect, test } from 'vitest'
import type { Lab } from '../../src/lab/lab.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab } from './watch.ts'

test('one asset host -> the host is named, and the primary one is not concerned', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['i.ytimg.com'], action: 'reset' })
  const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({
    outcome: 'confirmed',
    rule: 'diagnosed_elsewhere',
    mechanism: 'tls.sni-reset',
    weight: 0,
  })
  expect(verdict.because).toBe(
    'Resets follow the name i.ytimg.com, not the address. The primary hosts are not affected.',
  )
  expect(diagnosed).toMatchObject({
    focus: 'i.ytimg.com',
    hosts: [
      { host: 'www.youtube.com', role: 'primary', hit: false },
      { host: 'i.ytimg.com', role: 'asset', hit: true },
    ],
  })
})

test('one asset host, from a vantage without IPv6, where the primary one has it -> still the asset', async () => {
  const lab = await withIpv6()
  lab.network('babilon').set({ ipv6: 'network-unreachable' })
  lab.network('babilon').censor.add({ layer: 'tls', names: ['i.ytimg.com'], action: 'mitm' })
  const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(diagnosed?.focus).toBe('i.ytimg.com')
  expect(verdict).toMatchObject({ rule: 'diagnosed_elsewhere', mechanism: 'tls.mitm' })
})

test('IPv4 alone is filtered by name -> it says over which family', async () => {
  const lab = await withIpv6()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'reset', family: 4 })
  const { verdict, diagnosed } = await explained(lab, hostsOf(lab, 'https://www.youtube.com/'))
  expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'tls.sni-reset' })
  expect(diagnosed?.families).toEqual({ ipv4: true, ipv6: false })
})

test('the IPv4 addresses alone are dropped -> it follows the address, over IPv4', async () => {
  const lab = await withIpv6()
  lab
    .network('babilon')
    .censor.add({ layer: 'tcp', to: ['142.250.186.78', '142.250.186.110'], action: 'drop' })
  const { verdict, diagnosed } = await explained(lab, hostsOf(lab, 'https://www.youtube.com/'))
  expect(verdict).toMatchObject({ rule: 'diagnosed_by_address', mechanism: 'tcp.timeout' })
  expect(diagnosed?.families).toEqual({ ipv4: true, ipv6: false })
})

test('both families are filtered -> both are said to be', async () => {
  const lab = await withIpv6()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'reset' })
  const { diagnosed } = await explained(lab, hostsOf(lab, 'https://www.youtube.com/'))
  expect(diagnosed?.families).toEqual({ ipv4: true, ipv6: true })
})

test('no IPv6 at the vantage -> nothing is said of it, whatever the proxy answers', async () => {
  const lab = await withIpv6()
  for (const ipv6 of ['network-unreachable', 'host-unreachable'] as const) {
    lab.network('babilon').set({ ipv6 })
    const { verdict, diagnosed } = await explained(lab, hostsOf(lab, 'https://www.youtube.com/'))
    expect(verdict).toMatchObject({ outcome: 'ok', rule: 'diagnosed_nothing_differs' })
    expect(diagnosed?.families).toEqual({ ipv4: false, ipv6: null })
  }
})

/** A lab whose network has IPv6, as have the service and a neutral server. */
async function withIpv6(): Promise<Lab> {
  const lab = await aLab()
  lab.addSite({
    host: 'www.youtube.com',
    addresses: ['142.250.186.78', '142.250.186.110', '2a00:1450:4001:82b::200e'],
    title: 'YouTube',
  })
  lab.addSite({
    host: 'example.com',
    addresses: ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
    http: 'serve',
    title: 'Example Domain',
  })
  lab.network('babilon').set({ ipv6: 'up' })
  return lab
}
