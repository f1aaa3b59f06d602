/** How long a step may take before it counts as silence: on a machine that many programs want, as much longer as they make it wait. */
import { availableParallelism, loadavg } from 'node:os'

const MOST = 6

/** @param ms on a machine that runs nothing but these tests */
export function patient(ms: number): number {
  const queue = loadavg()[0]! / availableParallelism()
  return Math.round(ms * Math.min(MOST, Math.max(1, queue / 2)))
}
