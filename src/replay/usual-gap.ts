/** usual-gap: how often something was looked at, where no schedule says so: the median time between measurements. Pure. */
import type { ScannedRow } from '../store/measurements/scan-rows.ts'
import { HOUR_MS } from '../model/time.ts'

/** Shorter gaps are looks of one sitting; where there was only one, nothing is known. */
const LEAST_MS = 30_000
const UNKNOWN_MS = HOUR_MS

export interface UsualGaps {
  readonly of: (service: string, vantage: string) => number
  /** of all together */
  readonly any: number
}

/** @param rows by time. @param serviceOf an endpoint, or `null` when it is not watched */
export function usualGap(
  rows: readonly ScannedRow[],
  serviceOf: (endpoint: string) => string | null,
): UsualGaps {
  const last = new Map<string, number>()
  const gaps = new Map<string, number[]>()
  for (const { series, endedAt } of rows) {
    const service = serviceOf(series.endpoint)
    if (service === null) continue
    const key = `${service} ${series.vantage}`
    const gap = endedAt - (last.get(key) ?? -Infinity)
    last.set(key, endedAt)
    if (gap < LEAST_MS || gap === Infinity) continue
    const known = gaps.get(key)
    if (known === undefined) gaps.set(key, [gap])
    else known.push(gap)
  }
  const medians = new Map([...gaps].map(([key, all]) => [key, longerMedian(all)]))
  return {
    of: (service, vantage) => medians.get(`${service} ${vantage}`) ?? UNKNOWN_MS,
    any: medians.size === 0 ? UNKNOWN_MS : longerMedian([...medians.values()]),
  }
}

/** Of an even number the longer of the two in the middle: silence is told of rather late than early. */
function longerMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
