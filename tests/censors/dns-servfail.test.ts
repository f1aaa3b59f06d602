import { test } from 'vitest'
import { expectSlowBlock, watch } from './watch.ts'

test('SERVFAIL for the name -> unreachable at once, blocked by dns.servfail when it lasts', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'servfail' })
  })
  expectSlowBlock(watched, 'dns.servfail')
})
