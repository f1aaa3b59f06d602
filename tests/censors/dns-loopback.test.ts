import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('a loopback address for the name -> blocked by dns.loopback', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'loopback' })
  })
  expectQuickBlock(watched, 'dns.loopback')
})
