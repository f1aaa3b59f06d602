/** A diagnosis of a line, a vantage or neutral hosts in trouble, or one that is cut short: it says no more than it saw. */
import { expect, test } from 'vitest'
import { explain } from '../../src/judge/judge.ts'
import { diagnosed, explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab } from './watch.ts'

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
