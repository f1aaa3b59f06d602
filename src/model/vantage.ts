/** Where we look from. */

/** How a vantage asks for a name. */
export type Resolver =
  /** the operating system's own; `direct` vantages only */
  | { readonly kind: 'system' }
  /** the proxy resolves; we never learn the address */
  | { readonly kind: 'proxy' }
  /** one server, asked over UDP (keeps listening for a second answer) or TCP, through the vantage's own way out */
  | { readonly kind: 'udp' | 'tcp'; readonly address: string; readonly port: number }
  /** DNS over HTTPS, through the vantage's own way out; `address` = literal IP to connect to, so that asking needs no asking */
  | { readonly kind: 'doh'; readonly url: string; readonly address: string | null }

/** How packets get there. */
export type Route =
  | { readonly kind: 'direct' }
  | {
      readonly kind: 'socks5' | 'http-proxy'
      readonly host: string
      readonly port: number
      readonly username: string | null
      readonly password: string | null
    }

/** A route by way of a proxy. */
export type ProxyRoute = Exclude<Route, { readonly kind: 'direct' }>

/** A place in a network from which probes are made. Plain data: it crosses into worker threads. */
export interface Vantage {
  readonly id: string
  readonly role: 'probe' | 'control'
  readonly route: Route
  /** ISO 3166-1 alpha-2 */
  readonly country: string
  readonly asn: number | null
  readonly isp: string | null
  readonly city: string | null
  /** the resolvers people on that network use; the first is the one whose answers are connected to */
  readonly resolvers: readonly Resolver[]
  /** a resolver the network cannot easily lie about; `null` = none is asked */
  readonly trustedResolver: Resolver | null
  readonly maxInFlight: number
}

/** What grouping outages needs to know of a vantage, also of one that is no longer configured. */
export type VantageFacts = Pick<Vantage, 'id' | 'role' | 'country' | 'asn'>

/** What a line can have while it is up, and what hits every service alike. */
export const TROUBLES = ['no_names', 'no_https', 'no_ipv4', 'intercepted', 'slow'] as const
/**
 * `no_names`: its resolver answers for nothing. `no_https`: port 443, or packets as large as TLS needs, do not pass. `no_ipv4`: only
 * IPv6 passes. `intercepted`: somebody else's certificate is shown for every name. `slow`: answers take too long to be timed.
 */
export type Trouble = (typeof TROUBLES)[number]

export const HEALTHS = ['online', 'shutdown', 'offline', ...TROUBLES, 'unknown'] as const
/** What the canaries say of a vantage. `unknown`: not probed yet, or the signs are mixed. */
export type Health = (typeof HEALTHS)[number]
