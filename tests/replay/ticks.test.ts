import { describe, expect, test } from 'vitest'
import { createTicks } from '../../src/replay/ticks.ts'

const SECOND = 1000

/** @param asked seconds at which looks ended. @returns seconds at which time was let pass */
function ticksAt(asked: readonly number[], open: boolean, staleS = 90): number[] {
  const ticks: number[] = []
  const pass = createTicks(
    staleS * SECOND,
    () => open,
    (at) => ticks.push(at / SECOND),
  )
  for (const s of asked) pass(s * SECOND)
  return ticks
}

describe('time that passes between looks', () => {
  test('an outage is open -> each whole second after the last look, up to this one', () => {
    expect(ticksAt([100.4, 103.6, 103.9, 105], true)).toEqual([101, 102, 103, 104, 105])
  })

  test('none is open -> one in ten seconds', () => {
    expect(ticksAt([100, 101, 104, 109, 112, 119, 121], false)).toEqual([101, 111, 121])
  })

  test('nobody looks for a day -> as long as anything can change, and once at the end', () => {
    const ticks = ticksAt([100, 100 + 86_400], true)
    expect(ticks.length).toBeLessThan(40)
    expect(ticks.at(-1)).toBe(86_500)
  })

  test('never at a moment that looks folded before lie ahead of', () => {
    let folded = 0
    let open = false
    const pass = createTicks(
      90 * SECOND,
      () => open,
      (at) => expect(at).toBeGreaterThan(folded),
    )
    for (let n = 0; n < 3000; n += 1) {
      const endedAt = 1_000_000 + n * 737 + (n % 5) * 1900
      open = n % 40 > 20
      if (endedAt <= folded) continue
      pass(endedAt)
      folded = endedAt
    }
    expect.hasAssertions()
  })
})
