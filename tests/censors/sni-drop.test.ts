import { test } from 'vitest'
import { expectSlowBlock, watch } from './watch.ts'

test('silence after the name in the ClientHello -> unreachable at once, blocked by tls.sni-timeout when it lasts', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'drop' })
  })
  expectSlowBlock(watched, 'tls.sni-timeout')
})
