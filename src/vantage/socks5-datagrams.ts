/** Datagrams through a SOCKS5 proxy: UDP ASSOCIATE. They are relayed as long as the TCP connection that asked for it stays open. */
import net from 'node:net'
import { DialError } from './dial-error.ts'
import type { DatagramChannel } from './dialer.ts'
import { openUdp } from './direct.ts'
import { discard } from './open-socket.ts'
import { isOurs } from './reach-proxy.ts'
import { type Target, readDatagram, writeDatagram } from './socks-message.ts'

/** A proxy that did as asked: the connection to it, and where it says that it listens. */
export interface Established {
  readonly socket: net.Socket
  readonly bound: Target
}

/**
 * Opens a channel to one server through a relay.
 *
 * @param ask for the association; called once
 * @returns `null` where the proxy would not relay, or names a relay that there is no way to
 */
export async function associate(
  ask: () => Promise<Established>,
  to: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<DatagramChannel | null> {
  let established: Established
  try {
    established = await ask()
  } catch (error) {
    if (error instanceof DialError && refusesDatagrams(error, signal)) return null
    throw error
  }
  const { socket, bound } = established
  const association = watchEnd(socket)
  const address = isUsable(bound.host) ? bound.host : socket.remoteAddress
  if (address === undefined || bound.port === 0) {
    discard(socket)
    return null
  }
  let udp: DatagramChannel
  try {
    udp = await openUdp({ address, port: bound.port }, signal)
  } catch (error) {
    discard(socket)
    if (signal.aborted || isOurs(error)) throw error
    return null
  }
  return {
    send: (message) => udp.send(writeDatagram(to, message)),
    listen(onMessage, onError) {
      association.onEnd(onError)
      udp.listen((frame) => {
        const read = readDatagram(frame)
        if (read !== null) onMessage(read.data)
      }, onError)
    },
    close() {
      association.stop()
      udp.close()
      socket.destroy()
    },
  }
}

/** Discards what the proxy still sends, and reports its end, also where that came before there was anybody to report to. */
function watchEnd(socket: net.Socket): { onEnd: (report: (error: Error) => void) => void; stop: () => void } {
  let report: ((error: Error) => void) | null = null
  let isOver = false
  const reportEnd = () =>
    report?.(new DialError('vantage', 'eof_error', 'The SOCKS5 proxy ended the UDP association.'))
  const end = () => {
    isOver = true
    reportEnd()
  }
  socket.on('error', end).on('close', end).resume()
  return {
    onEnd(next) {
      report = next
      if (isOver) queueMicrotask(reportEnd)
    },
    stop: () => (report = null),
  }
}

/** A relay that says `0.0.0.0`, `::` or a name is at the address it was reached at. */
function isUsable(host: string): boolean {
  return net.isIP(host) !== 0 && host !== '0.0.0.0' && host !== '::'
}

/** The proxy took us in and then would not relay datagrams, by whatever code or by hanging up. */
function refusesDatagrams(error: DialError, signal: AbortSignal): boolean {
  return !signal.aborted && (error.side === 'target' || error.failure === 'permission_denied')
}
