import { expect, test } from 'vitest'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab, expectSlowBlock, watch } from './watch.ts'

const FACEBOOK = { layer: 'dns', names: ['www.facebook.com'] } as const

test('a cut answer, and no TCP to the resolver -> unreachable at once, blocked by dns.timeout when it lasts', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    const { censor } = lab.network('babilon')
    censor.add({ ...FACEBOOK, over: 'udp', action: 'truncate' })
    censor.add({ layer: 'tcp', to: [lab.network('babilon').ispResolver.address], port: 53, action: 'refuse' })
  })
  expectSlowBlock(watched, 'dns.timeout')
})

test('a cut answer, and the whole one over TCP -> fine', async () => {
  const { verdict, changes } = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ ...FACEBOOK, over: 'udp', action: 'truncate' })
  })
  expect(verdict.outcome).toBe('ok')
  expect(changes).toEqual([])
})

test('a diagnosis of cut answers without TCP -> the resolver fails for the name alone, never "nothing differs"', async () => {
  const lab = await aLab()
  const { censor, ispResolver } = lab.network('babilon')
  censor.add({
    layer: 'dns',
    names: ['www.youtube.com'],
    where: 'isp-resolver',
    over: 'udp',
    action: 'truncate',
  })
  censor.add({ layer: 'tcp', to: [ispResolver.address], port: 53, action: 'refuse' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'anomaly', mechanism: 'dns.timeout' })
})
