import { test } from 'vitest'
import { expectQuickBlock, watch } from './watch.ts'

const NAMES = ['www.facebook.com']

test('an alert on the name in the ClientHello -> blocked by tls.alert', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tls', names: NAMES, action: 'alert', description: 40 })
  })
  expectQuickBlock(watched, 'tls.alert')
})

test('alert 112, which is told in the words of a certificate -> blocked by tls.alert all the same', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tls', names: NAMES, action: 'alert' })
  })
  expectQuickBlock(watched, 'tls.alert')
})

test('a page in cleartext in place of the handshake -> blocked by tls.not-tls', async () => {
  const watched = await watch('https://www.facebook.com/', (lab) => {
    lab.network('babilon').censor.add({ layer: 'tls', names: NAMES, action: 'cleartext' })
  })
  expectQuickBlock(watched, 'tls.not-tls')
})
