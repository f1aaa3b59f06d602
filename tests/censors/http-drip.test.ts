import { test } from 'vitest'
import { expectSlowBlock, watch } from './watch.ts'

test('a page that drips for ever -> unreachable at once, blocked by http.timeout when it lasts', async () => {
  const watched = await watch('http://news.tj/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'http', names: ['news.tj'], action: 'drip' })
  })
  expectSlowBlock(watched, 'http.timeout')
})
