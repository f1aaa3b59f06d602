/** DNS messages: questions to bytes, bytes to answers and df-007 words. */
import { randomInt } from 'node:crypto'
import packet from 'dns-packet'
import type { Failure } from '../../model/failure.ts'
import type { DnsAnswer, ReplyDetails } from '../../model/dns.ts'
import { detailsOf } from './reply-details.ts'
import { withoutDot } from '../../net/host-name.ts'
import { http3PortIn } from './https-record.ts'

export interface Question {
  readonly host: string
  readonly type: 'A' | 'AAAA' | 'HTTPS'
  /** with EDNS, so that the resolver may say why; not as people ask, whose stubs send none */
  readonly edns?: true
}

export interface Reply {
  readonly id: number
  readonly truncated: boolean
  readonly failure: Failure | null
  /** addresses and aliases; other records only decide whether it is `dns_no_answer` */
  readonly answers: readonly DnsAnswer[]
  /** where HTTPS records offer HTTP/3; `null` for other questions */
  readonly http3Port: number | null
  readonly details: ReplyDetails
}

/** More than any honest answer; a message over TCP could hold thousands. */
const MAX_ANSWERS = 100

const RCODES: Readonly<Record<string, Failure>> = {
  NXDOMAIN: 'dns_nxdomain_error',
  SERVFAIL: 'dns_servfail_error',
  REFUSED: 'dns_refused_error',
}

/** As most resolvers send it since 2020: https://www.dnsflagday.net/2020/ */
const OPT = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  flags: 0,
  options: [],
} as unknown as packet.Answer

/** A message id nobody can guess. */
export function newId(): number {
  return randomInt(0x1_0000)
}

export function encodeQuestion(id: number, question: Question): Buffer {
  return packet.encode({
    type: 'query',
    id,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type: wireType(question), name: withoutDot(question.host) }],
    ...(question.edns && { additionals: [OPT] }),
  })
}

/** Reads a reply to a question. @returns `null` for what is no reply to it: not DNS, a query, or about another name or type */
export function readReply(message: Buffer, question: Question): Reply | null {
  let read: packet.DecodedPacket
  try {
    read = packet.decode(message)
  } catch {
    return null
  }
  const query = read.questions?.[0]
  if (read.type !== 'response' || read.id === undefined) return null
  if (query?.type !== wireType(question) || !sameName(query.name, question.host)) return null
  const records = (read.answers ?? []).slice(0, MAX_ANSWERS)
  // dns-packet names the code but its types do not: https://github.com/mafintosh/dns-packet
  const rcode = (read as { rcode?: string }).rcode ?? ''
  const failure = failureOf(rcode, records, question)
  return {
    id: read.id,
    truncated: read.flag_tc,
    failure,
    answers: records.flatMap(toAnswer),
    http3Port: question.type === 'HTTPS' && failure === null ? http3PortOf(records, question) : null,
    details: detailsOf(read),
  }
}

function failureOf(rcode: string, records: readonly packet.Answer[], question: Question): Failure | null {
  if (rcode !== 'NOERROR') return RCODES[rcode] ?? 'dns_server_misbehaving'
  return records.some((a) => a.type === wireType(question)) ? null : 'dns_no_answer'
}

/** dns-packet knows HTTPS (RFC 9460) by its number only, and its types know no numbers. */
function wireType({ type }: Question): 'A' | 'AAAA' {
  return type === 'HTTPS' ? ('UNKNOWN_65' as 'A') : type
}

function http3PortOf(records: readonly packet.Answer[], question: Question): number | null {
  const https = records.filter((record) => record.type === wireType(question))
  // What dns-packet does not know, it leaves in bytes.
  return http3PortIn(https as unknown as { name: string; data: Buffer }[], withoutDot(question.host))
}

function toAnswer(record: packet.Answer): DnsAnswer[] {
  if (record.type !== 'A' && record.type !== 'AAAA' && record.type !== 'CNAME') return []
  return [{ type: record.type, value: record.data, ttlS: record.ttl ?? null, asn: null }]
}

function sameName(a: string, b: string): boolean {
  return withoutDot(a).toLowerCase() === withoutDot(b).toLowerCase()
}
