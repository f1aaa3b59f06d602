/** Time inside one probe, from the monotonic clock. */

/** Ms since the probe began, rounded to microseconds. */
export type Stopwatch = () => number

export function startStopwatch(): Stopwatch {
  const begunAt = performance.now()
  return () => Math.round((performance.now() - begunAt) * 1000) / 1000
}
