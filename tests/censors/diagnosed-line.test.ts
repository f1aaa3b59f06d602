/** What is wrong with a line as a whole meets the neutral servers as well: that counts against interference. */
import { expect, test } from 'vitest'
import type { CensorRule } from '../../src/lab/censor.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab } from './watch.ts'

const LARGE = 1_300

test.each([
  { name: 'port 443 is dropped', rule: { layer: 'tcp', to: ['*'], port: 443, action: 'drop' } },
  { name: 'port 443 is refused', rule: { layer: 'tcp', to: ['*'], port: 443, action: 'refuse' } },
  {
    name: 'port 443 is reset once open',
    rule: { layer: 'tcp', to: ['*'], port: 443, action: 'accept-reset' },
  },
  { name: 'every hello is reset', rule: { layer: 'tls', names: ['*'], action: 'reset' } },
  { name: 'every hello gets an alert', rule: { layer: 'tls', names: ['*'], action: 'alert' } },
  {
    name: 'large packets are lost on the way out',
    rule: { layer: 'packet', to: ['*'], action: 'swallow', largerThan: LARGE, direction: 'out' },
  },
  {
    name: 'large packets are lost either way',
    rule: { layer: 'packet', to: ['*'], action: 'swallow', largerThan: LARGE },
  },
] as const satisfies readonly { name: string; rule: CensorRule }[])(
  '$name, for whatever is there -> the line, and no mechanism',
  async ({ rule }) => {
    const lab = await aLab()
    lab.network('babilon').censor.add(rule)
    const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({
      outcome: 'insufficient',
      rule: 'diagnosed_neutral_fail_alike',
      mechanism: null,
    })
    expect(verdict.weight).toBeLessThan(0)
  },
)

test('large packets are lost on the way to one service alone -> not fine, and what fails is said', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({
    layer: 'packet',
    to: ['www.youtube.com'],
    action: 'swallow',
    largerThan: LARGE,
    direction: 'out',
  })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'insufficient', rule: 'diagnosed_undecided', mechanism: null })
  expect(verdict.because).toContain('two segments')
})
