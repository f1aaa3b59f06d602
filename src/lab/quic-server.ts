/** The server's end of one QUIC connection after another: a handshake with the certificate for the name asked, and nothing behind it. */
import type { Identity } from './ca.ts'
import { accept, HERE, nameIn, THERE, type Quiche } from './quic-library.ts'
import type { Scope } from './scope.ts'

export interface QuicServer {
  /** Takes the next datagram from the client. */
  receive(datagram: Buffer): void
  stop(): void
}

const MAX_PACKET_BYTES = 1_500
/** How the first packets of a connection begin. */
const INITIAL = 0xc0

/**
 * Waits for a client.
 *
 * @param identityFor the certificate for a server name
 * @param say sends a datagram back
 */
export function openQuicServer(
  library: Quiche,
  identityFor: (serverName: string | null) => Identity,
  scope: Scope,
  say: (datagram: Buffer) => void,
): QuicServer {
  const packet = new Uint8Array(MAX_PACKET_BYTES)
  let connection: ReturnType<typeof accept> | null = null
  let cancel = (): void => undefined

  const flush = (): void => {
    for (let made = connection?.send(packet); made; made = connection?.send(packet)) {
      say(Buffer.from(packet.slice(0, made[0])))
    }
    cancel()
    const dueMs = connection?.timeout() ?? null
    if (dueMs === null) return
    cancel = scope.after(Math.max(1, dueMs), () => {
      connection?.onTimeout()
      flush()
    })
  }
  return {
    receive(datagram) {
      const begins = ((datagram[0] ?? 0) & 0xf0) === INITIAL
      if (begins && (connection === null || connection.isDraining() || connection.isClosed()))
        connection = accept(library, identityFor(nameIn(library, identityFor(null), datagram)))
      try {
        connection?.recv(Uint8Array.from(datagram), { from: THERE, to: HERE })
      } catch {
        // What makes no sense is passed over; a client that gave up shows in the connection itself.
      }
      flush()
    },
    stop() {
      cancel()
      connection = null
    },
  }
}
