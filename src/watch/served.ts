/** served: addresses that a vantage's resolver gave for an endpoint and that proved good, so that one that dies is not taken for a lie. */
import { DAY_MS } from '../model/time.ts'

export interface Served {
  readonly note: (key: string, addresses: readonly string[], at: number) => void
  /** those noted within the last days */
  readonly known: (key: string, at: number) => readonly string[]
}

const KEPT_MS = 3 * DAY_MS
/** Content networks give others by turns; beyond this the one not seen longest is forgotten. */
const KEPT_MAX = 32

export function createServed(): Served {
  const seen = new Map<string, Map<string, number>>()
  return {
    note(key, addresses, at) {
      if (addresses.length === 0) return
      const known = seen.get(key) ?? new Map<string, number>()
      seen.set(key, known)
      for (const address of addresses) {
        known.delete(address)
        known.set(address, at)
      }
      while (known.size > KEPT_MAX) known.delete(known.keys().next().value!)
    },
    known(key, at) {
      return [...(seen.get(key) ?? [])].flatMap(([address, seenAt]) =>
        at - seenAt <= KEPT_MS ? [address] : [],
      )
    },
  }
}
