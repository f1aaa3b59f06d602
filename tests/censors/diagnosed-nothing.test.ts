/** What is no block: a diagnosis of it must not say that it is one. */
import { expect, test } from 'vitest'
import { explain } from '../../src/judge/judge.ts'
import { diagnosed, explained, hostsOf, YOUTUBE } from './diagnosing.ts'
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

test('packets are lost, one exchange in five -> nothing is called confirmed', async () => {
  const lab = await aLab()
  lab.network('babilon').set({ loss: 0.2, delayMs: 20 })
  for (const seed of [1, 2, 3]) {
    const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE), { seed })
    expect(['ok', 'insufficient', 'anomaly']).toContain(verdict.outcome)
    expect(verdict.weight).toBeLessThan(5)
  }
})

test('a filter on the name behind a line that loses one in ten -> still proved', async () => {
  const lab = await aLab()
  lab.network('babilon').set({ loss: 0.1 })
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'reset' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'tls.sni-reset' })
})

test('one neutral host is dead -> the other serves; both are -> there is nothing to compare with', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'reset' })
  lab.site('example.com').down('timeout')
  const one = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(one.verdict).not.toMatchObject({ outcome: 'ok' })
  expect(one.verdict.mechanism).not.toBe('tcp.timeout')
  lab.site('dns.quad9.net').down('refused')
  const none = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(none.verdict).toMatchObject({
    outcome: 'insufficient',
    rule: 'diagnosed_no_ground',
    mechanism: null,
  })
})

test('the vantage is not known to be well -> its trials say nothing', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'reset' })
  const measurement = await diagnosed(lab, hostsOf(lab, ...YOUTUBE))
  for (const health of ['offline', 'shutdown', 'unknown'] as const) {
    expect(explain(measurement, [], health).verdict).toMatchObject({
      outcome: 'insufficient',
      reached: 'unknown',
      rule: 'diagnosed_vantage_not_well',
      mechanism: null,
    })
  }
})

test('the vantage loses its power in the middle -> unfit; the link is cut in the middle -> no finding', async () => {
  const lab = await aLab()
  const network = lab.network('babilon')
  const begun = diagnosed(lab, hostsOf(lab, ...YOUTUBE))
  await network.power('off')
  expect(explain(await begun, [], 'online').verdict).toMatchObject({
    outcome: 'insufficient',
    mechanism: null,
  })
  await network.power('on')
  network.censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'drop' })
  const cut = diagnosed(lab, hostsOf(lab, ...YOUTUBE))
  network.set({ international: 'cut' })
  expect(explain(await cut, [], 'online').verdict).not.toMatchObject({ outcome: 'confirmed' })
})

test('asked to stop in the middle -> unfit, interrupted, and nothing is judged', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'drop' })
  const measurement = await diagnosed(lab, hostsOf(lab, ...YOUTUBE), { signal: AbortSignal.timeout(900) })
  expect(measurement.unfit).toBe('interrupted')
  expect(explain(measurement, [], 'online').verdict).toMatchObject({
    rule: 'measurement_interrupted',
    mechanism: null,
  })
})

test('a small budget, and little time -> kept, and what was left out is counted', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tcp', to: ['www.youtube.com'], action: 'drop' })
  const { measurement } = await explained(lab, hostsOf(lab, ...YOUTUBE), {
    diagnosis: { maxTrials: 30 },
    settings: { totalTimeoutMs: 6_000 },
  })
  const [setup, ...made] = measurement.experiments
  expect(made.filter(({ kind }) => kind !== 'residual').length).toBeLessThanOrEqual(30 + 4)
  expect(setup).toMatchObject({ kind: 'setup', leftOut: expect.any(Number) as number })
  expect(setup?.kind === 'setup' && setup.leftOut).toBeGreaterThan(0)
})
