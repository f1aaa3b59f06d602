import { expect, test } from 'vitest'
import type { TlsRule } from '../../src/lab/censor.ts'
import { aLab } from './watch.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'

const NAMES = ['www.youtube.com']

test.each([
  {
    rule: { layer: 'tls', names: NAMES, action: 'reset' },
    mechanism: 'tls.sni-reset',
    says: 'Resets follow',
  },
  {
    rule: { layer: 'tls', names: NAMES, action: 'drop' },
    mechanism: 'tls.sni-timeout',
    says: 'Silence follows',
  },
  {
    rule: { layer: 'tls', names: NAMES, action: 'fin' },
    mechanism: 'tls.sni-eof',
    says: 'Closed connections follow',
  },
  {
    rule: { layer: 'tls', names: NAMES, action: 'mitm' },
    mechanism: 'tls.mitm',
    says: 'Certificates by an unknown authority follow',
  },
] as const satisfies readonly { rule: TlsRule; mechanism: string; says: string }[])(
  '$rule.action on the name in the ClientHello -> proved without any control: $mechanism',
  async ({ rule, mechanism, says }) => {
    const lab = await aLab()
    lab.network('babilon').censor.add(rule)
    const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({
      outcome: 'confirmed',
      reached: 'unknown',
      mechanism,
      rule: 'diagnosed_by_name',
      because: `${says} the name www.youtube.com, not the address.`,
    })
    expect(diagnosed).toMatchObject({
      finding: { follows: 'name', decisive: true, evasions: [], residualMs: null },
      hosts: [
        { host: 'www.youtube.com', hit: true },
        { host: 'i.ytimg.com', hit: false },
      ],
    })
  },
)

test('a filter that reads single segments -> a hello in two gets through, cut by us or by its size', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: NAMES, action: 'reset', reassembles: false })
  const { verdict, diagnosed, measurement } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'tls.sni-reset' })
  expect(diagnosed?.finding?.evasions).toEqual(['split-hello', 'large-hello'])
  const sizes = (hello: string) =>
    measurement.experiments.flatMap((experiment) =>
      experiment.kind === 'tls' && experiment.hello === hello ? [experiment.helloBytes] : [],
    )
  expect(Math.max(...sizes('small'))).toBeLessThan(1_400)
  expect(Math.min(...sizes('large').filter((bytes) => bytes > 0))).toBeGreaterThan(1_460)
})

test('a filter that remembers for a while -> how long, and the trials it tainted are not compared with the server', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: NAMES, action: 'reset', residualMs: 1_500 })
  const { verdict, diagnosed, measurement } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({
    outcome: 'confirmed',
    mechanism: 'tls.sni-reset',
    rule: 'diagnosed_by_name',
  })
  const [lastShut, firstOpen] = diagnosed!.finding!.residualMs!
  expect(lastShut).toBeLessThan(firstOpen!)
  expect(firstOpen).toBeGreaterThan(1_400)
  const tainted = measurement.experiments.filter(
    (experiment) =>
      experiment.kind === 'tls' &&
      experiment.at === 'neutral' &&
      experiment.name === 'other' &&
      !experiment.answered,
  )
  expect(tainted.length).toBeGreaterThan(0)
})

test('the order of the trials -> random, and the same again for the same seed', async () => {
  const lab = await aLab()
  const order = async (seed: number) => {
    const { measurement } = await explained(lab, hostsOf(lab, ...YOUTUBE), { seed })
    return measurement.experiments
      .filter(
        (experiment) =>
          experiment.kind === 'tls' && experiment.at === 'neutral' && experiment.address === '93.184.215.14',
      )
      .map((experiment) => (experiment.kind === 'tls' ? `${experiment.name} ${experiment.hello}` : ''))
  }
  const first = await order(7)
  expect(await order(7)).toEqual(first)
  expect(await order(8)).not.toEqual(first)
})
