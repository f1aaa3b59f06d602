/** DNS messages: questions to bytes, bytes to answers and df-007 words. */
import { randomInt } from 'node:crypto'
import packet from 'dns-packet'
import type { Failure } from '../model/failure.ts'
import type { DnsAnswer } from '../model/measurement.ts'

export interface Question {
  readonly host: string
  readonly type: 'A' | 'AAAA'
}

export interface Reply {
  readonly id: number
  readonly truncated: boolean
  readonly failure: Failure | null
  readonly answers: readonly DnsAnswer[]
}

/** More than any honest answer; a message over TCP could hold thousands. */
const MAX_ANSWERS = 100

const RCODES: Readonly<Record<string, Failure>> = {
  NXDOMAIN: 'dns_nxdomain_error',
  SERVFAIL: 'dns_servfail_error',
  REFUSED: 'dns_refused_error',
}

/** A message id nobody can guess. */
export function newId(): number {
  return randomInt(0x1_0000)
}

export function encodeQuestion(id: number, question: Question): Buffer {
  return packet.encode({
    type: 'query',
    id,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type: question.type, name: withoutDot(question.host) }],
  })
}

/**
 * Reads a reply to a question.
 *
 * @returns `null` for what is no reply to it: not DNS, a query, or about another name or type
 */
export function readReply(message: Buffer, question: Question): Reply | null {
  let read: packet.DecodedPacket
  try {
    read = packet.decode(message)
  } catch {
    return null
  }
  const asked = read.questions?.[0]
  if (read.type !== 'response' || read.id === undefined) return null
  if (asked?.type !== question.type || !sameName(asked.name, question.host)) return null
  const answers = (read.answers ?? []).slice(0, MAX_ANSWERS).flatMap(toAnswer)
  // dns-packet names the code but its types do not: https://github.com/mafintosh/dns-packet
  const rcode = (read as { rcode?: string }).rcode ?? ''
  return { id: read.id, truncated: read.flag_tc, failure: failureOf(rcode, answers, question), answers }
}

function failureOf(rcode: string, answers: readonly DnsAnswer[], question: Question): Failure | null {
  if (rcode !== 'NOERROR') return RCODES[rcode] ?? 'dns_server_misbehaving'
  return answers.some((a) => a.type === question.type) ? null : 'dns_no_answer'
}

function toAnswer(record: packet.Answer): DnsAnswer[] {
  if (record.type !== 'A' && record.type !== 'AAAA' && record.type !== 'CNAME') return []
  return [{ type: record.type, value: record.data, ttlS: record.ttl ?? null, asn: null }]
}

function sameName(a: string, b: string): boolean {
  return withoutDot(a).toLowerCase() === withoutDot(b).toLowerCase()
}

/** `example.com.` and `example.com` are one name. */
export function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}
