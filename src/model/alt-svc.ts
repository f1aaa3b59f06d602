/** Alt-Svc: does a page say that its site speaks HTTP/3? @see RFC 7838, RFC 9114 */

/** One alternative: protocol, then `host:port` in quotes; parameters follow. */
const ALTERNATIVE = /(?:^|,)\s*([\w%-]+)\s*=\s*"([^"]*)"/g

/**
 * The UDP port at which a host offers HTTP/3 beside the answer that carried these headers.
 *
 * @param headers lower-cased names
 * @param host that answered; an offer on another host is not one for its address
 * @returns `null` when none is offered, or what was offered before is withdrawn
 */
export function http3Port(headers: readonly (readonly [string, string])[], host: string): number | null {
  for (const [name, value] of headers) {
    if (name !== 'alt-svc') continue
    for (const [, protocol, authority] of value.matchAll(ALTERNATIVE)) {
      const at = authority!.lastIndexOf(':')
      const port = at === -1 ? '' : authority!.slice(at + 1)
      const there = authority!.slice(0, at).toLowerCase()
      if (protocol !== 'h3' || !/^\d{1,5}$/.test(port)) continue
      if ((there === '' || there === host.toLowerCase()) && Number(port) > 0 && Number(port) < 65_536)
        return Number(port)
    }
  }
  return null
}
