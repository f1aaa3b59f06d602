/** Chance that can be replayed: the same seed gives the same world. */

/** Uniform in [0, 1). */
export type Random = () => number

/** sfc32, after Chris Doty-Humphrey's PractRand: small, quick, and sound over billions of draws. */
export function seeded(seed: number): Random {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = 0xb7e15162
  let counter = seed >>> 0
  const next: Random = () => {
    const mixed = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + mixed) | 0
    return (mixed >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 16; i++) next()
  return next
}

/** A length of time drawn from an exponential law. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean
}

export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low)
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!
}

/** Made at moments that follow an exponential law, up to a span. */
export function every<T>(random: Random, meanMs: number, spanMs: number, make: (from: number) => T): T[] {
  const made: T[] = []
  for (let from = exponential(random, meanMs); from < spanMs; from += exponential(random, meanMs))
    made.push(make(from))
  return made
}
