/** Resolvers as text: `system`, `proxy`, `udp://10.0.0.53:53`, `tcp://[2001:db8::53]:53`, `https://dns.quad9.net/dns-query#9.9.9.9`. */
import { isIP } from 'node:net'
import { z } from 'zod'
import type { Resolver } from '../model/vantage.ts'
import { hostOf } from '../net/endpoint.ts'

const RIGHT =
  'must be system, proxy, udp://<address>:<port>, tcp://<address>:<port> or https://<host>/<path>, with #<address to connect to> when the host is a name'

/** How a vantage asks for a name; what may be used where is looked at once the vantage is known. */
export function resolver() {
  return z.string({ error: RIGHT }).refine((value) => parseResolver(value) !== null, { error: RIGHT })
}

/** @returns `null` when the text is no resolver. Port 53 is understood; an https host that is an address is its own address. */
export function parseResolver(value: string): Resolver | null {
  if (value === 'system' || value === 'proxy') return { kind: value }
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || url.username !== '' || url.password !== '') return null
  const hostname = hostOf(url)
  if (url.protocol === 'udp:' || url.protocol === 'tcp:') {
    if (isIP(hostname) === 0 || url.pathname !== '' || url.search !== '' || url.hash !== '') return null
    const port = url.port === '' ? 53 : Number(url.port)
    return port === 0 ? null : { kind: url.protocol === 'udp:' ? 'udp' : 'tcp', address: hostname, port }
  }
  if (url.protocol !== 'https:') return null
  const pinned = url.hash.slice(1)
  if (pinned !== '' && isIP(pinned) === 0) return null
  url.hash = ''
  const own = isIP(hostname) === 0 ? null : hostname
  return { kind: 'doh', url: url.href, address: pinned === '' ? own : pinned }
}
