/**
 * scrub: what must not leave with an export. A page may show the address of whoever asked for it, and a block page often does; we
 * do not know our own, so every address in what a server wrote is taken out. Names and addresses of servers stay.
 */
import { isIP } from 'node:net'

const SCRUBBED = '[scrubbed]'
const IPV4 = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g
const IPV6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi

/** Text of a page or a header. */
export function scrub(text: string): string {
  return text
    .replace(IPV4, (found) => (isIP(found) === 0 ? found : SCRUBBED))
    .replace(IPV6, (found) => (isIP(found) === 0 ? found : SCRUBBED))
}

/** Cookies name whoever asked. Where a redirect leads is kept, what it says of whoever asked is not. */
export function scrubHeader([name, value]: readonly [string, string]): [string, string] {
  if (name === 'set-cookie' || name === 'cookie' || name === 'authorization') return [name, SCRUBBED]
  const host = name === 'location' ? /^(?:https?:)?\/\/[^/?#]*/i.exec(value)?.[0] : undefined
  return [name, host === undefined ? scrub(value) : host + scrub(value.slice(host.length))]
}
