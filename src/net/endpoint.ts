/** Where a connection goes, as text: host and port, IPv6 in brackets; and what of a URL says it. */
import { canonical } from './addresses.ts'

/** Host of a URL as a name or a literal address, IPv6 without its brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

/** Host of the URL that a text is, as `hostOf` gives it; `null` when it is not a URL with a host. */
export function hostIn(text: string, base?: string): string | null {
  const url = URL.parse(text, base)
  return url === null || url.hostname === '' ? null : hostOf(url)
}

/** Port of a URL; 443 or 80 where it says none. */
export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

/** `192.0.2.1:443`, `[2001:db8::1]:443`, `www.site.example:443`. */
export function tcpKey(host: string, port: number): string {
  const spelled = canonical(host)
  return spelled.includes(':') ? `[${spelled}]:${port}` : `${spelled}:${port}`
}

/** A TCP endpoint and the name asked for there. */
export function tlsKey(host: string, port: number, serverName: string): string {
  return `${tcpKey(host, port)} ${serverName.toLowerCase()}`
}

/** `[::1]:443` and `192.0.2.1:443` taken apart; `null` when it is neither. */
export function endpointOf(text: string | null): { address: string; port: number } | null {
  const found = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text ?? '')
  const port = Number(found?.[3])
  return found === null || port > 65_535 ? null : { address: (found[1] ?? found[2])!, port }
}
