import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('a redirect to a block page -> blocked by http.blockpage', async () => {
  const watched = await watch('http://news.tj/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'http', names: ['news.tj'], action: 'redirect' })
  })
  expectQuickBlock(watched, 'http.blockpage')
})
