import { expect, test } from 'vitest'
import { VIDEO, aLab, timedFrom, unfoldTimed } from './timed.ts'

test('the site itself is slow, for everyone -> not throttled, though the neutral host is fast', async () => {
  const lab = await aLab()
  lab.site('redirector.googlevideo.com').slow(16_000)
  const measurement = await timedFrom(lab, 'babilon', VIDEO)
  const { verdict, rates } = measurement
  expect(verdict).toMatchObject({ outcome: 'ok', rule: 'throughput_slow_site', mechanism: null })
  expect(rates.neutral!.bytesPerSecond).toBeGreaterThan(5 * rates.target!.bytesPerSecond)
  expect(unfoldTimed([measurement]).changes).toEqual([])
})
