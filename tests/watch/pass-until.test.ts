import { expect, test } from 'vitest'
import { passUntil } from '../../src/watch/pass-until.ts'

const SECOND = 1000

/** A keeper that wants to be woken each whole second while an outage is open, else ten seconds after it was woken last. */
function ticksBetween(ended: readonly number[], open: boolean, staleS = 90): number[] {
  const ticks: number[] = []
  let tickedAt = 0
  const nextWakeAt = () => (open ? Math.floor(tickedAt / SECOND) * SECOND + SECOND : tickedAt + 10 * SECOND)
  const tick = (at: number) => {
    ticks.push(at / SECOND)
    tickedAt = at
  }
  let since = 0
  for (const second of ended) {
    passUntil({ nextWakeAt }, since, second * SECOND, staleS * SECOND, tick)
    since = second * SECOND
  }
  return ticks
}

test('an outage is open -> each whole second after the last measurement, up to this one', () => {
  expect(ticksBetween([100.4, 103.6, 103.9, 105], true)).toEqual([101, 102, 103, 104, 105])
})

test('none is open -> when the keeper wants it', () => {
  expect(ticksBetween([100, 101, 104, 109, 112, 119, 121], false)).toEqual([101, 111, 121])
})

test('nothing is measured for a day -> as long as anything can change, and once at the end', () => {
  const ticks = ticksBetween([100, 100 + 86_400], true)
  expect(ticks.length).toBeLessThan(120)
  expect(ticks.at(-1)).toBe(86_500)
})

test('the keeper wants nothing -> none', () => {
  const ticks: number[] = []
  passUntil({ nextWakeAt: () => null }, 100 * SECOND, 200 * SECOND, 0, (at) => ticks.push(at))
  expect(ticks).toEqual([])
})

test('before the first measurement, and up to one that ended before the last -> none', () => {
  expect(ticksBetween([100], true)).toEqual([])
  expect(ticksBetween([100, 99.5], true)).toEqual([])
})
