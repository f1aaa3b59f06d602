/**
 * One question to one resolver over UDP, with an ear kept open afterwards: a second, different answer means that somebody
 * on the way answered in the resolver's name.
 *
 *   send ──► (lost? send again, with a new id) ──► first answer ──► keep listening ──► late answers to the same id
 */
import type { Failure } from '../../model/failure.ts'
import type { LateDnsReply } from '../../model/dns.ts'
import type { DatagramChannel, Dialer } from '../../vantage/dialer.ts'
import { startDeadline, TimeUp } from '../deadline.ts'
import { encodeQuestion, newId, readReply, type Question, type Reply } from './wire.ts'
import { ProtocolError } from '../protocol-error.ts'
import { startStopwatch } from '../stopwatch.ts'

export interface UdpQuery {
  /** The first answer; `null` when this way out carries no datagrams. Rejects with what went wrong. */
  readonly first: Promise<Reply | null>
  /** What else came to the same id within the window; never rejects. Empty when the first never came. */
  readonly late: Promise<readonly LateDnsReply[]>
}

/** When to ask again, in shares of the time allowed: one lost datagram is weak evidence. */
const AGAIN_AT = [0.25, 0.55]
const MAX_LATE = 8

/**
 * Asks once, and again when nothing comes.
 *
 * Every sending has an id of its own, so that a resolver which answers two of them differently (as those of CDNs do) is not
 * taken for two resolvers. Answers with an id we never sent are ignored, but named when nothing better came.
 */
export function askUdp(
  dialer: Dialer,
  server: { readonly address: string; readonly port: number },
  question: Question,
  times: { readonly timeoutMs: number; readonly lateReplyWindowMs: number },
  signal: AbortSignal,
): UdpQuery {
  const answered = firstAnswer(dialer, server, question, times.timeoutMs, signal)
  return {
    first: answered.then((a) => a?.reply ?? null),
    late: answered.then(
      (a) => (a === null ? [] : listenOn(a.channel, a.reply, question, times.lateReplyWindowMs, signal)),
      () => [],
    ),
  }
}

async function firstAnswer(
  dialer: Dialer,
  server: { readonly address: string; readonly port: number },
  question: Question,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ channel: DatagramChannel; reply: Reply } | null> {
  using deadline = startDeadline(signal, timeoutMs)
  let channel: DatagramChannel | null = null
  const timers: NodeJS.Timeout[] = []
  try {
    channel = await dialer.openDatagrams(server, deadline.signal)
    if (channel === null) return null
    const reply = await exchange(channel, question, timeoutMs, timers, deadline.signal)
    return { channel, reply }
  } catch (error) {
    channel?.close()
    throw error
  } finally {
    for (const timer of timers) clearTimeout(timer)
  }
}

function exchange(
  channel: DatagramChannel,
  question: Question,
  timeoutMs: number,
  timers: NodeJS.Timeout[],
  signal: AbortSignal,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const ids = new Set<number>()
    let oddity: Failure | null = null
    const send = () => {
      const id = newId()
      ids.add(id)
      channel.send(encodeQuestion(id, question))
    }
    signal.addEventListener('abort', () => {
      reject(
        oddity !== null && signal.reason instanceof TimeUp
          ? new ProtocolError(oddity, 'Only replies that answer nothing came.')
          : (signal.reason as Error),
      )
    })
    channel.listen((message) => {
      const reply = readReply(message, question)
      if (reply === null) {
        oddity ??= 'dns_server_misbehaving'
      } else if (!ids.has(reply.id)) {
        oddity = 'dns_reply_with_wrong_query_id'
      } else {
        resolve(reply)
      }
    }, reject)
    for (const share of AGAIN_AT) timers.push(setTimeout(send, timeoutMs * share))
    send()
  })
}

/** Listens on for answers to the id that was answered already, and closes the channel. */
function listenOn(
  channel: DatagramChannel,
  first: Reply,
  question: Question,
  windowMs: number,
  signal: AbortSignal,
): Promise<readonly LateDnsReply[]> {
  const sinceFirst = startStopwatch()
  const seen = new Set([fingerprint(first)])
  const late: LateDnsReply[] = []
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      channel.close()
      resolve(late)
    }
    const timer = setTimeout(finish, windowMs)
    if (signal.aborted) {
      finish()
      return
    }
    signal.addEventListener('abort', finish, { once: true })
    channel.listen((message) => {
      const reply = readReply(message, question)
      if (reply === null || reply.id !== first.id || late.length >= MAX_LATE) return
      const mark = fingerprint(reply)
      if (seen.has(mark)) return
      seen.add(mark)
      late.push({ afterMs: sinceFirst(), failure: reply.failure, answers: reply.answers })
    }, finish)
  })
}

/** What makes an answer different: its outcome and its values, not their order or their TTLs. */
function fingerprint(reply: Reply): string {
  return [reply.failure ?? 'ok', ...reply.answers.map((a) => a.value).toSorted()].join(' ')
}
