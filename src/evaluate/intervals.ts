/** intervals: how sure a share, a rate or a median is, at 95 %. Pure. */
import { poissonInterval } from '../correlate/significance.ts'
import { quantile as pointQuantile } from '../model/statistics.ts'

const Z = 1.959964

export interface Estimate {
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
  /** of how many */
  readonly of: number
}

/** A share, with Wilson's interval: sound also at 0 and at 1, where the plain one has no width. */
export function share(hits: number, of: number): Estimate {
  if (of === 0) return { value: null, low: null, high: null, of }
  const p = hits / of
  const middle = p + Z ** 2 / (2 * of)
  const width = Z * Math.sqrt((p * (1 - p)) / of + Z ** 2 / (4 * of ** 2))
  const whole = 1 + Z ** 2 / of
  return {
    value: p,
    low: hits === 0 ? 0 : Math.max(0, (middle - width) / whole),
    high: hits === of ? 1 : Math.min(1, (middle + width) / whole),
    of,
  }
}

/** So many in so much time, with the exact Poisson interval. */
export function rate(count: number, time: number): Estimate & { readonly count: number } {
  const [low, high] = poissonInterval(count, 0.95)
  return { value: count / time, low: low / time, high: high / time, of: time, count }
}

/** A quantile, with the interval its order statistics give. */
export function quantile(values: readonly number[], at: number): Estimate {
  const n = values.length
  if (n === 0) return { value: null, low: null, high: null, of: 0 }
  const sorted = values.toSorted((a, b) => a - b)
  const width = Z * Math.sqrt(n * at * (1 - at))
  const nth = (rank: number): number => sorted[Math.min(n - 1, Math.max(0, rank))]!
  return {
    value: pointQuantile(values, at),
    low: nth(Math.floor(at * n - width) - 1),
    high: nth(Math.ceil(at * n + width)),
    of: n,
  }
}
