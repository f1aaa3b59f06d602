import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('a reset on the name in the ClientHello -> blocked by tls.sni-reset', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'reset' })
  })
  expectQuickBlock(watched, 'tls.sni-reset')
})
