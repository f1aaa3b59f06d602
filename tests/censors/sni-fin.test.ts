import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('a FIN on the name in the ClientHello -> blocked by tls.sni-eof', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'fin' })
  })
  expectQuickBlock(watched, 'tls.sni-eof')
})
