import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('an empty answer for the name -> blocked by dns.empty', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'empty' })
  })
  expectQuickBlock(watched, 'dns.empty')
})
