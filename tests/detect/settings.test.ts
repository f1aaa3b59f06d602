import { expect, test } from 'vitest'
import { causeThreshold, DEFAULTS, reachThreshold, scaleTime } from '../../src/detect/settings.ts'

test('alpha 1e-5 and beta 1e-2 -> out at 11.5 nats', () => {
  expect(reachThreshold(DEFAULTS)).toBeCloseTo(11.503, 3)
})

test('a fault a week and one false blocked in ten years -> blocked at the log of the faults of ten years', () => {
  expect(causeThreshold(DEFAULTS)).toBeCloseTo(Math.log(3650 / 7), 12)
})

test('time scaled by 1/15 -> every duration a fifteenth, nothing else changed, the same thresholds', () => {
  const quick = scaleTime(DEFAULTS, 1 / 15)
  expect(quick.reopenMs).toBe(40_000)
  expect(quick.faultMeanMs).toBe(4000)
  expect(quick.suspectAgainMs).toBe(2000)
  expect(quick.alpha).toBe(DEFAULTS.alpha)
  expect(quick.canaryLooks).toBe(DEFAULTS.canaryLooks)
  expect(causeThreshold(quick)).toBeCloseTo(causeThreshold(DEFAULTS), 12)
  expect(Object.keys(quick)).toEqual(Object.keys(DEFAULTS))
})
