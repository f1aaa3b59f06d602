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
