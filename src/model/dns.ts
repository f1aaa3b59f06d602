/** What resolvers answer. */
import type { Failure } from './failure.ts'

export interface DnsAnswer {
  readonly type: 'A' | 'AAAA' | 'CNAME'
  /** literal IP, or the name for a CNAME */
  readonly value: string
  readonly ttlS: number | null
  /** origin network when known (imports bring it); `null` never matches anything */
  readonly asn: number | null
}

/** An answer that came after the first to the same question: somebody answered in the resolver's name. */
export interface LateDnsReply {
  readonly afterMs: number
  readonly failure: Failure | null
  readonly answers: readonly DnsAnswer[]
}

/** Which questions find a host's addresses. */
export function addressTypes(ipv6: boolean): readonly ('A' | 'AAAA')[] {
  return ipv6 ? ['A', 'AAAA'] : ['A']
}

/** The literal addresses among the answers, as they were written; a CNAME is none. */
export function addressesIn(answers: readonly DnsAnswer[]): string[] {
  return answers.flatMap(({ type, value }) => (type === 'CNAME' ? [] : [value]))
}

/** An address that no resolver had to be asked for, as an answer. */
export function literalAnswer(address: string): DnsAnswer {
  return { type: address.includes(':') ? 'AAAA' : 'A', value: address, ttlS: null, asn: null }
}
