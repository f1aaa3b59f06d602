/**
 * What stands in the way of one network's traffic, a censor or a fault, as plain data. The first rule added that matches wins; a fault
 * is a rule that spares nobody, or strikes by chance.
 *
 * A name pattern is `host` (that name alone), `*.host` (that name and every name below it) or `*` (every name, and none). Among
 * addresses `*` is every one.
 */
import type { Random } from './random.ts'

/** Whom a rule spares, of those it names. */
interface Bounds {
  /** 0 to 1: how many of those that match it strikes, by chance; all when left out */
  readonly share?: number
  /** only what leaves the country */
  readonly abroad?: true
  /** on connections over this family only */
  readonly family?: 4 | 6
}

/** What happens to a cleartext DNS question. DNS over HTTPS is never touched by these. */
export type DnsRule = Omit<Bounds, 'family'> & {
  readonly layer: 'dns'
  readonly names: readonly string[]
  /** questions for these types of record; every type when left out */
  readonly types?: readonly string[]
  /** questions asked this way; both when left out */
  readonly over?: 'udp' | 'tcp'
  /** asked of these resolvers, by address */
  readonly resolvers?: readonly string[]
  /** only the provider's own resolver lies, or every cleartext resolver asked through the network (the default) */
  readonly where?: 'isp-resolver' | 'every-plain'
  /** who asks with EDNS is told why. @see RFC 8914 */
  readonly says?: { readonly code: number; readonly text?: string }
  /** questions with EDNS are dropped, as by boxes that do not know it */
  readonly dropsEdns?: true
  /** compares names byte by byte, so that one asked for in capitals passes */
  readonly exactCase?: boolean
} & (
    | { readonly action: 'nxdomain' | 'empty' | 'servfail' | 'refused' | 'timeout' }
    /** over UDP, an empty answer that says that it was cut */
    | { readonly action: 'truncate' }
    /** a wrong answer: public and somebody else's, private, or loopback. AAAA questions get an empty answer. */
    | { readonly action: 'bogus' | 'private' | 'loopback'; readonly address?: string }
    /** over UDP, to A questions: a forged answer at once, the true one `trueAfterMs` later (default 60) */
    | { readonly action: 'inject'; readonly address?: string; readonly trueAfterMs?: number }
  )

/** What happens to a TCP connection, by where it goes. */
export interface TcpRule extends Bounds {
  readonly layer: 'tcp'
  /** literal addresses, or host names that stand for every address the site has at that moment */
  readonly to: readonly string[]
  /** every port when left out */
  readonly port?: number
  /** `reset`: RST in place of the proxy's reply. `accept-…`: the connection opens, and is reset or closed at once or never answers. */
  readonly action:
    | 'refuse'
    | 'unreachable'
    | 'reset'
    | 'drop'
    | 'accept-reset'
    | 'accept-close'
    | 'accept-drop'
}

/** What happens to the packets of a TCP connection, by where it goes. */
export type PacketRule = Omit<Bounds, 'share'> & {
  readonly layer: 'packet'
  /** as in a TCP rule */
  readonly to: readonly string[]
  readonly port?: number
} &
  /** those that carry more than so many bytes vanish without a word; either direction when none is said. They are never sent again smaller. */
  (
    | { readonly action: 'swallow'; readonly largerThan: number; readonly direction?: 'out' | 'in' }
    /** 0 to 1: how likely one and its answer is lost, and sent again on Linux's clock */
    | { readonly action: 'lose'; readonly share: number }
  )

/** What happens to a TLS connection, by the name in its ClientHello. */
export type TlsRule = Bounds & {
  readonly layer: 'tls'
  readonly names: readonly string[]
  /** puts segments together again (the default); otherwise only a hello that comes whole in the first segment is read */
  readonly reassembles?: boolean
  /** after a match, this network's connections to that address and port meet the same for so long, whatever they say */
  readonly residualMs?: number
} & (
    | { readonly action: 'reset' | 'drop' | 'fin' }
    /** a fatal alert in place of the handshake (112 when left out), then FIN or RST. @see RFC 8446 6.2 */
    | { readonly action: 'alert'; readonly description?: number; readonly end?: 'fin' | 'reset' }
    /** the block page in cleartext, in place of the handshake */
    | { readonly action: 'cleartext'; readonly page?: string }
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
export type HttpRule = Bounds & { readonly layer: 'http'; readonly names: readonly string[] } & (
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

export type CensorRule = DnsRule | TcpRule | PacketRule | TlsRule | HttpRule | QuicRule

/** The rules in force on one network. */
export interface Censor {
  readonly rules: readonly CensorRule[]
  /** decides whom a rule with a share strikes */
  readonly chance: Random
  /** Puts a rule in force for what begins from now on. The returned function lifts it; calling it twice does no harm. */
  add(rule: CensorRule): () => void
  /** Lifts every rule. */
  clear(): void
}

/** A censor without rules. `lifted` is called for each rule that is no longer in force. */
export function createCensor(lifted: (rule: CensorRule) => void, chance: Random): Censor {
  const rules: CensorRule[] = []
  const lift = (rule: CensorRule): void => {
    const index = rules.indexOf(rule)
    if (index === -1) return
    rules.splice(index, 1)
    lifted(rule)
  }
  return {
    rules,
    chance,
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
