import { test } from 'vitest'
import { expectSlowBlock, watch } from './watch.ts'

test('packets to the addresses dropped -> unreachable at once, blocked by tcp.timeout when it lasts', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tcp', to: ['www.facebook.com'], action: 'drop' })
  })
  expectSlowBlock(watched, 'tcp.timeout')
})
