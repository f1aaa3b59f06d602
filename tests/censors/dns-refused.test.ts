import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('REFUSED for the name -> blocked by dns.refused', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'refused' })
  })
  expectQuickBlock(watched, 'dns.refused')
})
