/**
 * scrub: takes addresses out of texts that others wrote. A page may show the address of whoever asked for it, and an error that of the
 * machine it happened on; we do not know our own, so every address goes.
 */
import { familyOf } from './addresses.ts'

export const SCRUBBED = '[scrubbed]'

const IPV4 = /(?<!\d)((?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5})?(?!\d)/g
/** With the brackets, the zone and the port that belong to it. */
const IPV6 =
  /\[?(?<!\w)((?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}))(?:%\w+)?\]?(?::\d{1,5})?(?![\w:])/gi

/** Puts `[scrubbed]` in place of each IPv4, IPv6 and MAC address with its port, as OONI writes failures (df-007). Times of day stay. */
export function scrub(text: string): string {
  return text
    .replace(IPV6, (found, address: string) =>
      familyOf(address) !== null || address.split(':').length > 5 ? SCRUBBED : found,
    )
    .replace(IPV4, (found, address: string) =>
      address.split('.').every((part) => Number(part) <= 255) ? SCRUBBED : found,
    )
}
