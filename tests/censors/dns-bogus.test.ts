import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('somebody else’s public address for the name -> blocked by dns.bogus', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'bogus' })
  })
  expectQuickBlock(watched, 'dns.bogus')
})
