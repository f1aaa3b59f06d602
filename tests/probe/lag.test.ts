import { expect, test } from 'vitest'
import { isTooLate } from '../../src/probe/lag.ts'

test.each([
  { name: 'a quick look, a thread in time', lagMs: 99, durationMs: 200, late: false },
  { name: 'a quick look, a thread held up', lagMs: 101, durationMs: 200, late: true },
  { name: 'ten seconds in vain, a thread held up for a moment', lagMs: 450, durationMs: 10_000, late: false },
  { name: 'ten seconds in vain, a thread held up for long', lagMs: 550, durationMs: 10_000, late: true },
])('$name -> too late: $late', ({ lagMs, durationMs, late }) => {
  expect(isTooLate(lagMs, durationMs, 100)).toBe(late)
})
