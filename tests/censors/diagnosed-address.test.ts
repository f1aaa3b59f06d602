import { expect, test } from 'vitest'
import { explain } from '../../src/judge/judge.ts'
import type { TcpRule } from '../../src/lab/censor.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab, measureOnce } from './watch.ts'

test.each([
  { action: 'drop', mechanism: 'tcp.timeout' },
  { action: 'refuse', mechanism: 'tcp.refused' },
  { action: 'reset', mechanism: 'tcp.reset' },
  { action: 'accept-reset', mechanism: 'tcp.reset' },
] as const satisfies readonly { action: TcpRule['action']; mechanism: string }[])(
  '$action by address -> it follows the address; without a control that is no proof, with one it is evidence',
  async ({ action, mechanism }) => {
    const lab = await aLab()
    lab.network('babilon').censor.add({ layer: 'tcp', to: ['www.youtube.com'], action })
    const { verdict, diagnosed, measurement } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({
      outcome: 'insufficient',
      rule: 'diagnosed_by_address',
      mechanism,
      weight: 0,
    })
    expect(diagnosed?.finding).toMatchObject({ follows: 'address', decisive: false })
    const control = await measureOnce(lab, 'outside', 'https://www.youtube.com/')
    expect(explain(measurement, [control], 'online').verdict).toMatchObject({ outcome: 'anomaly', mechanism })
  },
)

test('the site is down for everyone -> never said to be a block', async () => {
  const lab = await aLab()
  lab.site('www.youtube.com').down('timeout')
  const { verdict, measurement } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'insufficient', rule: 'diagnosed_by_address', weight: 0 })
  const control = await measureOnce(lab, 'outside', 'https://www.youtube.com/')
  expect(explain(measurement, [control], 'online').verdict).toMatchObject({
    outcome: 'insufficient',
    weight: 0,
  })
})
