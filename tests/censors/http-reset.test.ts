import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('a reset in the middle of the page -> blocked by http.reset', async () => {
  const watched = await watch('http://news.tj/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'http', names: ['news.tj'], action: 'reset-after' })
  })
  expectQuickBlock(watched, 'http.reset')
})
