import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('a forged answer ahead of the true one -> blocked by dns.injection', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'inject' })
  })
  expectQuickBlock(watched, 'dns.injection')
})
