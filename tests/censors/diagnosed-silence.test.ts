import { expect, test } from 'vitest'
import { explained, hostsOf } from './diagnosing.ts'
import { aLab } from './watch.ts'

const URL = 'https://www.facebook.com/'

test('large packets vanish on the way to its address -> not the name: it falls silent whatever is sent there', async () => {
  const lab = await aLab()
  lab
    .network('babilon')
    .censor.add({ layer: 'packet', to: ['www.facebook.com'], action: 'swallow', largerThan: 1300 })
  const { verdict } = await explained(lab, hostsOf(lab, URL))
  expect(verdict).toMatchObject({
    outcome: 'insufficient',
    rule: 'diagnosed_whatever_the_name',
    mechanism: null,
    weight: 0,
  })
})

test('the address takes connections and says nothing, in cleartext neither -> no hole for large packets', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tcp', to: ['www.facebook.com'], action: 'accept-drop' })
  const { verdict } = await explained(lab, hostsOf(lab, URL))
  expect(verdict.rule).not.toBe('diagnosed_whatever_the_name')
  expect(verdict.outcome).not.toBe('confirmed')
})

test('the name is dropped -> the name, and nothing else', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'drop' })
  const { verdict } = await explained(lab, hostsOf(lab, URL))
  expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'tls.sni-timeout' })
})
