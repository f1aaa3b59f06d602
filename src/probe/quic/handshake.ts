/** One QUIC handshake over a datagram channel, whatever way that goes: sends again when nothing comes, as QUIC does. */
import type { DatagramChannel } from '../../vantage/dialer.ts'
import { ProtocolError } from '../protocol-error.ts'
import { chainFailure } from './certificate.ts'
import { QuicClient } from './client.ts'

/** What came of it, and how many datagrams came back until then. */
export interface QuicShaken {
  /** `null` when the handshake was completed */
  readonly error: unknown
  readonly alpn: string | null
  readonly received: number
}

/** Three times the round trip that is assumed before one was measured, and doubled each time. @see RFC 9002 6.2 */
const FIRST_AGAIN_MS = 999

/**
 * Shakes hands for a name, and takes leave at once.
 *
 * @param trust PEM besides the bundled roots; `null` = any certificate will do
 * @param signal ends it; nothing is sent after that. The channel is left open.
 */
export function shakeQuic(
  channel: DatagramChannel,
  serverName: string,
  trust: readonly string[] | null,
  signal: AbortSignal,
): Promise<QuicShaken> {
  const client = new QuicClient(serverName)
  let received = 0
  let againMs = FIRST_AGAIN_MS
  let timer: NodeJS.Timeout | null = null

  return new Promise((resolve) => {
    const finish = (error: unknown, alpn: string | null = null) => {
      if (timer !== null) clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      channel.listen(
        () => undefined,
        () => undefined,
      )
      resolve({ error, alpn, received })
    }
    const onAbort = () => finish(signal.reason)
    const send = (datagrams: readonly Buffer[]) => {
      for (const datagram of datagrams) channel.send(datagram)
    }
    const again = () => {
      send(client.again())
      timer = setTimeout(again, againMs)
      againMs *= 2
    }
    const onMessage = (message: Buffer) => {
      received += 1
      send(client.receive(message))
      const { state } = client
      if (state.at === 'under way') return
      if (state.at === 'failed') return finish(protocolError(state.failure))
      const failure = trust === null ? null : chainFailure(state.chain, serverName, trust, Date.now())
      finish(failure === null ? null : protocolError(failure), state.alpn)
    }
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    channel.listen(onMessage, finish)
    again()
  })
}

function protocolError(failure: ProtocolError['failure']): ProtocolError {
  return new ProtocolError(failure, 'The QUIC handshake was answered and did not succeed.')
}
