import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

test('a page cut short -> blocked by http.truncated', async () => {
  const watched = await watch('http://news.tj/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'http', names: ['news.tj'], action: 'truncate' })
  })
  expectQuickBlock(watched, 'http.truncated')
})
