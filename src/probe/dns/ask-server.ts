/** One question to one name server, as resolvers ask it: over UDP, and over TCP where the answer was cut or no datagrams pass. */
import type { Failure } from '../../model/failure.ts'
import { addressesIn, type DnsAnswer, type LateDnsReply, type ReplyDetails } from '../../model/dns.ts'
import { publicTest } from '../../net/addresses.ts'
import type { Dialer } from '../../vantage/dialer.ts'
import type { Server } from '../../vantage/system-servers.ts'
import { ProtocolError } from '../protocol-error.ts'
import { askTcp } from './tcp.ts'
import { askUdp } from './udp.ts'
import type { Question, Reply } from './wire.ts'

export interface ServerAnswer {
  readonly engine: 'udp' | 'tcp'
  readonly failure: Failure | null
  readonly answers: readonly DnsAnswer[]
  readonly late: Promise<readonly LateDnsReply[]>
  readonly details: Promise<ReplyDetails>
}

export interface Patience {
  readonly timeoutMs: number
  /** 0: nothing else is listened for, and no reasons are asked for */
  readonly lateReplyWindowMs: number
  /** the resolver is asked for its reasons whatever it said, not only where it gave no public address */
  readonly asksReasons?: true
}

/**
 * Where the answer to a question for an address is none, it is asked once more with EDNS for the resolver's reasons, beside the wait for late
 * answers: what comes of that never decides what the answer was, for some boxes do not take EDNS.
 *
 * Rejects with what went wrong when nothing was answered. An answer that was cut and cannot be had whole is none, as the C library has it.
 */
export async function askServer(
  dialer: Dialer,
  server: Server,
  question: Question,
  patience: Patience,
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const asked = { dialer, server, question, patience, signal }
  const query = askUdp(dialer, server, question, patience, signal)
  const reply = await query.first
  if (reply !== null && !reply.truncated) {
    const details = withReasons(asked, reply)
    return { engine: 'udp', failure: reply.failure, answers: reply.answers, late: query.late, details }
  }
  const whole = await askTcp(dialer, server, question, patience.timeoutMs, signal).catch((error: unknown) => {
    if (reply === null || signal.aborted) throw error
    throw new ProtocolError('dns_temporary_failure', 'The answer did not fit, and cannot be had over TCP.')
  })
  const details = withReasons(asked, whole)
  return { engine: 'tcp', failure: whole.failure, answers: whole.answers, late: query.late, details }
}

interface Asked {
  readonly dialer: Dialer
  readonly server: Server
  readonly question: Question
  readonly patience: Patience
  readonly signal: AbortSignal
}

async function withReasons(
  { dialer, server, question, patience: { lateReplyWindowMs, asksReasons }, signal }: Asked,
  { failure, answers, details }: Reply,
): Promise<ReplyDetails> {
  const isDoubtful = failure !== null || !addressesIn(answers).some(isPublic)
  if (question.type !== 'A' || lateReplyWindowMs === 0 || !(asksReasons === true || isDoubtful))
    return details
  const again = { ...question, edns: true } as const
  const { first } = askUdp(
    dialer,
    server,
    again,
    { timeoutMs: lateReplyWindowMs, lateReplyWindowMs: 0 },
    signal,
  )
  const extendedErrors = (await first.catch(() => null))?.details.extendedErrors
  return { ...details, ...(extendedErrors && { extendedErrors }) }
}

const isPublic = publicTest([])
