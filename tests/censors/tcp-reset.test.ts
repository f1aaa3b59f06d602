import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('a reset in place of the connection -> blocked by tcp.reset', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tcp', to: ['www.facebook.com'], action: 'reset' })
  })
  expectQuickBlock(watched, 'tcp.reset')
})
