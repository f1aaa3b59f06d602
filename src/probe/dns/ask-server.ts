/** One question to one name server, as resolvers ask it: over UDP, and over TCP where the answer was cut or no datagrams pass. */
import type { Failure } from '../../model/failure.ts'
import type { DnsAnswer, LateDnsReply } from '../../model/dns.ts'
import type { Dialer } from '../../vantage/dialer.ts'
import type { Server } from '../../vantage/system-servers.ts'
import { askTcp } from './tcp.ts'
import { askUdp } from './udp.ts'
import type { Question } from './wire.ts'

export interface ServerAnswer {
  readonly engine: 'udp' | 'tcp'
  readonly failure: Failure | null
  readonly answers: readonly DnsAnswer[]
  readonly late: Promise<readonly LateDnsReply[]>
}

export interface Patience {
  readonly timeoutMs: number
  readonly lateReplyWindowMs: number
}

/** Rejects with what went wrong when nothing was answered. */
export async function askServer(
  dialer: Dialer,
  server: Server,
  question: Question,
  patience: Patience,
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const query = askUdp(dialer, server, question, patience, signal)
  const reply = await query.first
  if (reply !== null && !reply.truncated) {
    return { engine: 'udp', failure: reply.failure, answers: reply.answers, late: query.late }
  }
  const whole = await askTcp(dialer, server, question, patience.timeoutMs, signal)
  return { engine: 'tcp', failure: whole.failure, answers: whole.answers, late: query.late }
}
