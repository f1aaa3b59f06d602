/** What must not leave with a header. Names and addresses of servers stay. */
import { scrub, SCRUBBED } from '../net/scrub.ts'

/** Cookies name whoever asked. Where a redirect leads is kept, what it says of whoever asked is not. */
export function scrubHeader([name, value]: readonly [string, string]): [string, string] {
  if (name === 'set-cookie' || name === 'cookie' || name === 'authorization') return [name, SCRUBBED]
  const host = name === 'location' ? /^(?:https?:)?\/\/[^/?#]*/i.exec(value)?.[0] : undefined
  return [name, host === undefined ? scrub(value) : host + scrub(value.slice(host.length))]
}
