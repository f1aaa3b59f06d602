/**
 * answer: what came back of a ClientHello, told from its first records. A warning that a handshake follows (as some servers send of
 * a name they do not know) is no refusal.
 *
 * @see RFC 8446 section 5.1 (records) and 6 (alerts)
 */
import type { TlsExperiment } from '../../model/differential.ts'

/** Enough for a few warnings before the first record that counts. */
export const HEAD_BYTES = 64

const HEADER_BYTES = 5
const MAJOR = 3
const [CHANGE_CIPHER, ALERT, HANDSHAKE, APPLICATION_DATA] = [20, 21, 22, 23]
const ALERT_BYTES = 2
const WARNING = 1
const CLOSE_NOTIFY = 0

/** @param head the beginning of what came back, at most `HEAD_BYTES`; empty = nothing did */
export function readAnswer(head: Buffer): Pick<Required<TlsExperiment>, 'answered' | 'came' | 'alert'> {
  const answered = head.length > 0
  if (!answered) return { answered, came: 'nothing', alert: null }
  let alert: number | null = null
  for (let at = 0; at < head.length; at += HEADER_BYTES + lengthAt(head, at)) {
    const type = head[at]!
    if (type < CHANGE_CIPHER || type > APPLICATION_DATA || (head[at + 1] ?? MAJOR) !== MAJOR) {
      const came = head.subarray(at).toString('latin1').startsWith('HTTP/') ? 'http' : 'not-tls'
      return { answered, came, alert: null }
    }
    if (type === HANDSHAKE) return { answered, came: 'handshake', alert: null }
    if (type !== ALERT || lengthAt(head, at) !== ALERT_BYTES) continue
    const [level, description] = head.subarray(at + HEADER_BYTES)
    alert = description ?? null
    if (level !== WARNING || description === CLOSE_NOTIFY) break
  }
  return { answered, came: alert === null ? 'handshake' : 'alert', alert }
}

function lengthAt(head: Buffer, at: number): number {
  return head.length < at + HEADER_BYTES ? HEADER_BYTES : head.readUInt16BE(at + 3)
}
