import { expect, test } from 'vitest'
import { aLab, measureOnce, verdictOn } from './watch.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Down } from '../../src/lab/world.ts'

const EVERY_SERVICE = [
  'https://www.facebook.com/',
  'https://www.youtube.com/',
  'https://ok.ru/',
  'https://asiaplustj.info/',
  'http://news.tj/',
]

test('nothing is switched on -> every service is ok, from every network, by both plans', async () => {
  const lab = await aLab()
  for (const url of EVERY_SERVICE) {
    for (const plan of ['heartbeat', 'full'] as const) {
      expect(await verdictOn(lab, 'babilon', url, plan), `${url} ${plan}`).toMatchObject({
        outcome: 'ok',
        reached: 'yes',
      })
    }
  }
})

test.each(['refused', 'timeout', 'nxdomain'] satisfies Down[])(
  'the site is down for everyone (%s) -> down, by no mechanism',
  async (how) => {
    const lab = await aLab()
    lab.site('ok.ru').down(how)
    expect(await verdictOn(lab, 'babilon', 'https://ok.ru/')).toMatchObject({
      outcome: 'down',
      reached: 'no',
      mechanism: null,
    })
  },
)

test('the site says 503 to everyone -> it answers: no network keeps anybody from it', async () => {
  const lab = await aLab()
  lab.site('ok.ru').down('503')
  expect(await verdictOn(lab, 'babilon', 'https://ok.ru/')).toMatchObject({ outcome: 'ok', reached: 'yes' })
})

test('a name with IPv6 addresses, a vantage without IPv6 -> ok, whatever the proxy says of IPv6', async () => {
  const lab = await aLab()
  const addresses = ['157.240.205.99', '2a03:2880:f12f:83:face:b00c:0:25de']
  lab.addSite({ host: 'www.facebook.com', addresses, title: 'Facebook - log in or sign up' })
  for (const ipv6 of ['network-unreachable', 'host-unreachable'] as const) {
    lab.network('babilon').set({ ipv6 })
    expect(await verdictOn(lab, 'babilon', 'https://www.facebook.com/')).toMatchObject({
      outcome: 'ok',
      reached: 'yes',
    })
  }
})

test('a content network moves a site while we look -> ok', async () => {
  const lab = await aLab()
  const before = await measureOnce(lab, 'outside', 'https://www.youtube.com/')
  lab.site('www.youtube.com').move(['142.250.74.46'])
  const after = await measureOnce(lab, 'babilon', 'https://www.youtube.com/')
  expect(judge(after, [before], 'online')).toMatchObject({ outcome: 'ok', reached: 'yes' })
})

test('a failure while the vantage is not known to be well -> insufficient, whatever it looked like', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['ok.ru'], action: 'reset' })
  const [here, control] = await Promise.all([
    measureOnce(lab, 'babilon', 'https://ok.ru/'),
    measureOnce(lab, 'outside', 'https://ok.ru/'),
  ])
  for (const health of ['unknown', 'shutdown', 'offline'] as const) {
    expect(judge(here, [control], health)).toMatchObject({ outcome: 'insufficient', reached: 'unknown' })
  }
})

test('a failure with no control -> insufficient, but not reached; a forged certificate needs none', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['ok.ru'], action: 'reset' })
  lab
    .network('babilon')
    .censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'mitm', as: 'filter.example' })
  const reset = await measureOnce(lab, 'babilon', 'https://ok.ru/')
  expect(judge(reset, [], 'online')).toMatchObject({ outcome: 'insufficient', reached: 'no' })
  const forged = await measureOnce(lab, 'babilon', 'https://www.youtube.com/')
  expect(judge(forged, [], 'online')).toMatchObject({
    outcome: 'confirmed',
    reached: 'no',
    mechanism: 'tls.mitm',
  })
})

test('packets are lost and late, one in five -> looks still come through, and none is called confirmed', async () => {
  const lab = await aLab()
  lab.network('babilon').set({ loss: 0.2, delayMs: 20 })
  const verdicts = []
  for (let i = 0; i < 10; i++)
    verdicts.push(await verdictOn(lab, 'babilon', 'https://www.facebook.com/', 'heartbeat'))
  expect(verdicts.filter(({ reached }) => reached === 'yes').length).toBeGreaterThanOrEqual(8)
  expect(verdicts.filter(({ outcome }) => outcome === 'confirmed')).toEqual([])
})
