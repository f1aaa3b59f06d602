import { test } from 'vitest'
import { expectSlowBlock, watch } from './watch.ts'

test('no answer for the name -> unreachable at once, blocked by dns.timeout when it lasts', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'timeout' })
  })
  expectSlowBlock(watched, 'dns.timeout')
})
