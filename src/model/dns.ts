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

/** Why a reply is as it is, in the resolver's own words. @see RFC 8914 */
export interface ExtendedError {
  readonly code: number
  /** on one line; empty = none was given */
  readonly text: string
}

/** A record beside the answers. */
export interface BesideRecord {
  readonly section: 'authority' | 'additional'
  readonly type: string
  readonly name: string
  readonly ttlS: number
  /** in words, on one line, as far as it can be put so */
  readonly value: string
}

/** What a reply says beside its answers. What resolvers mostly say is left out. */
export interface ReplyDetails {
  /** the resolver calls the answer its own (AA) */
  readonly authoritative?: true
  /** it says that it does not ask others (RA is not set) */
  readonly recursionUnavailable?: true
  readonly beside?: readonly BesideRecord[]
  /** what it said when it was asked once more, and why; left out: it was not asked, or gave no reason */
  readonly extendedErrors?: readonly ExtendedError[]
}

/** So many of one reply are kept. */
export const MAX_EXTENDED_ERRORS = 4
const MAX_TEXT = 200

/** Text of a reply, 200 characters at most: control characters, and those that change the direction of text, become spaces. */
export function onOneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, MAX_TEXT)
}

const FORGED_ANSWER = 4
const BLOCKED = 15
const CENSORED = 16

/** The codes by which a resolver owns up to a policy. @see RFC 8914 section 4 */
const POLICIES: ReadonlyMap<number, string> = new Map([
  [FORGED_ANSWER, 'Forged Answer'],
  [BLOCKED, 'Blocked'],
  [CENSORED, 'Censored'],
  [17, 'Filtered'],
  [18, 'Prohibited'],
])

/** Its answer, or that there is none, is its own policy or that of somebody above it. */
export function isPolicy({ code }: ExtendedError): boolean {
  return POLICIES.has(code)
}

/** In the resolver's own words, it or somebody above it keeps the name from people. */
export function saysBlocked(errors: readonly ExtendedError[] = []): boolean {
  return errors.some(({ code }) => code === BLOCKED || code === CENSORED)
}

/** In the resolver's own words, the answer is not the name's. */
export function saysForged(errors: readonly ExtendedError[] = []): boolean {
  return saysBlocked(errors) || errors.some(({ code }) => code === FORGED_ANSWER)
}

/** `Blocked (15)` */
export function errorName({ code }: ExtendedError): string {
  return `${POLICIES.get(code) ?? 'error'} (${code})`
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
