/** Chance that can be replayed: the same seed and text give the same numbers. */

/** Uniform in [0, 1). */
export type Random = () => number

/** One stream of numbers (mulberry32), named so that each network has its own and none disturbs another. */
export function createRandom(seed: number, name: string): Random {
  let state = seed >>> 0
  for (const char of name) state = (Math.imul(state, 31) + char.codePointAt(0)!) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
