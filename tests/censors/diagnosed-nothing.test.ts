/** What is no block: a diagnosis of it must not say that it is one. */
import { expect, test } from 'vitest'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab } from './watch.ts'

test('all is well -> nothing differs', async () => {
  const lab = await aLab()
  for (const urls of [
    YOUTUBE,
    ['https://www.facebook.com/', 'https://static.xx.fbcdn.net/'],
    ['http://news.tj/'],
  ]) {
    const { verdict, diagnosed: found } = await explained(lab, hostsOf(lab, ...urls))
    expect(verdict).toMatchObject({
      outcome: 'ok',
      reached: 'unknown',
      rule: 'diagnosed_nothing_differs',
      weight: 0,
    })
    expect(found).toMatchObject({ finding: null, also: [], healthy: true })
  }
})

test.each(['alert', 'reset', 'silence'] as const)(
  'neutral servers that meet every name not their own with %s -> that is theirs to do, and follows no name',
  async (strangers) => {
    const lab = await aLab()
    turnStrangersAway(strangers)
    const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({ outcome: 'ok', rule: 'diagnosed_nothing_differs' })

    function turnStrangersAway(how: 'alert' | 'reset' | 'silence'): void {
      for (const host of ['example.com', 'dns.quad9.net']) {
        lab.addSite({ ...lab.site(host).spec, strangers: how })
      }
    }
  },
)

test('a filter on the name, neutral servers that answer strangers with an alert -> found all the same', async () => {
  const lab = await aLab()
  for (const host of ['example.com', 'dns.quad9.net'])
    lab.addSite({ ...lab.site(host).spec, strangers: 'alert' })
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'reset' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'tls.sni-reset' })
})

test('the service itself resets handshakes, for everybody -> it does not follow the name elsewhere', async () => {
  const lab = await aLab()
  lab.addSite({ ...lab.site('www.youtube.com').spec, host: 'front.example', aliases: [], strangers: 'reset' })
  const hosts = hostsOf(lab, 'https://www.youtube.com/').map((host) => ({ ...host, addresses: [] }))
  lab.site('www.youtube.com').down('503')
  const { verdict } = await explained(lab, hosts)
  expect(verdict).not.toMatchObject({ outcome: 'confirmed' })
})

test('an asset fails once, and the resolver sends people of the primary host to a stranger -> the primary one is looked into', async () => {
  const lab = await aLab()
  lab
    .network('babilon')
    .censor.add({ layer: 'dns', names: ['www.youtube.com'], action: 'bogus', where: 'isp-resolver' })
  lab.network('babilon').censor.add({ layer: 'tls', names: ['i.ytimg.com'], action: 'reset' })
  const { verdict, diagnosed: found } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(found?.focus).toBe('www.youtube.com')
  expect(verdict).toMatchObject({
    outcome: 'confirmed',
    rule: 'diagnosed_lying_resolver',
    mechanism: 'dns.bogus',
  })
})
