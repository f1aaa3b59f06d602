import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('NXDOMAIN for the name -> blocked by dns.nxdomain', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'nxdomain' })
  })
  expectQuickBlock(watched, 'dns.nxdomain')
})
