import { expect, test } from 'vitest'
import { VIDEO, aLab, timedFrom, unfoldTimed } from './timed.ts'

test('the whole line is slow -> not throttled, though the control gets it fast', async () => {
  const lab = await aLab()
  lab.network('babilon').set({ bytesPerSecond: 20_000 })
  const measurement = await timedFrom(lab, 'babilon', VIDEO)
  const { verdict, rates } = measurement
  expect(verdict).toMatchObject({ outcome: 'ok', rule: 'throughput_slow_line', mechanism: null })
  expect(rates.target!.bytesPerSecond).toBeLessThan(40_000)
  expect(unfoldTimed([measurement]).changes).toEqual([])
})
