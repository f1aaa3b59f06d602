/** DNS messages as the lab's resolvers write them. */
import { isIP, isIPv4 } from 'node:net'
import packet from 'dns-packet'
import type { Answer, Packet } from 'dns-packet'
import type { Records } from './world.ts'

const TTL_S = 300
const RECURSION = packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE

/** The codes the lab answers with. @see RFC 1035 4.1.1 */
export const RCODE = { noerror: 0, servfail: 2, nxdomain: 3, refused: 5 } as const
export type Rcode = keyof typeof RCODE

/** A question that can be answered: one name, one type. */
export interface Question {
  readonly id: number
  /** spelt as it was asked, so that it can be sent back the same */
  readonly name: string
  readonly type: string
  readonly edns: boolean
}

/** Reads a query; `null` for anything that is not one. */
export function readQuestion(message: Buffer): Question | null {
  let decoded: Packet
  try {
    decoded = packet.decode(message)
  } catch {
    // dns-packet throws errors of every class on garbage; a resolver ignores garbage.
    return null
  }
  const question = decoded.questions?.[0]
  if (decoded.type !== 'query' || !question) return null
  const edns = decoded.additionals?.some(({ type }) => type === 'OPT') === true
  return { id: decoded.id ?? 0, name: question.name, type: question.type, edns }
}

/** A query for one name, as a proxy that resolves for its clients sends it. */
export function writeQuestion(name: string): Buffer {
  return packet.encode({
    type: 'query',
    id: 1,
    flags: packet.RECURSION_DESIRED,
    questions: [{ type: 'A', name }],
  })
}

/** The IPv4 addresses in an answer. */
export function readAddresses(message: Buffer): string[] {
  return (packet.decode(message).answers ?? []).flatMap((answer) =>
    answer.type === 'A' ? [answer.data] : [],
  )
}

/** Why, in the resolver's own words. @see RFC 8914 */
export type Reason = { readonly code: number; readonly text?: string } | undefined

/** An answer without records. */
export function writeCode(question: Question, code: Rcode, why?: Reason): Buffer {
  return write(question, RCODE[code], [], why)
}

/** An answer that says that there is more of it. */
export function writeCut(question: Question): Buffer {
  return write(question, packet.TRUNCATED_RESPONSE, [])
}

/** An answer of one address; an empty one when the question was for the other family. */
export function writeAddress(question: Question, address: string, why?: Reason): Buffer {
  return write(question, RCODE.noerror, addressAnswers(question, question.name, [address]), why)
}

/** The truth. */
export function writeRecords(question: Question, records: Records | null): Buffer {
  if (!records) return writeCode(question, 'nxdomain')
  const { cname, addresses, https } = records
  const alias: Answer[] = cname ? [{ type: 'CNAME', name: question.name, ttl: TTL_S, data: cname }] : []
  return write(question, RCODE.noerror, [
    ...alias,
    ...addressAnswers(question, cname ?? question.name, addresses),
    ...httpsAnswers(question, cname ?? question.name, https),
  ])
}

/** dns-packet knows HTTPS (RFC 9460) by its number only, and its types know no numbers. */
function httpsAnswers({ type }: Question, name: string, data: Buffer | null): Answer[] {
  return type === 'UNKNOWN_65' && data !== null ? [{ type, name, ttl: TTL_S, data } as unknown as Answer] : []
}

function addressAnswers({ type }: Question, name: string, addresses: readonly string[]): Answer[] {
  if (type !== 'A' && type !== 'AAAA') return []
  return addresses
    .filter((address) => isIP(address) !== 0 && isIPv4(address) === (type === 'A'))
    .map((data) => ({ type, name, ttl: TTL_S, data }))
}

function write({ id, name, type, edns }: Question, rcode: number, answers: Answer[], why?: Reason): Buffer {
  const questions = [{ name, type: type as 'A' }]
  const additionals = edns && why !== undefined ? [optWith(why)] : []
  return packet.encode({ type: 'response', id, flags: RECURSION | rcode, questions, answers, additionals })
}

function optWith({ code, text = '' }: NonNullable<Reason>): Answer {
  const data = Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(text)])
  const options = [{ code: 15, data }]
  return { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options } as unknown as Answer
}
