import { expect, test } from 'vitest'
import { SMALL, aLab, timedFrom, unfoldTimed } from './timed.ts'

test('a host with too few bytes to time, throttled by name -> its name, said to the neutral host, shows it', async () => {
  const lab = await aLab()
  const fine = await timedFrom(lab, 'babilon', SMALL)
  expect(fine.verdict).toMatchObject({ outcome: 'ok', rule: 'throughput_fast' })
  lab
    .network('babilon')
    .censor.add({ layer: 'tls', names: ['*.ytimg.com'], action: 'throttle', bytesPerSecond: 16_000 })
  const slow = await timedFrom(lab, 'babilon', SMALL)
  expect(slow.verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'throttle' })
  expect(unfoldTimed([slow]).changes.map(({ outage }) => outage.cause)).toEqual(['throttled'])
})
