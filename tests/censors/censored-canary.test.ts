import { expect, test } from 'vitest'
import { judgeCanary } from '../../src/judge/canary.ts'
import type { Canary } from '../../src/model/service.ts'
import { diagnosed, hostsOf } from './diagnosing.ts'
import { aLab } from './watch.ts'

const URL = 'https://khovar.tj/'
const canary: Canary = { id: 'canary/khovar', url: URL, group: 'domestic', expectBody: null }

test('a canary whose name is filtered -> a diagnosis proves that it is itself blocked; one that is not -> says nothing', async () => {
  const lab = await aLab()
  expect(judgeCanary(await diagnosed(lab, hostsOf(lab, URL)), canary)).toBe('unknown')
  lab.network('babilon').censor.add({ layer: 'tls', names: ['khovar.tj'], action: 'reset' })
  expect(judgeCanary(await diagnosed(lab, hostsOf(lab, URL)), canary)).toBe('blocked')
})
