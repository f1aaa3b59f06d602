import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('an unknown authority’s certificate for the name -> blocked by tls.mitm', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'mitm' })
  })
  expectQuickBlock(watched, 'tls.mitm')
})
