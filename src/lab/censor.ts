/**
 * What a censor of one network does, as plain data, and which rule meets which traffic. The first rule added that matches wins.
 *
 * A name pattern is `host` (that name alone) or `*.host` (that name and every name below it).
 */

/** What happens to a cleartext DNS question. DNS over HTTPS is never touched by these. */
export type DnsRule = {
  readonly layer: 'dns'
  readonly names: readonly string[]
  /** only the provider's own resolver lies, or every cleartext resolver asked through the network (the default) */
  readonly where?: 'isp-resolver' | 'every-plain'
  /** compares names byte by byte, so that one asked for in capitals passes */
  readonly exactCase?: boolean
} & (
  | { readonly action: 'nxdomain' | 'empty' | 'servfail' | 'refused' | 'timeout' }
  /** a wrong answer: public and somebody else's, private, or loopback. AAAA questions get an empty answer. */
  | { readonly action: 'bogus' | 'private' | 'loopback'; readonly address?: string }
  /** over UDP, to A questions: a forged answer at once, the true one `trueAfterMs` later (default 60) */
  | { readonly action: 'inject'; readonly address?: string; readonly trueAfterMs?: number }
)

/** What happens to a TCP connection, by where it goes. */
export interface TcpRule {
  readonly layer: 'tcp'
  /** literal addresses, or host names that stand for every address the site has at that moment */
  readonly to: readonly string[]
  /** every port when left out */
  readonly port?: number
  /** `reset`: RST in place of the proxy's reply. `accept-reset`: the connection opens and is reset at once. */
  readonly action: 'refuse' | 'reset' | 'drop' | 'accept-reset'
}

/** What happens to a TLS connection, by the name in its ClientHello. */
export type TlsRule = {
  readonly layer: 'tls'
  readonly names: readonly string[]
  /** puts segments together again (the default); otherwise only a hello that comes whole in the first segment is read */
  readonly reassembles?: boolean
  /** on connections over this family only */
  readonly family?: 4 | 6
  /** after a match, this network's connections to that address and port meet the same for so long, whatever they say */
  readonly residualMs?: number
} & (
  | { readonly action: 'reset' | 'drop' | 'fin' }
  /** an unknown authority's certificate, for the name asked or for `as`, and the censor's page behind it */
  | { readonly action: 'mitm'; readonly as?: string; readonly page?: string }
  /** the server's bytes are cut once `afterBytes` of them (handshake included) went through */
  | { readonly action: 'reset-after' | 'fin-after' | 'drop-after'; readonly afterBytes: number }
  /** the rest of them comes a byte every `everyMs` (default 1000) */
  | { readonly action: 'drip-after'; readonly afterBytes: number; readonly everyMs?: number }
  /** the server's bytes come no faster than this, connection by connection; a burst (default 8 KiB) comes at once */
  | { readonly action: 'throttle'; readonly bytesPerSecond: number; readonly burstBytes?: number }
)

/** What happens to a cleartext HTTP request, by its Host header. */
export type HttpRule = { readonly layer: 'http'; readonly names: readonly string[] } & (
  | { readonly action: 'reset' | 'drop' }
  /** 302 to `location`, by default the block page on the provider's own host */
  | { readonly action: 'redirect'; readonly location?: string }
  | { readonly action: 'blockpage'; readonly page?: string }
  /** the server's bytes are cut after `afterBytes` (default 400): RST, FIN with less than the content-length promised, silence */
  | { readonly action: 'reset-after' | 'truncate' | 'drop-after'; readonly afterBytes?: number }
  /** a byte every `everyMs` (default 1000), for ever */
  | { readonly action: 'drip'; readonly everyMs?: number }
)

/** What happens to QUIC, by where it goes or by the name in its Initial; to all of it when neither is said. */
export interface QuicRule {
  readonly layer: 'quic'
  /** literal addresses, or host names that stand for every address the site has at that moment */
  readonly to?: readonly string[]
  readonly names?: readonly string[]
  readonly action: 'drop'
}

export type CensorRule = DnsRule | TcpRule | TlsRule | HttpRule | QuicRule

/** The rules in force on one network. */
export interface Censor {
  readonly rules: readonly CensorRule[]
  /** Puts a rule in force for what begins from now on. The returned function lifts it; calling it twice does no harm. */
  add(rule: CensorRule): () => void
  /** Lifts every rule. */
  clear(): void
}

/** A censor without rules. `lifted` is called for each rule that is no longer in force. */
export function createCensor(lifted: (rule: CensorRule) => void): Censor {
  const rules: CensorRule[] = []
  const lift = (rule: CensorRule): void => {
    const index = rules.indexOf(rule)
    if (index === -1) return
    rules.splice(index, 1)
    lifted(rule)
  }
  return {
    rules,
    add(rule) {
      // A copy, so that the same object added twice is two rules.
      const own = { ...rule }
      rules.push(own)
      return () => lift(own)
    },
    clear() {
      while (rules.length > 0) lift(rules[0]!)
    },
  }
}

/** Whether a host name matches a pattern. */
export function matches(pattern: string, host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  const wanted = pattern.toLowerCase()
  if (!wanted.startsWith('*.')) return name === wanted
  return name === wanted.slice(2) || name.endsWith(wanted.slice(1))
}

/** The DNS rule a question meets, or `null`. */
export function dnsRule(censor: Censor, name: string, request: 'isp-resolver' | 'other'): DnsRule | null {
  return first(
    censor,
    (rule): rule is DnsRule =>
      rule.layer === 'dns' &&
      (rule.where !== 'isp-resolver' || request === 'isp-resolver') &&
      rule.names.some((pattern) => matches(pattern, name)) &&
      (rule.exactCase !== true || name === name.toLowerCase()),
  )
}

/** The TCP rule a connection meets, or `null`. `addressesOf` resolves host names in rules; an unknown name has none. */
export function tcpRule(
  censor: Censor,
  to: { readonly address: string; readonly port: number },
  addressesOf: (host: string) => readonly string[],
): TcpRule | null {
  return first(
    censor,
    (rule): rule is TcpRule =>
      rule.layer === 'tcp' &&
      (rule.port === undefined || rule.port === to.port) &&
      rule.to.some((target) => target === to.address || addressesOf(target).includes(to.address)),
  )
}

/** A ClientHello as it comes by. */
export interface SeenHello {
  readonly serverName: string | null
  readonly family: 4 | 6
  /** all of it was in the first segment */
  readonly inOneSegment: boolean
}

/** The TLS rule a ClientHello meets, or `null`; one without a name meets none. */
export function tlsRule(censor: Censor, { serverName, family, inOneSegment }: SeenHello): TlsRule | null {
  if (serverName === null) return null
  return first(
    censor,
    (rule): rule is TlsRule =>
      rule.layer === 'tls' &&
      rule.names.some((pattern) => matches(pattern, serverName)) &&
      (rule.family ?? family) === family &&
      (rule.reassembles !== false || inOneSegment),
  )
}

/** The HTTP rule a request meets, or `null`; one without a Host header meets none. */
export function httpRule(censor: Censor, host: string | null): HttpRule | null {
  if (host === null) return null
  return first(
    censor,
    (rule): rule is HttpRule => rule.layer === 'http' && rule.names.some((pattern) => matches(pattern, host)),
  )
}

/** The QUIC rule a datagram meets, or `null`. `serverName` is that of its connection, where it is known. */
export function quicRule(
  censor: Censor,
  { address, serverName }: { readonly address: string; readonly serverName: string | null },
  addressesOf: (host: string) => readonly string[],
): QuicRule | null {
  return first(
    censor,
    (rule): rule is QuicRule =>
      rule.layer === 'quic' &&
      (rule.to ?? [address]).some((target) => target === address || addressesOf(target).includes(address)) &&
      (rule.names === undefined ||
        (serverName !== null && rule.names.some((pattern) => matches(pattern, serverName)))),
  )
}

function first<R extends CensorRule>(censor: Censor, fits: (rule: CensorRule) => rule is R): R | null {
  return censor.rules.find(fits) ?? null
}
