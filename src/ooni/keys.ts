/** keys: addresses in one spelling, and the keys under which the judge looks up what a control met there. */
import { isIP, isIPv6 } from 'node:net'

/** One spelling for one address, as judge/ writes it; anything else comes back in lower case. */
export function canonical(address: string): string {
  if (!isIPv6(address)) return isIP(address) === 0 ? address.toLowerCase() : address
  return URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1) ?? address.toLowerCase()
}

/** `192.0.2.1:443`, `[2001:db8::1]:443`. */
export function tcpKey(address: string, port: number): string {
  const spelled = canonical(address)
  return spelled.includes(':') ? `[${spelled}]:${port}` : `${spelled}:${port}`
}

/** A TCP endpoint and the name asked for there. */
export function tlsKey(address: string, port: number, serverName: string): string {
  return `${tcpKey(address, port)} ${serverName.toLowerCase()}`
}
