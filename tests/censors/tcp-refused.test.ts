import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('the connection refused -> blocked by tcp.refused', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tcp', to: ['www.facebook.com'], action: 'refuse' })
  })
  expectQuickBlock(watched, 'tcp.refused')
})
