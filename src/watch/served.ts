/** served: addresses that a vantage's resolver gave for an endpoint and that proved good, so that one that dies is not taken for a lie. */
import type { VantageState } from '../detect/state.ts'
import { DAY_MS } from '../model/time.ts'

const KEPT_MS = 3 * DAY_MS
/** Content networks give others by turns; beyond this the one not seen longest is forgotten. */
const KEPT_MAX = 16

type Kept = Pick<VantageState, 'served'>

export function noteServed(
  { served }: Kept,
  endpoint: string,
  addresses: readonly string[],
  at: number,
): void {
  if (addresses.length === 0) return
  const known = { ...served[endpoint], ...Object.fromEntries(addresses.map((address) => [address, at])) }
  const latest = Object.entries(known).toSorted(([, a], [, b]) => b - a)
  served[endpoint] = Object.fromEntries(latest.slice(0, KEPT_MAX))
}

/** Those noted within the last days. */
export function servedLately({ served }: Kept, endpoint: string, at: number): string[] {
  return Object.entries(served[endpoint] ?? {}).flatMap(([address, seenAt]) =>
    at - seenAt <= KEPT_MS ? [address] : [],
  )
}
